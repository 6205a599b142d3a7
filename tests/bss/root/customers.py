"""Customers of a reseller in the distributor's books, and what they order there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from trytond.pool import Pool

JANUARY = date(2026, 1, 1)


@dataclass(frozen=True)
class Bill:
    """What a test looks at of an invoice."""

    customer: str | None
    """None: for all customers that are not separate."""
    amount: Decimal
    currency: str
    lines: tuple[str, ...]
    """Notes and products."""


def make_reseller(pool: Pool, name: str, currency: str = "EUR") -> Any:
    """An account that resells, with an address for its invoices."""
    reseller = pool.get("party.party")(name=name, account_currency=currency_of(pool, currency))
    reseller.addresses = [pool.get("party.address")(city="Athens", invoice=True)]
    reseller.save()
    return reseller


def currency_of(pool: Pool, code: str) -> Any:
    """A currency by its code."""
    (currency,) = pool.get("currency.currency").search([("code", "=", code)])
    return currency


def make_customer(pool: Pool, reseller: Any, name: str, *, separate: bool) -> Any:
    """A customer that the reseller pays for."""
    customer = pool.get("party.party")(name=name, bill_to=reseller, separate_invoices=separate)
    customer.account_currency = reseller.account_currency
    customer.save()
    return customer


def subscribe(
    pool: Pool,
    customer: Any,
    sku: str,
    quantity: float,
    price: str,
    *,
    start: date = JANUARY,
    end: date | None = None,
    currency: str | None = None,
) -> Any:
    """A running monthly subscription of a customer."""
    (product,) = pool.get("product.product").search([("code", "=", sku)])
    monthly = pool.get("sale.subscription.recurrence.rule.set")(
        pool.get("ir.model.data").get_id("tenant_reseller", "recurrence_monthly")
    )
    Service = pool.get("sale.subscription.service")  # noqa: N806
    services = Service.search([("product", "=", product.id)], limit=1)
    service = services[0] if services else Service(product=product, consumption_recurrence=monthly)
    service.save()
    Subscription = pool.get("sale.subscription")  # noqa: N806
    subscription = Subscription(party=customer, start_date=start, invoice_recurrence=monthly)
    subscription.on_change_party()
    if currency:
        subscription.currency = currency_of(pool, currency)
    subscription.lines = [
        pool.get("sale.subscription.line")(
            service=service,
            quantity=quantity,
            unit=product.default_uom,
            unit_price=Decimal(price),
            consumption_recurrence=monthly,
            start_date=start,
            end_date=end,
        )
    ]
    subscription.save()
    Subscription.quote([subscription])
    Subscription.run([subscription])
    return subscription


def order(pool: Pool, customer: Any, sku: str, quantity: float, price: str, day: date) -> Any:
    """An executed order of something that is paid once, to be invoiced by the billing run."""
    (product,) = pool.get("product.product").search([("code", "=", sku)])
    Sale = pool.get("sale.sale")  # noqa: N806
    sale = Sale(party=customer, sale_date=day)
    sale.on_change_party()
    sale.invoice_method = "manual"
    sale.lines = [
        pool.get("sale.line")(
            type="line", product=product, quantity=quantity, unit=product.default_uom, unit_price=Decimal(price)
        )
    ]
    sale.save()
    Sale.quote([sale])
    Sale.confirm([sale])
    Sale.process([sale])
    return sale


def bills(pool: Pool, reseller: Any, run: Any = None) -> list[Bill]:
    """The invoices to a reseller, consolidated ones first, then by customer."""
    domain = [("party", "=", reseller.id), *([("billing_run", "=", run.id)] if run else [])]
    found = [
        Bill(
            invoice.end_customer and invoice.end_customer.name,
            invoice.total_amount,
            invoice.currency.code,
            tuple(sorted(f"{line.note or ''}/{line.product.code}" for line in invoice.lines)),
        )
        for invoice in pool.get("account.invoice").search(domain)
    ]
    return sorted(found, key=lambda bill: (bill.customer or "", bill.amount))
