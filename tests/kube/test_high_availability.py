"""Two replicas, both real processes: one leads, the other takes over, and never do both write."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from local.control_plane import ControlPlane
from tests.cluster import Cluster
from tests.eventually import eventually
from tests.kube.conftest import QUICK
from tests.kube.fake import WatchedFake
from tests.kube.replicas import Replica, Replicas
from tests.kube.test_many import assert_one_tenant_each, declare_many

MANY = 40
"""So many that work is under way while one replica takes over from the other."""
TALKATIVE = {**QUICK, "TENANT_RESELLER_PROGRESS_INTERVAL": "0.02"}
"""Progress is written at nearly every phase, so that such writes are always under way too."""
HAND_OVER_SECONDS = 15.0
"""What is promised after the death of the leader."""
CLEAN_HAND_OVER_SECONDS = 2.0
"""What is promised when the leader is told to stop."""
BUSY_MACHINE_SECONDS = 4.0
"""Slack for a machine that runs other tests at the same time."""

_namespaces = (f"replicas-{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def bss(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedFake]:
    """A BSS of these tests' own, slow enough that work is always under way."""
    process = WatchedFake(tmp_path_factory.mktemp("bss"), copy_seconds=1.0)
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="module")
def pair(other_plane: ControlPlane, bss: WatchedFake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """Both replicas; a test that ends one need not start it again."""
    with ExitStack() as stack:
        made = []
        for name in ("first", "second"):
            replica = Replica(tmp_path_factory.mktemp(name), other_plane, bss, TALKATIVE)
            stack.enter_context(replica.to_api_server)
            stack.enter_context(replica.to_bss)
            stack.callback(replica.operator.stop)
            made.append(replica)
        yield Replicas(made[0], made[1], other_plane.kubeconfig)


@pytest.fixture
def replicas(pair: Replicas) -> Iterator[Replicas]:
    """Both replicas, running, and one of them leading."""
    for one in pair.both:
        one.operator.start()
    pair.leader()
    yield pair
    for one in pair.both:
        one.operator.daemon.thaw()
        one.to_api_server.mend()
        one.to_bss.mend()


@pytest.fixture
def namespace(other_plane: ControlPlane, replicas: Replicas) -> Cluster:
    """A namespace of the test's own."""
    made = Cluster(other_plane.kubeconfig, next(_namespaces))
    made.kubectl("create", "namespace", made.namespace)
    return made


@pytest.fixture
def account(request: pytest.FixtureRequest) -> str:
    """Beginning of the codes of accounts that no other test uses."""
    return f"H-{abs(hash(request.node.nodeid)) % 10**9}"


def wait_until_some_are_ready(namespace: Cluster, count: int = 3) -> None:
    eventually(lambda: sum(seen.ready for seen in namespace.see_all()), lambda ready: ready >= count, seconds=90)


def first_write(replica: Replica, since: int) -> datetime:
    """When the API server got the first write of a replica after those that it had made before."""
    return eventually(lambda: replica.writes()[since:], seconds=60)[0].at


def assert_one_after_the_other(old: Replica, new: Replica, *, since: int) -> None:
    """The old leader wrote nothing after the first write of the new one; `since` is what the new one had before."""
    first = new.writes()[since]
    late = [write for write in old.writes() if write.at >= first.at]
    assert not late, f"after {first}: {late}"


def test_one_leads_and_the_other_is_ready_but_idle(
    replicas: Replicas, namespace: Cluster, bss: WatchedFake, account: str
) -> None:
    leader = replicas.leader()
    standby = replicas.other(leader)
    before, calls = len(standby.writes()), len(standby.to_bss.sent)

    accounts = declare_many(namespace, bss, account, 4)
    assert_one_tenant_each(bss, accounts, namespace.until_all_ready(4, seconds=90))

    assert len(standby.writes()) == before
    assert len(standby.to_bss.sent) == calls
    assert leader.writes()
    for one in replicas.both:
        assert one.operator.ready()


def test_a_killed_leader_is_replaced_and_nothing_is_lost_or_doubled(
    replicas: Replicas, namespace: Cluster, bss: WatchedFake, account: str
) -> None:
    old = replicas.leader()
    new = replicas.other(old)
    since = len(new.writes())
    accounts = declare_many(namespace, bss, account, MANY)
    wait_until_some_are_ready(namespace)

    old.operator.daemon.kill()
    killed = datetime.now(UTC)
    assert (first_write(new, since) - killed).total_seconds() < HAND_OVER_SECONDS + BUSY_MACHINE_SECONDS

    assert_one_tenant_each(bss, accounts, namespace.until_all_ready(MANY, seconds=180))
    assert_one_after_the_other(old, new, since=since)


def test_a_leader_that_is_told_to_stop_hands_over_at_once(
    replicas: Replicas, namespace: Cluster, bss: WatchedFake, account: str
) -> None:
    old = replicas.leader()
    new = replicas.other(old)
    since = len(new.writes())
    accounts = declare_many(namespace, bss, account, MANY)
    wait_until_some_are_ready(namespace)

    process = old.operator.daemon.process
    assert process is not None
    told = datetime.now(UTC)
    process.send_signal(signal.SIGTERM)
    assert replicas.leader(other_than=old) is new
    taken = datetime.fromisoformat(replicas.lease()["spec"]["acquireTime"])
    assert (taken - told).total_seconds() < CLEAN_HAND_OVER_SECONDS + BUSY_MACHINE_SECONDS

    assert_one_tenant_each(bss, accounts, namespace.until_all_ready(MANY, seconds=180))
    assert_one_after_the_other(old, new, since=since)
    ended = old.operator.daemon.log_tail()
    assert "Stopped" in ended
    assert "never retrieved" not in ended


def test_a_leader_that_was_frozen_writes_and_calls_nothing_when_it_thaws(
    replicas: Replicas, namespace: Cluster, bss: WatchedFake, account: str
) -> None:
    old = replicas.leader()
    new = replicas.other(old)
    since = len(new.writes())
    accounts = declare_many(namespace, bss, account, MANY)
    wait_until_some_are_ready(namespace)

    old.operator.daemon.freeze()
    assert replicas.leader(other_than=old) is new
    eventually(lambda: len(new.writes()) > since, seconds=60)
    calls = len(old.to_bss.sent)
    old.operator.daemon.thaw()
    eventually(lambda: old.operator.daemon.log_tail(3), lambda end: "Standing by" in end, seconds=60)

    assert_one_tenant_each(bss, accounts, namespace.until_all_ready(MANY, seconds=180))
    assert_one_after_the_other(old, new, since=since)
    assert len(old.to_bss.sent) == calls


def test_a_leader_without_an_api_server_calls_no_bss_once_another_leads(
    replicas: Replicas, namespace: Cluster, bss: WatchedFake, account: str
) -> None:
    old = replicas.leader()
    new = replicas.other(old)
    since = len(new.writes())
    accounts = declare_many(namespace, bss, account, MANY)
    wait_until_some_are_ready(namespace)

    old.to_api_server.cut()
    calls_of_new = len(new.to_bss.sent)
    assert replicas.leader(other_than=old) is new
    assert_one_tenant_each(bss, accounts, namespace.until_all_ready(MANY, seconds=180))

    assert old.to_bss.sent[-1] < new.to_bss.sent[calls_of_new]
    old.to_api_server.mend()
    eventually(old.operator.ready, seconds=60)
    assert_one_after_the_other(old, new, since=since)


def test_an_api_server_that_is_away_longer_than_the_lease_ends_no_replica(
    replicas: Replicas, namespace: Cluster, bss: WatchedFake, other_plane: ControlPlane, account: str
) -> None:
    leader = replicas.leader()
    before = [one.operator.daemon.process for one in replicas.both]
    accounts = declare_many(namespace, bss, account, MANY)
    wait_until_some_are_ready(namespace)
    log = leader.operator.daemon.log
    told = len(log.read_text())

    other_plane.apiserver.freeze()
    try:
        # Work ends while the writes that are under way still wait for their answers.
        eventually(lambda: "Standing by" in log.read_text()[told:].partition("The Lease was lost")[2])
    finally:
        other_plane.apiserver.thaw()

    assert_one_tenant_each(bss, accounts, namespace.until_all_ready(MANY, seconds=180))
    assert [one.operator.daemon.process for one in replicas.both] == before
