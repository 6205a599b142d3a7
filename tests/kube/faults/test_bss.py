"""One call in five to the BSS goes wrong."""

from __future__ import annotations

from random import Random

import pytest

from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well, await_truth

OPERATOR = {"TENANT_RESELLER_BSS_TIMEOUT": "1", "TENANT_RESELLER_RETRY_MAX": "1"}
RETRY = "ProgressingWithRetry"
TROUBLES = {
    "429": [{"kind": "TooManyRequests", "retryAfter": 1}],
    "500": [{"kind": "ServerError"}],
    "503": [{"kind": "Unavailable", "retryAfter": 1}],
    "reset": [{"kind": "Reset"}],
    "time-out": [{"kind": "Hang"}],
    "lost answer": [{"kind": "AnswerLost"}],
    "garbage": [{"kind": "NotJson"}, {"kind": "WrongType"}, {"kind": "WrongShape"}, {"kind": "Huge"}],
}
SHARE = 0.2


@pytest.mark.parametrize("trouble", TROUBLES)
def test_one_call_in_five_fails(site: Site, rng: Random, trouble: str) -> None:
    fail(site, rng, trouble, objects=3)


@pytest.mark.soak
@pytest.mark.parametrize("trouble", TROUBLES)
def test_one_call_in_five_fails_for_many(site: Site, rng: Random, trouble: str) -> None:
    fail(site, rng, trouble, objects=50)


def fail(site: Site, rng: Random, trouble: str, *, objects: int) -> None:
    """Create and update under this trouble; all must become well while it lasts."""
    kinds = TROUBLES[trouble]
    site.fake.trouble(
        # The chance of the n-th switch is asked for only when those before it did not strike.
        *({"probability": SHARE / (len(kinds) - SHARE * number), **kind} for number, kind in enumerate(kinds)),
        seed=rng.randrange(2**32),
    )
    try:
        cluster = site.namespace()
        names = site.create_many(cluster.namespace, objects)
        for name in names:
            cluster.until(name, lambda seen: seen.client_id, seconds=300)
            site.change_something(cluster.namespace, name, rng)
        await_truth(site)
        assert site.fake.struck() > objects
    finally:
        site.fake.calm()
    assert_well(site)


def test_an_outage_is_told_with_its_cause_and_the_next_attempt(site: Site) -> None:
    site.fake.trouble({"kind": "Unavailable", "retryAfter": 1})
    try:
        cluster = site.namespace()
        site.create(cluster.namespace, "waiting")
        told = cluster.until("waiting", lambda seen: seen.condition("Reconciling").get("reason") == RETRY, seconds=60)
        assert not told.ready
        assert not told.condition("Stalled")
        assert "A fault is switched on." in told.condition("Ready")["message"]
    finally:
        site.fake.calm()
    assert_well(site)
