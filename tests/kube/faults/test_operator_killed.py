"""The operator is killed at random moments of its work, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

import pytest

from tests.cluster import Cluster
from tests.eventually import eventually
from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well, untruths

CALLS_OF_A_CREATION = 25


@pytest.mark.parametrize(
    ("kills", "creations", "updates"),
    [(10, 15, 15), pytest.param(100, 150, 150, marks=pytest.mark.soak)],
    ids=["ten", "a hundred"],
)
def test_the_operator_killed_at_random_moments(
    site: Site, rng: Random, kills: int, creations: int, updates: int
) -> None:
    cluster = site.namespace()
    work = actions(site, cluster, rng, creations, updates)
    each = (creations + updates) // kills
    for _ in range(kills):
        for _ in range(each):
            next(work)()
        wait_for_calls(site, rng.randrange(each * CALLS_OF_A_CREATION))
        assert site.operator.running, site.operator.daemon.log_hint()
        site.operator.daemon.kill()
        assert not site.operator.running
        site.operator.daemon.start()
    assert next(work, None) is None, "all creations and updates were made"
    site.operator.start()
    assert_well(site)


def actions(site: Site, cluster: Cluster, rng: Random, creations: int, updates: int) -> Iterator[Callable[[], object]]:
    """Creations and updates in random order; the first is a creation."""
    order = [True] * (creations - 1) + [False] * updates
    rng.shuffle(order)
    names: list[str] = []
    for creation in (True, *order):
        if creation:
            names.append(f"killed-{len(names):03}")
            yield partial(site.create, cluster.namespace, names[-1])
        else:
            yield partial(site.change_something, cluster.namespace, rng.choice(names), rng)


def wait_for_calls(site: Site, more: int) -> None:
    """Until the operator has made so many more calls to the BSS, or has nothing left to do."""
    wanted = sum(site.fake.calls().values()) + more
    eventually(
        lambda: sum(site.fake.calls().values()),
        lambda made: made >= wanted or not untruths(site, site.see_all(), {}),
        seconds=120,
        every=0.02,
    )
