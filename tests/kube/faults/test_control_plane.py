"""API server and etcd hang, die and come back while the operator is at work."""

from __future__ import annotations

import threading
import time

import pytest

from tests.eventually import eventually
from tests.kube.faults.site import Key, Site
from tests.kube.faults.wellbeing import assert_well

OBJECTS = 12
WELL_SECONDS = 90.0
"""Usually 2-10 s; a machine that does much else at the same time needs longer."""


def at_work(site: Site) -> str:
    """A namespace with objects, of which some are ready and most are not yet. Answers its name."""
    cluster = site.namespace()
    names = site.create_many(cluster.namespace, OBJECTS)
    eventually(lambda: sum(seen.ready for seen in cluster.see_all()), lambda ready: ready >= 1, seconds=90, every=0.05)
    # Work of both kinds is under way.
    site.change(cluster.namespace, names[0], displayName="Changed just before")
    return cluster.namespace


def hold(seconds: float) -> None:
    """The length of an outage: it is the fault, not a wait for something."""
    over = time.monotonic() + seconds
    eventually(lambda: time.monotonic() >= over, seconds=seconds + 60)


@pytest.mark.parametrize("seconds", [20.0, pytest.param(120.0, marks=pytest.mark.soak)])
def test_the_api_server_hangs(site: Site, seconds: float) -> None:
    namespace = at_work(site)
    site.plane.apiserver.freeze()
    try:
        hold(seconds)
    finally:
        site.plane.apiserver.thaw()
    site.plane.wait_until_ready()
    site.change(namespace, "many-001", displayName="Changed afterwards")
    assert_well(site, seconds=WELL_SECONDS)


@pytest.mark.parametrize("seconds", [15.0, pytest.param(180.0, marks=pytest.mark.soak)])
def test_the_api_server_is_killed_and_comes_back(site: Site, seconds: float) -> None:
    namespace = at_work(site)
    site.plane.apiserver.kill()
    hold(seconds)
    site.plane.start()
    site.change(namespace, "many-001", displayName="Changed afterwards")
    assert_well(site, seconds=WELL_SECONDS)


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_etcd_is_killed_and_comes_back(site: Site, times: int) -> None:
    for _ in range(times):
        namespace = at_work(site)
        site.plane.etcd.kill()
        hold(2)
        site.plane.start()
        site.change(namespace, "many-001", displayName="Changed afterwards")
    assert_well(site, seconds=WELL_SECONDS)


def test_users_who_declare_during_an_outage_are_served_afterwards(site: Site) -> None:
    """A frozen API server answers late what it was asked meanwhile; nobody has to ask twice."""
    cluster = site.namespace()
    made: list[Key] = []

    def declare() -> None:
        site.create(cluster.namespace, "patient")
        made.append((cluster.namespace, "patient"))

    site.plane.apiserver.freeze()
    user = threading.Thread(target=declare)
    try:
        user.start()
        hold(3)
        assert not made, "a frozen API server cannot answer"
    finally:
        site.plane.apiserver.thaw()
    user.join(timeout=60)
    assert made
    assert_well(site, seconds=WELL_SECONDS)
