"""At each stage, the status library and Argo CD's health check answer what the documentation says."""

from __future__ import annotations

import pytest

from tests.health import stages
from tests.health.tools import Argo, Kstatus, expected

STAGES = tuple(stages.MAKERS)


@pytest.fixture(scope="module")
def argo() -> Argo:
    return Argo()


def test_the_documentation_has_every_stage() -> None:
    assert tuple(expected()) == STAGES
    assert sorted(path.stem for path in stages.RECORDINGS.iterdir()) == sorted(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_the_recording_is_what_the_operator_tells_now(stage: str) -> None:
    assert stages.produce(stage) == stages.recorded(stage), "run python -m tests.health.stages"


def test_kstatus(kstatus: Kstatus) -> None:
    answers = kstatus(*(stages.recorded(stage) for stage in STAGES))
    told = {stage: answer for stage, (answer, _) in zip(STAGES, answers, strict=True)}
    assert told == {stage: words.kstatus for stage, words in expected().items()}


@pytest.mark.parametrize("stage", STAGES)
def test_argo_cd(argo: Argo, stage: str) -> None:
    health, message = argo(stages.recorded(stage))
    assert health == expected()[stage].argo
    assert message


def test_argo_cd_before_anything_was_told(argo: Argo) -> None:
    item = stages.recorded("fresh")
    del item["status"]
    assert argo(item)[0] == "Progressing"
