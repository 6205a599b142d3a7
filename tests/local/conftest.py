"""A control plane that tests of the local stack may fill and kill."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.binaries import Binaries
from local.control_plane import ControlPlane
from local.kubectl import Kubectl


@pytest.fixture(scope="module")
def plane(control_plane_programs: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane of the module's own."""
    own = ControlPlane(tmp_path_factory.mktemp("plane"), control_plane_programs, durable=False, audit=True)
    try:
        own.start()
        yield own
    finally:
        own.stop()


@pytest.fixture
def kubectl(plane: ControlPlane) -> Kubectl:
    """kubectl with all rights on it."""
    return Kubectl(plane.kubeconfig)
