# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts that a client checks before it creates a tenant: the BSS itself, accounts, price lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from tenant_provisioning.models import Account, ApiInfo, PriceList, ProblemCode
from tenant_provisioning.problems import refusal
from trytond.pool import Pool
from trytond.transaction import inactive_records

from bss.provisioning.call import Call, Outcome
from bss.root.transaction import company_id, reading
from bss.settings import settings
from bss.tenants.languages import LANGUAGES
from bss.tenants.locale import DATE_FORMATS, time_zones

_VERSION = "1.0"
_CAPABILITIES = ["adoption", "processes"]


def info(call: Call, request: None) -> Outcome:
    """What this BSS is and can do."""
    with reading() as pool:
        company = _company(pool)
        return Outcome(
            200,
            ApiInfo(
                version=_VERSION,
                name=company.party.name,
                currency=company.currency.code,
                login_url=settings().login_url,
                languages=list(LANGUAGES),
                time_zones=list(time_zones()),
                date_formats=list(DATE_FORMATS),
                capabilities=_CAPABILITIES,
            ),
        )


def account(call: Call, request: None) -> Outcome:
    """Facts about a reseller's account."""
    with reading() as pool:
        party = find_account(pool, call.parameters["code"])
        resellers = party.tenant_resellers
        return Outcome(
            200,
            Account(
                code=party.code,
                name=party.name,
                currency=party.account_currency_used.code,
                ordering_enabled=bool(party.ordering_enabled),
                organization_key=(resellers[0].key or "") if resellers else None,
            ),
        )


def price_list(call: Call, request: None) -> Outcome:
    """Facts about a price list."""
    with reading() as pool:
        record = find_price_list(pool, call.parameters["code"])
        return Outcome(
            200,
            PriceList(
                code=record.code,
                name=record.name,
                currency=record.currency.code,
                active=record.active,
                valid_from=record.valid_from,
                valid_to=record.valid_to,
                valid_today=record.is_valid(today(pool)),
                products=pool.get("product.price_list.line").search(
                    [("price_list", "=", record.id), ("product", "!=", None)], count=True
                ),
            ),
        )


def find_account(pool: Pool, code: str) -> Any:  # a record of Tryton
    """The account of a code, else the refusal `AccountNotFound`."""
    _company(pool)
    parties = pool.get("party.party").search([("code", "=", code)], limit=1)
    if not parties:
        raise refusal(
            ProblemCode.ACCOUNT_NOT_FOUND,
            f"No account has the code {code}: create the reseller's account in the distributor's BSS.",
            field="account",
        )
    return parties[0]


def find_price_list(pool: Pool, code: str) -> Any:  # a record of Tryton
    """The price list of a code, active or not, else the refusal `PriceListNotFound`."""
    with inactive_records():
        price_lists = pool.get("product.price_list").search([("code", "=", code)], limit=1)
    if not price_lists:
        raise refusal(
            ProblemCode.PRICE_LIST_NOT_FOUND,
            f"No price list has the code {code}: create it in the distributor's BSS or name another one.",
            field="priceList",
        )
    return price_lists[0]


def today(pool: Pool) -> date:
    """Today on the distributor's calendar."""
    day: date = pool.get("ir.date").today()
    return day


def _company(pool: Pool) -> Any:  # a record of Tryton
    company = company_id(pool)
    if company is None:
        raise refusal(
            ProblemCode.UNAVAILABLE,
            "The distributor has no company yet: log in to the BSS as its administrator and set it up.",
            retry_after=60,
        )
    return pool.get("company.company")(company)
