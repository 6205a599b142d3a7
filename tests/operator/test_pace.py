"""Things that can wait are spread over time, and none of the time that passed unused is made up for."""

from __future__ import annotations

import pytest
from tenant_reseller.pace import Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_is_at_once_and_the_others_follow_evenly() -> None:
    pace = Pace(10, Clock())
    assert [pace.wait() for _ in range(4)] == pytest.approx([0, 0.1, 0.2, 0.3])


def test_unused_time_is_not_saved_up() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.wait()
    clock.now += 60
    assert [pace.wait() for _ in range(2)] == pytest.approx([0, 0.1])


def test_who_comes_too_early_is_told_so_and_delays_nobody() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    assert [pace.allows() for _ in range(3)] == [True, False, False]
    clock.now += 0.11
    assert [pace.allows() for _ in range(2)] == [True, False]


def test_a_rate_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Pace(0)
