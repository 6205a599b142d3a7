"""No more than so many of something in a second, for the things that can wait when thousands of objects want them."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """`rate` moments a second are given away, evenly spaced; those that nobody asked for are not saved up."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        if rate <= 0:
            raise ValueError("the rate must be positive")
        self._interval = 1.0 / rate
        self._clock = clock
        self._next = clock()

    def wait(self) -> float:
        """Take the next free moment; answers the seconds until then."""
        now = self._clock()
        moment = max(self._next, now)
        self._next = moment + self._interval
        return moment - now

    def allows(self) -> bool:
        """Take the present moment if it is free."""
        if self._next > self._clock():
            return False
        self.wait()
        return True
