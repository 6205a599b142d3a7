"""When to look again: one clock of attempts per object."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .conditions import Cure
from .failure import Failure


@dataclass(frozen=True, slots=True)
class Times:
    """Waiting times in seconds."""

    retry_base: float = 1.0
    retry_max: float = 300.0
    prerequisite_base: float = 30.0
    prerequisite_max: float = 600.0
    drift_interval: float = 600.0
    poll_interval: float = 1.0


class Backoff:
    """Waiting times of one object, longer with each failure of the same kind."""

    def __init__(self, times: Times, rng: random.Random) -> None:
        self._times = times
        self._rng = rng
        self._cure = Cure.NONE
        self._attempts = 0

    def reset(self) -> None:
        """Forget the attempts: something has changed, or it worked."""
        self._cure, self._attempts = Cure.NONE, 0

    def poll(self) -> float:
        """Seconds until the BSS's own work is looked at again."""
        return self._times.poll_interval

    def drift(self) -> float:
        """Seconds until the next drift check, with 10 % jitter: after a restart not all objects may ask at once."""
        return self._times.drift_interval * self._rng.uniform(0.9, 1.1)

    def after(self, failure: Failure) -> float:
        """Seconds until the next attempt after this failure."""
        if failure.cure is not self._cure:
            self._cure, self._attempts = failure.cure, 0
        exponent = min(self._attempts, 30)
        self._attempts += 1
        match failure.cure:
            case Cure.TIME:
                ceiling = min(self._times.retry_base * 2.0**exponent, self._times.retry_max)
                # Full jitter: a BSS that comes back must not be met by all objects in the same moment.
                wait = self._rng.uniform(0.1, 1.0) * ceiling
                return max(wait, failure.retry_after or 0.0)
            case Cure.ELSEWHERE:
                wait = min(self._times.prerequisite_base * 2.0**exponent, self._times.prerequisite_max)
                return max(wait * self._rng.uniform(0.9, 1.0), failure.retry_after or 0.0)
            case Cure.CHANGE | Cure.NONE:
                return self.drift()
