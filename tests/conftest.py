"""What tests of all parts share: one control plane and one complete stack, each made when first used."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from local import binaries
from local.binaries import Binaries
from local.control_plane import ControlPlane
from local.progress import Report
from local.stack import Stack
from tests.health.tools import Kstatus
from tests.running_bss import RunningBss

# `make test` asks the same of every commit; a soak looks for what nobody has thought of, and prints how to repeat it.
settings.register_profile("test", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "soak", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("test")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make test-soak` sets."""
    parser.addoption(
        "--fault-seed", type=int, default=1, help="seed of all that is left to chance in tests/kube/faults"
    )


def pytest_report_header(config: pytest.Config) -> str:
    """How to repeat what chance has chosen."""
    return f"faults: repeat with --fault-seed={config.getoption('--fault-seed')}"


def pytest_configure() -> None:
    """End as after Ctrl-C when the tests are told to end: servers that outlive them would run for ever."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def control_plane_programs() -> Binaries:
    """kube-apiserver, kube-controller-manager and etcd; `make test` has built them before."""
    return binaries.ensure()


@pytest.fixture(scope="session")
def control_plane(control_plane_programs: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane of the tests' own, with an audit log of all writes."""
    plane = ControlPlane(tmp_path_factory.mktemp("control-plane"), control_plane_programs, durable=False, audit=True)
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()


@pytest.fixture(scope="session")
def kstatus(tmp_path_factory: pytest.TempPathFactory) -> Kstatus:
    """The library by which other tools judge objects."""
    return Kstatus(tmp_path_factory.mktemp("kstatus"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The complete stack with the demonstration data, in a folder of its own: the user's .local is never touched."""
    # Waiting times that a test can afford; all else is as in production.
    quick = {"TENANT_RESELLER_PREREQUISITE_RETRY_BASE": "2", "TENANT_RESELLER_PREREQUISITE_RETRY_MAX": "4"}
    complete = Stack(tmp_path_factory.mktemp("stack"), durable=False, operator_settings=quick)
    try:
        with Report() as report:
            complete.up(report)
        yield complete
    finally:
        complete.down()


@pytest.fixture(scope="session")
def bss_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBss]:
    """A BSS without a cluster: its database, web server and worker, with the demonstration data."""
    server = RunningBss(tmp_path_factory.mktemp("bss"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
