"""Which machine cannot have a cluster: found by trying, told in words, and never mixed up with a failure."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from local.errors import LocalError, MissingPrerequisiteError
from local.kind import cli, machine
from local.kind.errors import CannotMakeClusterError, CommandFailedError

ALLOWED = ""


@pytest.fixture(autouse=True)
def _a_machine_that_allows_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "has_capability", lambda number: True)
    monkeypatch.setattr(machine, "namespace_refusal", lambda flag: ALLOWED)
    monkeypatch.setattr(machine, "cgroup_refusal", lambda root: ALLOWED)


def test_a_machine_that_allows_everything_may_try() -> None:
    machine.require_containers()


@pytest.mark.parametrize(
    ("where", "name", "replacement", "told"),
    [
        (sys, "platform", "darwin", "Linux only, and this is darwin"),
        (os, "geteuid", lambda: 1000, "needs root, and this is user 1000"),
        (machine, "has_capability", lambda number: number != machine.CAP_SYS_ADMIN, "capability SYS_ADMIN"),
        (machine, "namespace_refusal", lambda flag: "Operation not permitted", "mount namespace: Operation not"),
        (machine, "cgroup_refusal", lambda root: "Read-only file system", "control group can be made"),
    ],
    ids=["not-linux", "not-root", "no-capability", "no-namespaces", "no-control-groups"],
)
def test_what_is_refused_is_told(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, replacement: object, told: str
) -> None:
    monkeypatch.setattr(where, name, replacement)

    with pytest.raises(CannotMakeClusterError) as caught:
        machine.require_containers()

    assert told in str(caught.value)
    assert "start a docker or podman engine yourself" in str(caught.value)


def test_an_ordinary_user_is_really_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    unshare = machine._unshare

    def as_nobody(flag: int) -> None:
        if os.getuid() == 0:
            os.setuid(65534)  # of the child that tries it, not of this process
        unshare(flag)

    monkeypatch.setattr(machine, "_unshare", as_nobody)

    assert machine.namespace_refusal(machine._CLONE_NEWNET) == "Operation not permitted"


def test_control_groups_are_tried_where_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    assert "is not there" in machine.cgroup_refusal(tmp_path / "cgroup")
    assert machine.cgroup_refusal(tmp_path) == "No such file or directory"  # version 1 without the controller

    (tmp_path / "cgroup.controllers").touch()

    assert machine.cgroup_refusal(tmp_path) == ALLOWED
    assert [path.name for path in tmp_path.iterdir()] == ["cgroup.controllers"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CannotMakeClusterError("the kernel refuses"), cli.EXIT_CANNOT),
        (MissingPrerequisiteError("missing on this machine: dockerd"), 1),
        (CommandFailedError(["go", "build"], 2, "no network"), 1),
        (LocalError("dockerd does not answer"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_only_a_machine_that_cannot_has_a_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, status: int
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "cli", fail)

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == status
    assert str(error).splitlines()[0] in capsys.readouterr().err
