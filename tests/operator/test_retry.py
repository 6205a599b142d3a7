"""When to come back."""

from __future__ import annotations

from random import Random

import pytest
from tenant_reseller.conditions import ConditionType, Reason
from tenant_reseller.failure import Failure
from tenant_reseller.retry import Backoff, Times


def failure(reason: Reason, retry_after: float | None = None) -> Failure:
    return Failure(ConditionType.READY, reason, "x", retry_after)


@pytest.fixture
def backoff() -> Backoff:
    return Backoff(Times(), Random(1))


def test_what_passes_by_itself_is_tried_after_seconds_then_minutes(backoff: Backoff) -> None:
    waits = [backoff.after(failure(Reason.INTERNAL)) for _ in range(20)]
    assert all(wait <= 2**number for number, wait in enumerate(waits))
    assert all(0 < wait <= 300 for wait in waits)
    assert max(waits[10:]) > 100


def test_the_wish_of_the_bss_is_the_least(backoff: Backoff) -> None:
    assert backoff.after(failure(Reason.TOO_MANY_REQUESTS, retry_after=42)) >= 42


def test_what_somebody_has_to_mend_is_looked_at_after_half_a_minute_then_ten(backoff: Backoff) -> None:
    waits = [backoff.after(failure(Reason.ACCOUNT_NOT_FOUND)) for _ in range(8)]
    assert 27 <= waits[0] <= 30
    assert 54 <= waits[1] <= 60
    assert 540 <= waits[-1] <= 600


def test_what_only_a_change_can_mend_waits_for_the_drift_check(backoff: Backoff) -> None:
    assert 540 <= backoff.after(failure(Reason.PASSWORD_TOO_WEAK)) <= 660


def test_another_kind_of_trouble_starts_anew(backoff: Backoff) -> None:
    for _ in range(8):
        backoff.after(failure(Reason.INTERNAL))
    assert backoff.after(failure(Reason.ACCOUNT_NOT_FOUND)) <= 30
    assert backoff.after(failure(Reason.INTERNAL)) <= 1


def test_success_forgets(backoff: Backoff) -> None:
    for _ in range(8):
        backoff.after(failure(Reason.ACCOUNT_NOT_FOUND))
    backoff.reset()
    assert backoff.after(failure(Reason.ACCOUNT_NOT_FOUND)) <= 30
