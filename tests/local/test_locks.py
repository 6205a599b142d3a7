"""The lock between commands of one stack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import LocalError
from local.locks import exclusive

HOLDER = """
import sys, signal
from pathlib import Path
from local.locks import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    signal.pause()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock's file."""
    return tmp_path / "lock"


def test_a_second_command_is_told_that_it_must_wait(lock: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LocalError, match="busy"), exclusive(lock, busy="busy"):
            pass
        holder.kill()
    # Killed without giving it back: the kernel did.
    with exclusive(lock, busy="busy"):
        pass


def test_the_lock_is_free_after_an_error(lock: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(lock):
        _ = 1 / 0
    with exclusive(lock, busy="busy"):
        pass
