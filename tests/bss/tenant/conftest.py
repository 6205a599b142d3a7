"""Tenants for the tests, made from the template, and what they are filled with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from tenant_provisioning.models import Edition, Locale

from bss.tenants import databases
from bss.tenants.administrator import set_administrator
from bss.tenants.company import configure_company
from bss.tenants.edition import apply_edition
from bss.tenants.locale import apply_locale
from tests.bss.tenant.person import PASSWORD

_numbers = itertools.count(1)

MakeTenant = Callable[[], str]
"""Makes a tenant with company and locale, and answers its Client ID."""


@contextmanager
def _tenant() -> Iterator[str]:
    client_id = f"t{next(_numbers):07d}"
    databases.create(client_id)
    try:
        configure_company(client_id, name="Northwind Cloud", currency="EUR", account_code="R-1001")
        apply_locale(client_id, Locale(language="en", time_zone="Europe/Athens", date_format="dd/MM/yyyy"))
        yield client_id
    finally:
        databases.drop(client_id)


@pytest.fixture
def make_tenant(template: str) -> Iterator[MakeTenant]:
    """Makes as many tenants as a test needs; they are purged after it."""
    with ExitStack() as tenants:
        yield lambda: tenants.enter_context(_tenant())


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
