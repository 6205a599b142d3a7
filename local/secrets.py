"""Files with secrets: random, made once, readable by their owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def ensure(file: Path) -> str:
    """The secret in `file`; a new random one where there is none."""
    if file.exists():
        return file.read_text().strip()
    secret = secrets.token_urlsafe(18)
    write(file, secret)
    return secret


def write(file: Path, secret: str) -> None:
    """Put a secret into a file; at no moment can another user read it, and no reader sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = file.with_name(f"{file.name}.new")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secret + "\n")
    scratch.replace(file)
