"""A missing or too old program is named with its remedy before any work starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import binaries, prerequisites, web_client
from local.binaries import Binaries
from local.errors import MissingPrerequisiteError


@pytest.fixture(autouse=True)
def nothing_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing was built or installed yet."""
    monkeypatch.setattr(binaries, "find", lambda: None)
    monkeypatch.setattr(web_client, "installed", lambda: False)


def _program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def test_all_that_is_missing_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(MissingPrerequisiteError) as refusal:
        prerequisites.check(tests=True)
    for name in ("kubectl", "Node.js 20", "Go 1.26", "Chromium"):
        assert name in str(refusal.value)


def test_the_tests_need_go_also_where_the_api_server_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = Binaries(tmp_path, tmp_path, tmp_path)
    monkeypatch.setattr(binaries, "find", lambda: programs)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPrerequisiteError) as refusal:
        prerequisites.check()
    assert "Go" not in str(refusal.value)
    with pytest.raises(MissingPrerequisiteError) as refusal:
        prerequisites.check(tests=True)
    assert "Go 1.26" in str(refusal.value)


@pytest.mark.parametrize(
    ("go", "node", "named"),
    [
        ("go version go1.19.8 linux/amd64", "v20.1.0", ["Go 1.26"]),
        ("go version go1.26.0 linux/amd64", "v18.19.0", ["Node.js 20"]),
        ("go version go1.30 linux/amd64", "v24.0.0", []),
    ],
)
def test_a_program_that_is_too_old_counts_as_missing(
    go: str, node: str, named: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "go", go)
    _program(tmp_path, "node", node)
    _program(tmp_path, "npm", "11.0.0")
    _program(tmp_path, "kubectl", "Client Version: v1.36.3")
    monkeypatch.setenv("PATH", str(tmp_path))
    if not named:
        prerequisites.check()
        return
    with pytest.raises(MissingPrerequisiteError) as refusal:
        prerequisites.check()
    assert [line.split(":")[0].strip(" -") for line in str(refusal.value).splitlines() if line.startswith("  - ")] == [
        f"{name} or newer{' with npm' if name.startswith('Node') else ''}" for name in named
    ]
