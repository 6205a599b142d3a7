"""Waiting in tests: for a condition, with a deadline, and with a reason when it does not come true."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

ValueT = TypeVar("ValueT")

_PAUSE = threading.Event()


def eventually(
    look: Callable[[], ValueT],
    holds: Callable[[ValueT], object] = bool,
    *,
    seconds: float = 60.0,
    every: float = 0.1,
) -> ValueT:
    """What `look` sees as soon as it `holds`. Fails with what was seen last when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s; last seen: {seen!r}"
        _PAUSE.wait(every)
