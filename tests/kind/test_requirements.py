"""What is missing is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.errors import MissingPrerequisiteError
from local.kind.places import Places
from local.kind.requirements import Requirement, require


@pytest.fixture
def here(tmp_path: Path) -> Places:
    return Places(state=tmp_path / "state", cache=tmp_path / "cache")


def test_nothing_is_said_when_all_is_there(here: Places) -> None:
    require((Requirement("sh", "dash"),), here, install=False)


def test_all_that_is_missing_is_named_at_once_with_one_command(here: Places) -> None:
    wanted = (Requirement("no-such-engine", "engine-package"), Requirement("no-such-tool", "tool-package"))

    with pytest.raises(MissingPrerequisiteError) as caught:
        require(wanted, here, install=False)

    assert "no-such-engine, no-such-tool" in str(caught.value)
    assert "apt-get install engine-package tool-package" in str(caught.value)


def test_what_no_package_brings_has_a_remedy_of_its_own(here: Places) -> None:
    with pytest.raises(MissingPrerequisiteError) as caught:
        require((Requirement("no-such-compiler", None, "get it from its makers"),), here, install=True)

    assert "get it from its makers" in str(caught.value)
