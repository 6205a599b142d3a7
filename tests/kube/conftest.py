"""The operator with its own rights on a real API server, and the contract's fake as the BSS; all are made once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from local.binaries import Binaries
from local.control_plane import ControlPlane
from local.operator import Operator
from tests.cluster import Cluster
from tests.kube.fake import WatchedFake

QUICK = {
    "TENANT_RESELLER_PREREQUISITE_RETRY_BASE": "1",
    "TENANT_RESELLER_PREREQUISITE_RETRY_MAX": "2",
    "TENANT_RESELLER_RETRY_BASE": "0.2",
    "TENANT_RESELLER_RETRY_MAX": "2",
    "TENANT_RESELLER_POLL_INTERVAL": "0.2",
    "TENANT_RESELLER_LOG_LEVEL": "DEBUG",
    "TENANT_RESELLER_LOG_FORMAT": "json",
}
"""Waiting times that a test can afford, and everything in the log; all else is as in production."""

_namespaces = (f"test-{number}" for number in itertools.count(1))


@pytest.fixture(scope="session")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedFake]:
    """The fake BSS of all tests."""
    process = WatchedFake(tmp_path_factory.mktemp("fake"), copy_seconds=0.5, log_calls=True)
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def operator(
    control_plane: ControlPlane, fake: WatchedFake, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operator]:
    """The operator of all tests. One that kills it starts it again."""
    process = Operator(tmp_path_factory.mktemp("operator"), control_plane, fake.url, fake.api_key, QUICK)
    process.install()
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def cluster(control_plane: ControlPlane, operator: Operator, fake: WatchedFake) -> Iterator[Cluster]:
    """A namespace of the test's own, on which the operator works."""
    namespace = Cluster(control_plane.kubeconfig, next(_namespaces))
    namespace.kubectl("create", "namespace", namespace.namespace)
    yield namespace
    fake.calm()
    operator.start()


@pytest.fixture
def account(fake: WatchedFake, request: pytest.FixtureRequest) -> str:
    """Code of an account that no other test uses."""
    return fake.account(f"T-{abs(hash(request.node.nodeid)) % 10**9}", name="Testing Ltd", currency="EUR")


@pytest.fixture(scope="session")
def other_plane(control_plane_programs: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane without the operator of all tests, for those that run operators of their own."""
    plane = ControlPlane(tmp_path_factory.mktemp("other-plane"), control_plane_programs, durable=False, audit=True)
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()
