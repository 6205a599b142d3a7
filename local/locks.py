"""One at a time, between processes of one machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import LocalError


@contextmanager
def exclusive(file: Path, *, busy: str | None = None) -> Iterator[None]:
    """Hold the lock `file`. Whoever holds it is waited for, or, with `busy`, reported with this text.

    The kernel gives the lock back when its holder dies, so a crash never leaves one behind.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # Not inherited by daemons that are started meanwhile: os.open gives close-on-exec descriptors.
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if busy is None else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(busy or "") from None
        yield
    finally:
        os.close(descriptor)
