"""A real BSS behind gunicorn, and two tenants of it."""

from __future__ import annotations

import pytest

from tests.bss.web.http import Http
from tests.running_bss import RunningBss, Tenant


@pytest.fixture(scope="session")
def http(bss_server: RunningBss) -> Http:
    """Plain HTTP to the BSS."""
    return Http(bss_server)


@pytest.fixture(scope="session")
def tenant_a(bss_server: RunningBss) -> Tenant:
    """A tenant."""
    return bss_server.make_tenant()


@pytest.fixture(scope="session")
def tenant_b(bss_server: RunningBss) -> Tenant:
    """Another tenant."""
    return bss_server.make_tenant()
