"""The demo distributor's root database, its API in this process, and worker and web server as processes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bss.provisioning import copying
from bss.root.transaction import reading
from bss.settings import settings
from local.processes import Daemon
from tests.bss.root.client import ApiClient
from tests.bss.root.programs import bss_program


@pytest.fixture(scope="session")
def root(template: str) -> str:
    """Name of the root database with the demo distributor; the template of tenants is there too."""
    from bss.root import database

    database.prepare(print, with_demo=True)
    return settings().root_database


@pytest.fixture(scope="session")
def operator(root: str) -> ApiClient:
    """The API as one client sees it."""
    return ApiClient("operator")


@pytest.fixture(scope="session")
def other(root: str) -> ApiClient:
    """The API as another client sees it."""
    return ApiClient("other")


_numbers = itertools.count(1)


@pytest.fixture
def key(operator: ApiClient) -> Iterator[str]:
    """A key that was never used; its organization is purged in the end."""
    name = f"tests.{next(_numbers)}"
    yield name
    operator.delete(f"/organizations/{name}")


RunQueue = Callable[[], None]


@pytest.fixture
def run_queue() -> RunQueue:
    """Do what a worker would do with everything that is being copied, in this process."""

    def run() -> None:
        with reading() as pool:
            found = pool.get("tenant.reseller").search([("range_state", "=", "running")])
            ids = [reseller.id for reseller in found]
        for record_id in ids:
            copying.copy_product_range(record_id)

    return run


@pytest.fixture
def worker(root: str, tmp_path: Path) -> Iterator[Daemon]:
    """The queue's worker as a process; it is not started yet."""
    program = bss_program(tmp_path, "worker", "--processes", "1")
    yield program
    program.kill()
