# SPDX-License-Identifier: GPL-3.0-or-later
"""What the template database of tenants contains, and a fingerprint that changes whenever that does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from trytond import backend
from trytond.pool import Pool
from trytond.transaction import Transaction

import bss
from bss.tenants import books, company, pools
from bss.tenants.languages import LANGUAGES

Progress = Callable[[str], None]

MODULES = (
    "party",
    "company",
    "currency",
    "product",
    "product_price_list",
    "sale",
    "sale_price_list",
    "sale_subscription",
    "account_invoice",
    "sale_invoice_grouping",
    "tenant_organization",
    "storefront",
)
"""Modules of a tenant; what they depend on comes with them."""

_OURS = ("tenant_organization", "storefront")
_SOURCES = {".py", ".xml", ".cfg", ".po", ".csv", ".txt"}


def _source_files() -> Iterator[Path]:
    modules = Path(bss.__file__).parent / "modules"
    for name in _OURS:
        yield from sorted(path for path in (modules / name).rglob("*") if path.suffix in _SOURCES)
    for module in (__file__, books.__file__, company.__file__):
        yield Path(module)


def _versions() -> Iterator[str]:
    found = {
        re.sub(r"[-_.]+", "-", distribution.name).lower(): distribution.version
        for distribution in distributions()
        if distribution.name
    }
    yield from sorted(f"{name}=={version}" for name, version in found.items() if name.startswith("trytond"))


@cache
def template_fingerprint() -> str:
    """Sixteen hexadecimal digits that stand for the content of the template: our modules, versions, languages."""
    digest = hashlib.sha256()
    for part in (*_versions(), *MODULES, *LANGUAGES):
        digest.update(part.encode() + b"\n")
    root = Path(bss.__file__).parent
    for path in _source_files():
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def build(database: str, progress: Progress) -> None:
    """Fill an empty database with the modules and languages of a tenant; takes a minute or two."""
    backend.Database(database).connect().init()
    progress("installing the modules of a tenant")
    Pool(database).init(update=[*MODULES], lang=[*LANGUAGES], activatedeps=True)
    progress("preparing languages, users and accounts")
    locked = [*books.CHART_TABLES, *books.FISCAL_YEAR_TABLES]
    with Transaction(new=True).start(database, pools.SUPERUSER, _lock_tables=locked):
        pool = Pool(database)
        _prepare(pool)
        _open_books(pool)


def _open_books(pool: Pool) -> None:
    # Here and not in each tenant: it takes a good part of a second, and copying it nothing.
    company_id = company.ensure_company(pool).id
    books.ensure_chart(pool, company_id)
    for day in books.first_days():
        books.ensure_fiscal_year(pool, company_id, day)


def _prepare(pool: Pool) -> None:
    Language = pool.get("ir.lang")  # noqa: N806 - Tryton's models are classes
    Language.write(Language.search([("code", "in", LANGUAGES)]), {"translatable": True})
    # A tenant is set up by the provisioning, not by wizards that greet the first user.
    Item = pool.get("ir.module.config_wizard.item")  # noqa: N806
    Item.write(Item.search([("state", "=", "open")]), {"state": "done"})
    # The superuser of stock Tryton: nobody may ever log in as it, and it would have no rights if somebody could.
    User = pool.get("res.user")  # noqa: N806
    admin = User.search([("login", "=", "admin")])
    groups = [group.id for user in admin for group in user.groups]
    User.write(admin, {"active": False, "password_hash": None, "groups": [("remove", groups)]})
