"""Commands of the BSS as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path


class Program:
    """`python -m bss ...` in a session of its own, so that its children end with it."""

    def __init__(self, arguments: list[str], log: Path, **environment: str) -> None:
        self._arguments = arguments
        self._environment = environment
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bss", *self._arguments],
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """End it with all its children, without asking."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
