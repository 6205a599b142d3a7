"""Sites for faults: one for those that leave the control plane alone, others where it is broken, and a proxied one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest

from local.binaries import Binaries
from tests.kube.faults.site import Site


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Random:
    """The chance of one test: the same for the same `--fault-seed` and test."""
    seed = f"{request.config.getoption('--fault-seed')} {request.node.name}"
    print(f"chance: {seed}")
    return Random(seed)


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """The site while it runs."""
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, control_plane_programs: Binaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site of one module's own: it may break all of it. `OPERATOR` of the module are settings of the operator."""
    settings = getattr(request.module, "OPERATOR", {})
    folder = tmp_path_factory.mktemp("site")
    with running(Site(folder, control_plane_programs, settings=settings, copy_seconds=0.3)) as made:
        yield made


@pytest.fixture(scope="module")
def proxied_site(control_plane_programs: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of one module's own, with a proxy between operator and API server."""
    with running(Site(tmp_path_factory.mktemp("proxied"), control_plane_programs, proxied=True)) as made:
        yield made
