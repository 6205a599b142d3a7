"""What tests of all parts share: one control plane and one complete stack, each made when first used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local import binaries
from local.binaries import Binaries
from local.control_plane import ControlPlane
from local.progress import Report
from local.stack import Stack


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
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The complete stack with the demonstration data, in a folder of its own: the user's .local is never touched."""
    complete = Stack(tmp_path_factory.mktemp("stack"), durable=False)
    try:
        with Report() as report:
            complete.up(report)
        yield complete
    finally:
        complete.down()
