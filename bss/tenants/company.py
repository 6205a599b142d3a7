# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant's own company: whose name stands on its offers and invoices, and in which currency it keeps its books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel import Locale as BabelLocale
from babel.numbers import get_currency_name, get_currency_precision, get_currency_symbol
from trytond.pool import Pool

from bss.tenants import books
from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.errors import CurrencyUnknown
from bss.tenants.pools import tenant

_ENGLISH = BabelLocale("en")
_NOBODY = "Organization"
_CURRENCY = "EUR"
"""Until the tenant's own is known."""


@repeated_on_conflict
def configure_company(client_id: str, *, name: str, currency: str, account_code: str) -> None:
    """Make the tenant's company, or give the existing one this name, currency (ISO 4217) and account.

    Raises TenantNotFound, CurrencyUnknown.
    """
    with tenant(client_id) as pool:
        organization = pool.get("tenant.organization")(1)
        company = organization.company or ensure_company(pool)
        if company.party.name != name:
            company.party.name = name
            company.party.save()
        kept_in = ensure_currency(pool, currency)
        if company.currency != kept_in:
            # Tryton refuses even to write the same currency again once something is booked.
            company.currency = kept_in
            company.save()
        organization.company = company
        organization.account_code = account_code
        organization.save()
        company_id = company.id
        missing = [day for day in books.first_days() if not books.has_fiscal_year(pool, company_id, day)]
    if missing:
        # The template has them, unless it is of last year.
        with tenant(client_id, locking=books.FISCAL_YEAR_TABLES) as pool:
            for day in missing:
                books.ensure_fiscal_year(pool, company_id, day)


def ensure_company(pool: Pool) -> Any:  # a record of Tryton
    """The tenant's company, made where there is none; it is nobody's until it is configured."""
    Company = pool.get("company.company")  # noqa: N806 - Tryton's models are classes
    found = Company.search([], order=[("id", "ASC")], limit=1)
    if found:
        return found[0]
    party = pool.get("party.party")(name=_NOBODY)
    party.save()
    company = Company(party=party, timezone="UTC", currency=ensure_currency(pool, _CURRENCY))
    company.save()
    return company


def ensure_currency(pool: Pool, code: str) -> object:
    """The tenant's record of a currency, made when it has none. Raises CurrencyUnknown."""
    Currency = pool.get("currency.currency")  # noqa: N806 - Tryton's models are classes
    found = Currency.search([("code", "=", code)], limit=1)
    if found:
        return found[0]
    if code not in _ENGLISH.currencies:
        raise CurrencyUnknown(code)
    digits = get_currency_precision(code)
    currency = Currency(
        code=code,
        name=get_currency_name(code, locale=_ENGLISH),
        symbol=get_currency_symbol(code, locale=_ENGLISH),
        digits=digits,
        rounding=Decimal(1).scaleb(-digits),
    )
    currency.save()
    return currency
