# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo distributor: company, accounts, catalogue and price lists from the CSV files in bss/data.

Loading is safe to repeat: what is missing is made, what exists under its code stays as people have changed it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from trytond.pool import Pool
from trytond.transaction import Transaction, inactive_records

import bss
from bss.tenants.books import ensure_chart, ensure_fiscal_year, first_days

DATA = Path(bss.__file__).parent / "data"


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """The rows of one CSV file, by column."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(pool: Pool) -> None:
    """Load everything into the root database, in the current transaction."""
    currencies = _currencies(pool)
    company = _company(pool, currencies)
    with Transaction().set_context(company=company), inactive_records():
        _administrator(pool, company)
        ensure_chart(pool, company)
        for day in first_days():
            ensure_fiscal_year(pool, company, day)
        _accounts(pool, currencies)
        _products(pool)
        _price_lists(pool, company, currencies)


def tenants() -> Iterator[tuple[str, str]]:
    """Accounts that the demo distributor has already made tenants of: code and name."""
    for row in rows("accounts"):
        if _flag(row["tenant"]):
            yield row["code"], row["name"]


def _flag(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _ensure(model: Any, key: str, values: list[dict[str, Any]]) -> dict[str, Any]:  # models are Tryton's, without types
    """Create the records whose key is new; all of them by key."""
    found = model.search([(key, "in", [value[key] for value in values])])
    existing = {getattr(record, key): record for record in found}
    created = model.create([value for value in values if value[key] not in existing])
    return existing | {getattr(record, key): record for record in created}


def _currencies(pool: Pool) -> dict[str, Any]:
    return _ensure(
        pool.get("currency.currency"),
        "code",
        [
            {
                "code": row["code"],
                "name": row["name"],
                "symbol": row["symbol"],
                "numeric_code": row["numeric_code"],
                "rounding": Decimal("0.01"),
                "digits": 2,
                "rates": [("create", [{"date": date(2025, 1, 1), "rate": Decimal(row["rate"])}])],
            }
            for row in rows("currencies")
        ],
    )


def _company(pool: Pool, currencies: Mapping[str, Any]) -> int:
    Company = pool.get("company.company")  # noqa: N806 - Tryton's models are classes
    companies = Company.search([], limit=1, order=[("id", "ASC")])
    if companies:
        return int(companies[0].id)
    (row,) = rows("distributor")
    (party,) = pool.get("party.party").create([{"name": row["name"], "ordering_enabled": False}])
    (company,) = Company.create(
        [{"party": party.id, "currency": currencies[row["currency"]].id, "timezone": row["time_zone"]}]
    )
    return int(company.id)


def _administrator(pool: Pool, company: int) -> None:
    User = pool.get("res.user")  # noqa: N806
    (administrator,) = User.search([("login", "=", "admin")])
    if administrator.company is None:
        User.write([administrator], {"companies": [("add", [company])], "company": company})
    Item = pool.get("ir.module.config_wizard.item")  # noqa: N806
    # Set up already: no wizard greets the first user.
    Item.write(Item.search([("state", "=", "open")]), {"state": "done"})


def _accounts(pool: Pool, currencies: Mapping[str, Any]) -> None:
    _ensure(
        pool.get("party.party"),
        "code",
        [
            {
                "code": row["code"],
                "name": row["name"],
                "ordering_enabled": _flag(row["ordering_enabled"]),
                "account_currency": currencies[row["currency"]].id,
                "addresses": [("create", [{"city": row["city"], "invoice": True}])],
                "contact_mechanisms": [("create", [{"type": "email", "value": row["email"]}])],
            }
            for row in rows("accounts")
        ],
    )


def _products(pool: Pool) -> None:
    catalogue = list(rows("products"))
    names = dict.fromkeys(row["category"] for row in catalogue)
    categories = _ensure(pool.get("product.category"), "name", [{"name": name} for name in names])
    (unit,) = pool.get("product.uom").search([("name", "=", "Unit")])
    _ensure(
        pool.get("product.template"),
        "code",
        [
            {
                "code": row["sku"],
                "name": row["name"],
                "type": "service",
                "default_uom": unit.id,
                "salable": True,
                "sale_uom": unit.id,
                "list_price": Decimal(row["unit_price"]),
                "billing_cycle": row["billing_cycle"],
                "categories": [("add", [categories[row["category"]].id])],
                "products": [("create", [{"description": row["description"]}])],
            }
            for row in catalogue
        ],
    )


def _price_lists(pool: Pool, company: int, currencies: Mapping[str, Any]) -> None:
    price_lists = _ensure(
        pool.get("product.price_list"),
        "code",
        [
            {
                "code": row["code"],
                "name": row["name"],
                "company": company,
                "unit": "product_default",
                "currency": currencies[row["currency"]].id,
                "active": _flag(row["active"]),
                "valid_from": _day(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
            }
            for row in rows("price_lists")
        ],
    )
    products = {product.code: product for product in pool.get("product.product").search([])}
    Line = pool.get("product.price_list.line")  # noqa: N806
    for code, price_list in price_lists.items():
        present = {line.product.code for line in price_list.lines if line.product}
        Line.create(
            [
                {
                    "price_list": price_list.id,
                    "sequence": sequence,
                    "product": products[row["sku"]].id,
                    "fixed_price": Decimal(row["price"]),
                }
                for sequence, row in enumerate(rows(f"price_lists/{code}"), 1)
                if row["sku"] not in present
            ]
        )
