"""Tenants for the tests, made from the template, and what they are filled with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from tenant_provisioning.models import Edition, Locale
from trytond import backend
from trytond.cache import Cache

from bss.tenants import databases, server
from bss.tenants.administrator import set_administrator
from bss.tenants.company import configure_company
from bss.tenants.edition import apply_edition
from bss.tenants.locale import apply_locale
from tests.bss.tenant.person import PASSWORD

MakeTenant = Callable[[], str]
"""Makes a tenant with company and locale, and answers its Client ID."""


@contextmanager
def _tenant(client_id: str) -> Iterator[str]:
    databases.create(client_id)
    try:
        configure_company(client_id, name="Northwind Cloud", currency="EUR", account_code="R-1001")
        apply_locale(client_id, Locale(language="en", time_zone="Europe/Athens", date_format="dd/MM/yyyy"))
        yield client_id
    finally:
        # Like databases.drop, but the models stay: the next test's tenant of this name has the same ones.
        Cache.drop(client_id)
        backend.Database(client_id).close()
        with server.maintenance() as connection:
            server.drop(connection, client_id)


@pytest.fixture
def make_tenant(template: str) -> Iterator[MakeTenant]:
    """Makes as many tenants as a test needs; they are purged after it."""
    numbers = itertools.count(1)
    with ExitStack() as tenants:
        yield lambda: tenants.enter_context(_tenant(f"t{next(numbers):07d}"))


@pytest.fixture
def client_id(make_tenant: MakeTenant) -> str:
    """A tenant with company and locale, without edition, administrator and products."""
    return make_tenant()


@pytest.fixture
def basic(client_id: str) -> str:
    """A tenant of the Basic edition with the administrator maria."""
    apply_edition(client_id, Edition.BASIC)
    set_administrator(client_id, "maria", "maria@northwind.example", PASSWORD)
    return client_id
