"""Options and fixtures of the suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tenant_provisioning.client import TenantProvisioningClient

from .options import Options, add_options, read_options
from .raw import RawClient
from .tenants import Made, Tenants

CALL_TIMEOUT = 60.0
"""Seconds for one call: making an organization in a busy BSS takes longer than a client usually waits."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the suite."""
    group = parser.getgroup("conformance", "the BSS that is tested")
    add_options(group.addoption, required=False)
    group.addoption("--faults", action="store_true", help="the BSS is the fake: also use its switches for trouble")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to run without what the suite must be told."""
    for name in ("base_url", "api_key_file", "other_api_key_file"):
        if config.getoption(name) is None:
            raise pytest.UsageError(f"--{name.replace('_', '-')} is missing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the fake can show, unless it is the fake."""
    if not config.getoption("faults"):
        left_out = [item for item in items if item.get_closest_marker("faults")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def options(pytestconfig: pytest.Config) -> Options:
    """What the suite was told."""
    return read_options(pytestconfig.getoption)


@pytest.fixture(scope="session")
def api_key(options: Options) -> str:
    """Key of the first API client."""
    return _key(options.api_key_file)


@pytest.fixture(scope="session")
async def bss(options: Options) -> AsyncIterator[TenantProvisioningClient]:
    """The BSS, as the first API client sees it."""
    async with _client(options.base_url, options.api_key_file) as client:
        yield client


@pytest.fixture(scope="session")
async def other(options: Options) -> AsyncIterator[TenantProvisioningClient]:
    """The BSS, as another API client sees it."""
    async with _client(options.base_url, options.other_api_key_file) as client:
        yield client


@pytest.fixture(scope="session")
async def raw(options: Options) -> AsyncIterator[RawClient]:
    """The BSS without the client between."""
    async with RawClient(options.base_url, _key(options.api_key_file)) as client:
        yield client


@pytest.fixture
async def tenants(bss: TenantProvisioningClient, options: Options) -> AsyncIterator[Tenants]:
    """Makes organizations for one case, and purges them after it."""
    made = _tenants(bss, options)
    yield made
    await made.purge()


@pytest.fixture(scope="session")
async def shared(bss: TenantProvisioningClient, options: Options) -> AsyncIterator[Made]:
    """One organization for all cases that leave it usable: making one is the dear part of a real BSS."""
    made = _tenants(bss, options)
    try:
        yield await made.make()
    finally:
        await made.purge()


def _tenants(bss: TenantProvisioningClient, options: Options) -> Tenants:
    return Tenants(bss, options.accounts, options.foreign_currency_accounts, float(options.patience))


def _client(base_url: str, key_file: str) -> TenantProvisioningClient:
    return TenantProvisioningClient(base_url, _key(key_file), timeout=CALL_TIMEOUT)


def _key(file: str) -> str:
    return Path(file).read_text().strip()
