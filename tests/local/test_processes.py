"""Daemons: they outlive their starter, are found again, and are never mistaken for somebody else's process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.errors import LocalError
from local.processes import Command, Daemon
from tests.eventually import eventually

WAITING = (sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()",
)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A program that waits for a signal."""
    waiting = Daemon("waiting", tmp_path, Command(WAITING))
    yield waiting
    waiting.kill()


def up(daemon: Daemon) -> Daemon:
    """Start it and wait for its first line."""
    daemon.start()
    eventually(daemon.log_tail, lambda log: "up" in log)
    return daemon


def pid(daemon: Daemon) -> int:
    process = daemon.process
    assert process is not None
    return int(process.pid)


def test_a_second_start_changes_nothing(daemon: Daemon) -> None:
    assert daemon.start()
    first = pid(daemon)
    assert not daemon.start()
    assert pid(daemon) == first


def test_it_outlives_the_process_that_started_it(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from local.processes import *; "
        f"Daemon('waiting', Path({str(tmp_path)!r}), Command({WAITING!r})).start()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    found = Daemon("waiting", tmp_path)
    assert found.running
    found.stop()
    assert not found.running


def test_stopping_ends_it(daemon: Daemon) -> None:
    up(daemon)
    process = daemon.process
    daemon.stop()
    assert process is not None
    assert not process.is_running()
    assert not daemon.running


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    stubborn = up(Daemon("stubborn", tmp_path, Command(STUBBORN, shutdown_seconds=0.3)))
    stubborn.stop()
    assert not stubborn.running


def test_helpers_that_do_not_listen_end_with_it(tmp_path: Path) -> None:
    program = f"import subprocess; print(subprocess.Popen({STUBBORN!r}).pid, flush=True); " + WAITING[2]
    parent = up(Daemon("parent", tmp_path, Command((sys.executable, "-c", program))))
    helper = psutil.Process(int(parent.log_tail().split()[0]))
    parent.stop()
    eventually(lambda: not helper.is_running() or helper.status() == psutil.STATUS_ZOMBIE)


def test_helpers_of_a_killed_one_end_at_its_next_start(tmp_path: Path) -> None:
    program = f"import subprocess; print(subprocess.Popen({STUBBORN!r}).pid, flush=True); " + WAITING[2]
    parent = up(Daemon("parent", tmp_path, Command((sys.executable, "-c", program))))
    helper = psutil.Process(int(parent.log_tail().split()[0]))
    os.kill(pid(parent), signal.SIGKILL)
    eventually(lambda: not parent.running)
    assert helper.is_running()
    parent.start()
    eventually(lambda: not helper.is_running() or helper.status() == psutil.STATUS_ZOMBIE)
    parent.stop()


def test_a_killed_one_is_started_again(daemon: Daemon) -> None:
    up(daemon)
    os.kill(pid(daemon), signal.SIGKILL)
    eventually(lambda: not daemon.running)
    assert daemon.start()


def test_a_pid_that_was_given_to_another_program_is_left_alone(daemon: Daemon, tmp_path: Path) -> None:
    with subprocess.Popen(WAITING, stdout=subprocess.DEVNULL) as other:
        record = {"pid": other.pid, "started": psutil.Process(other.pid).create_time() - 60, "command": ""}
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "waiting.json").write_text(json.dumps(record))
        assert not daemon.running
        daemon.stop()
        assert other.poll() is None
        other.kill()


def test_other_settings_or_other_code_replace_the_running_program(daemon: Daemon) -> None:
    up(daemon)
    first = pid(daemon)
    daemon.command = Command(WAITING, version="newer code")
    assert daemon.start()
    assert pid(daemon) != first


def test_a_frozen_one_stands_still_until_it_is_thawed(daemon: Daemon) -> None:
    up(daemon)
    process = daemon.process
    assert process is not None
    daemon.freeze()
    eventually(process.status, lambda status: status == psutil.STATUS_STOPPED)
    daemon.thaw()
    eventually(process.status, lambda status: status == psutil.STATUS_SLEEPING)


def test_a_frozen_one_can_be_stopped(daemon: Daemon) -> None:
    up(daemon).freeze()
    daemon.stop()
    assert not daemon.running


def test_one_that_ends_while_it_starts_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    broken = Daemon("broken", tmp_path, Command((sys.executable, "-c", "raise SystemExit('no such port')")))
    broken.start()
    with pytest.raises(LocalError, match="no such port"):
        broken.wait_until(lambda: False, seconds=30, what="anything")


def test_readiness_of_somebody_else_does_not_count(tmp_path: Path) -> None:
    # As when another server has our port and answers in our place.
    broken = Daemon("broken", tmp_path, Command((sys.executable, "-c", "raise SystemExit('address in use')")))
    broken.start()
    eventually(lambda: not broken.running)
    with pytest.raises(LocalError, match="address in use"):
        broken.wait_until(lambda: True, seconds=30, what="anything")


def test_one_that_is_never_ready_is_an_error(daemon: Daemon) -> None:
    up(daemon)
    with pytest.raises(LocalError, match="readiness did not come true within 0 s"):
        daemon.wait_until(lambda: False, seconds=0.2, what="readiness")


def test_the_environment_of_the_person_at_the_terminal_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/home/somebody/.kube/config")
    program = (sys.executable, "-c", "import os; print(sorted(os.environ), 'done')")
    printing = Daemon("printing", tmp_path, Command(program, {"OURS": "1"}))
    printing.start()
    seen = eventually(printing.log_tail, lambda log: "done" in log)
    assert "OURS" in seen
    assert "KUBECONFIG" not in seen


def test_nobody_else_can_read_the_log(daemon: Daemon) -> None:
    up(daemon)
    assert daemon.log.stat().st_mode & 0o077 == 0
