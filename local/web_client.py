"""The BSS's web client from npm, installed into the project's own folder."""

from __future__ import annotations

import hashlib
import shutil
import subprocess

from local.errors import LocalError, MissingPrerequisiteError
from local.locks import exclusive
from local.sources import REPOSITORY

_FOLDER = REPOSITORY / "bss" / "web"
CLIENT = _FOLDER / "node_modules" / "tryton-sao"


_STAMP = _FOLDER / "node_modules" / ".installed"


def installed() -> bool:
    """Whether the web client that package-lock.json pins is there."""
    return _STAMP.exists() and _STAMP.read_text() == _mark()


def ensure() -> bool:
    """Install the pinned web client unless it is there (about 20 s). Answers whether it was installed now."""
    with exclusive(REPOSITORY / ".local" / "web-client.lock"):
        if installed():
            return False
        npm = shutil.which("npm")
        if npm is None:
            raise MissingPrerequisiteError(
                "npm is missing; it installs the BSS's web client.",
                "Install Node.js 20 or newer: https://nodejs.org, or Debian's packages nodejs and npm.",
            )
        result = subprocess.run(  # noqa: S603
            # The client is published built: scripts of its many build tools have nothing to do here.
            [npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"],
            cwd=_FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise LocalError("The web client could not be installed.", result.stderr.strip()[-2000:])
        _STAMP.write_text(_mark())
        return True


def _mark() -> str:
    return hashlib.sha256((_FOLDER / "package-lock.json").read_bytes()).hexdigest()
