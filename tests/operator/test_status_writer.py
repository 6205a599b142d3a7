"""The patch that is written is the difference, and nothing when there is none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenant_reseller.kube.parsing import NO_STATUS, Sighting, compact
from tenant_reseller.kube.status_writer import StatusWriter, difference
from tenant_reseller.resource import Status

from .stage import Stage

VALUES = st.recursive(
    st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=3),
    lambda children: st.dictionaries(st.sampled_from("abc"), children, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396, as the API server does it."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


@given(OBJECTS, OBJECTS)
def test_the_difference_makes_one_of_the_other(stored: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert merged(stored, difference(stored, wanted)) == wanted


@given(OBJECTS)
def test_no_difference_is_no_patch(stored: dict[str, Any]) -> None:
    assert difference(stored, stored) == {}


class Api:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.status: dict[str, Any] = {}
        self.writes = 0
        self.written = asyncio.Event()

    async def patch_status(self, namespace: str, name: str, patch: dict[str, Any]) -> dict[str, Any]:
        assert patch["metadata"] == {"uid": "u"}
        self.writes += 1
        self.status = merged(self.status, patch["status"])
        self.written.set()
        return {"metadata": {"resourceVersion": str(self.writes)}, "status": self.status}


@pytest.fixture
def api() -> Api:
    return Api()


async def settled() -> Status:
    return await Stage().settle()


async def test_the_same_status_is_written_once(api: Api) -> None:
    writer = StatusWriter(api, "n", "x", "u", interval=60)  # type: ignore[arg-type]
    status = await settled()
    assert await writer.write(status)
    assert not await writer.write(status)
    assert api.writes == 1
    assert api.status == status.wire()


async def test_progress_that_is_overtaken_is_not_written(api: Api) -> None:
    writer = StatusWriter(api, "n", "x", "u", interval=60)  # type: ignore[arg-type]
    status = await settled()
    for _ in range(9):
        writer.report(lambda: Status())
    await writer.write(status)
    assert (api.writes, api.status) == (1, status.wire())


async def test_progress_is_written_after_the_interval(api: Api) -> None:
    writer = StatusWriter(api, "n", "x", "u", interval=0)  # type: ignore[arg-type]
    status = await settled()
    writer.report(lambda: status)
    async with asyncio.timeout(60):
        await api.written.wait()
    assert (api.writes, api.status) == (1, status.wire())


async def test_what_was_written_is_told_also_when_its_event_comes_before_the_answer() -> None:
    stage = Stage()
    status = await stage.settle()
    told: list[tuple[Status, Status]] = []

    class EarlyEvent(Api):
        async def patch_status(self, namespace: str, name: str, patch: dict[str, Any]) -> dict[str, Any]:
            answer = await super().patch_status(namespace, name, patch)
            writer.saw(Sighting.read({**stage.body, "status": answer["status"]}))
            return answer

    writer = StatusWriter(
        EarlyEvent(),  # type: ignore[arg-type]
        *("n", "x", "u"),
        interval=60,
        written=lambda before, after: told.append((before, after)),
    )
    await writer.write(status)
    assert told == [(Status(), status)]


@pytest.mark.parametrize(("version", "foreign"), [("1", 0), ("2", 1)])
async def test_an_event_during_a_write_is_foreign_only_when_it_is_newer_than_the_answer(
    version: str, foreign: int
) -> None:
    stage = Stage()
    status = await stage.settle()
    calls: list[str] = []

    class Meanwhile(Api):
        async def patch_status(self, namespace: str, name: str, patch: dict[str, Any]) -> dict[str, Any]:
            answer = await super().patch_status(namespace, name, patch)
            seen = {**stage.body, "metadata": {**stage.body["metadata"], "resourceVersion": version}}
            wiped = answer["status"] if version == "1" else {}
            assert not writer.saw(Sighting.read({**seen, "status": wiped})), "not before the answer tells"
            return answer

    writer = StatusWriter(
        Meanwhile(),  # type: ignore[arg-type]
        *("n", "x", "u"),
        interval=60,
        foreign=lambda: calls.append("foreign"),
    )
    await writer.write(status)
    assert len(calls) == foreign
    assert writer.stored == (compact(status.wire()) if version == "1" else NO_STATUS)
