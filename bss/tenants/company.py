# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant's own company: whose name stands on its offers and invoices, and in which currency it keeps its books."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale as BabelLocale
from babel.numbers import get_currency_name, get_currency_precision, get_currency_symbol
from trytond.pool import Pool

from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.errors import CurrencyUnknown
from bss.tenants.pools import tenant

_ENGLISH = BabelLocale("en")


@repeated_on_conflict
def configure_company(client_id: str, *, name: str, currency: str, account_code: str) -> None:
    """Make the tenant's company, or give the existing one this name, currency (ISO 4217) and account.

    Raises TenantNotFound, CurrencyUnknown.
    """
    with tenant(client_id) as pool:
        organization = pool.get("tenant.organization")(1)
        company = organization.company
        if company is None:
            party = pool.get("party.party")(name=name)
            party.save()
            company = pool.get("company.company")(party=party, timezone="UTC")
        elif company.party.name != name:
            company.party.name = name
            company.party.save()
        company.currency = ensure_currency(pool, currency)
        company.save()
        organization.company = company
        organization.account_code = account_code
        organization.save()


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
