"""Commands of the BSS as processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from local.processes import Command, Daemon


def bss_program(folder: Path, *arguments: str, **environment: str) -> Daemon:
    """`python -m bss ...`, which is not started yet; its log is below the folder."""
    command = Command((sys.executable, "-m", "bss", *arguments), {**os.environ, **environment})
    return Daemon(arguments[0], folder, command)
