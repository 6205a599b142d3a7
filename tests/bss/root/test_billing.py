"""Invoices to resellers: one for all customers, or one for each, by the flag that each customer carries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.transaction import Transaction

from bss.__main__ import main
from bss.modules.tenant_reseller.exceptions import AccountCurrencyError, BillToError
from bss.root.transaction import company_id
from bss.settings import settings
from bss.tenants.pools import held
from tests.bss.root.customers import (
    JANUARY,
    Bill,
    bills,
    currency_of,
    make_customer,
    make_reseller,
    order,
    subscribe,
)

FEBRUARY = date(2026, 2, 1)
MARCH = date(2026, 3, 1)


@pytest.fixture
def pool(root: str) -> Iterator[Pool]:
    """The root database in a transaction that is rolled back, so that no test sees another's invoices."""
    with held(root), Transaction(new=True).start(root, 0) as transaction:
        pool = Pool(root)
        with transaction.set_context(company=company_id(pool)):
            yield pool
        transaction.rollback()


def _run(pool: Pool, day: date) -> Any:
    return pool.get("tenant.reseller.billing_run").run(day)


def test_customers_of_a_reseller_are_invoiced_together(pool: Pool) -> None:
    reseller = make_reseller(pool, "Together")
    for name, quantity in (("Alpha", 10.0), ("Beta", 5.0)):
        subscribe(pool, make_customer(pool, reseller, name, separate=False), "OFF-STAR-M", quantity, "3.57")
    run = _run(pool, JANUARY)
    assert bills(pool, reseller, run) == [
        Bill(None, Decimal("53.55"), "EUR", ("Alpha/OFF-STAR-M", "Beta/OFF-STAR-M")),
    ]


def test_each_separate_customer_has_an_invoice_of_its_own(pool: Pool) -> None:
    reseller = make_reseller(pool, "Apart")
    for name, quantity in (("Alpha", 10.0), ("Beta", 5.0)):
        customer = make_customer(pool, reseller, name, separate=True)
        subscribe(pool, customer, "OFF-STAR-M", quantity, "3.57")
        subscribe(pool, customer, "OFF-ESSE-M", 1.0, "5.18")
    run = _run(pool, JANUARY)
    assert bills(pool, reseller, run) == [
        Bill("Alpha", Decimal("40.88"), "EUR", ("/OFF-ESSE-M", "/OFF-STAR-M")),
        Bill("Beta", Decimal("23.03"), "EUR", ("/OFF-ESSE-M", "/OFF-STAR-M")),
    ]


def test_mixed_flags_of_several_resellers(pool: Pool) -> None:
    one, two = make_reseller(pool, "One"), make_reseller(pool, "Two", "USD")
    for reseller in (one, two):
        for name, separate in (("Alpha", False), ("Beta", True), ("Gamma", False)):
            subscribe(pool, make_customer(pool, reseller, name, separate=separate), "OFF-STAR-M", 1.0, "2.00")
    run = _run(pool, JANUARY)
    for reseller, currency in ((one, "EUR"), (two, "USD")):
        assert bills(pool, reseller, run) == [
            Bill(None, Decimal("4.00"), currency, ("Alpha/OFF-STAR-M", "Gamma/OFF-STAR-M")),
            Bill("Beta", Decimal("2.00"), currency, ("/OFF-STAR-M",)),
        ]


def test_a_flag_changed_in_the_middle_counts_from_the_next_invoice_and_changes_no_earlier_one(pool: Pool) -> None:
    reseller = make_reseller(pool, "Changing")
    alpha = make_customer(pool, reseller, "Alpha", separate=False)
    beta = make_customer(pool, reseller, "Beta", separate=False)
    for customer in (alpha, beta):
        subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00")
    january = _run(pool, JANUARY)
    before = bills(pool, reseller, january)
    assert before == [Bill(None, Decimal("4.00"), "EUR", ("Alpha/OFF-STAR-M", "Beta/OFF-STAR-M"))]

    alpha.separate_invoices = True
    alpha.save()
    february = _run(pool, FEBRUARY)

    assert bills(pool, reseller, january) == before
    assert bills(pool, reseller, february) == [
        Bill(None, Decimal("2.00"), "EUR", ("Beta/OFF-STAR-M",)),
        Bill("Alpha", Decimal("2.00"), "EUR", ("/OFF-STAR-M",)),
    ]


def test_the_flag_of_the_tenant_reseller_changes_no_customer(pool: Pool) -> None:
    reseller = make_reseller(pool, "Tenant")
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    Reseller = pool.get("tenant.reseller")  # noqa: N806
    (tenant,) = Reseller.create([{"name": "Tenant", "account": reseller.id, "client_id": "notenant"}])
    Reseller.write([tenant], {"separate_invoices": True})
    assert not customer.separate_invoices
    subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00")
    assert bills(pool, reseller, _run(pool, JANUARY)) == [Bill(None, Decimal("2.00"), "EUR", ("Alpha/OFF-STAR-M",))]


def test_running_again_invoices_nothing_twice_and_leaves_no_month_out(pool: Pool) -> None:
    reseller = make_reseller(pool, "Again")
    subscribe(pool, make_customer(pool, reseller, "Alpha", separate=False), "OFF-STAR-M", 1.0, "2.00")
    _run(pool, JANUARY)
    assert _run(pool, JANUARY) is None
    # Nobody ran it in February.
    late = _run(pool, MARCH)
    assert [bill.amount for bill in bills(pool, reseller, late)] == [Decimal("4.00")]
    assert sum(bill.amount for bill in bills(pool, reseller)) == Decimal("6.00")


def test_orders_are_invoiced_together_with_subscriptions(pool: Pool) -> None:
    reseller = make_reseller(pool, "Orders")
    alpha = make_customer(pool, reseller, "Alpha", separate=False)
    beta = make_customer(pool, reseller, "Beta", separate=True)
    for customer in (alpha, beta):
        subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00")
        order(pool, customer, "OFF-ESSE-M", 2.0, "10.00", JANUARY)
        order(pool, customer, "OFF-ESSE-M", 1.0, "10.00", MARCH)
    assert bills(pool, reseller) == [], "only a billing run invoices"
    run = _run(pool, JANUARY)
    assert bills(pool, reseller, run) == [
        Bill(None, Decimal("22.00"), "EUR", ("Alpha/OFF-ESSE-M", "Alpha/OFF-STAR-M")),
        Bill("Beta", Decimal("22.00"), "EUR", ("/OFF-ESSE-M", "/OFF-STAR-M")),
    ]
    assert _run(pool, JANUARY) is None


def test_the_stock_schedule_bills_the_same_way(pool: Pool) -> None:
    reseller = make_reseller(pool, "Scheduled")
    for name in ("Alpha", "Beta"):
        customer = make_customer(pool, reseller, name, separate=False)
        subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00")
        order(pool, customer, "OFF-ESSE-M", 1.0, "10.00", JANUARY)
    pool.get("sale.subscription.line").generate_consumption(JANUARY)
    pool.get("sale.subscription").generate_invoice(JANUARY)
    assert [(bill.customer, bill.amount) for bill in bills(pool, reseller)] == [(None, Decimal("24.00"))]


def test_a_customer_of_the_distributor_itself_is_invoiced_as_ever(pool: Pool) -> None:
    direct = make_reseller(pool, "Direct")
    for sku in ("OFF-STAR-M", "OFF-ESSE-M"):
        subscribe(pool, direct, sku, 1.0, "2.00")
    _run(pool, JANUARY)
    assert [(bill.customer, bill.amount) for bill in bills(pool, direct)] == [(None, Decimal("2.00"))] * 2


@pytest.mark.parametrize("end", [None, date(2026, 3, 31)], ids=["running", "closed"])
def test_what_was_consumed_after_the_day_is_invoiced_later(pool: Pool, end: date | None) -> None:
    reseller = make_reseller(pool, "Ahead")
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    direct = make_reseller(pool, "Direct")
    for party in (customer, direct):
        subscribe(pool, party, "OFF-STAR-M", 1.0, "2.00", end=end)
    # Recorded ahead, as the stock wizard does for any day that somebody gives.
    pool.get("sale.subscription.line").generate_consumption(date(2026, 4, 1) if end else MARCH)

    for number, day in enumerate((JANUARY, FEBRUARY, MARCH), start=1):
        _run(pool, day)
        for party in (reseller, direct):
            assert [bill.amount for bill in bills(pool, party)] == [Decimal("2.00")] * number, (day, party.name)
    _run(pool, date(2026, 12, 1) if end else MARCH)
    for party in (reseller, direct):
        assert sum(bill.amount for bill in bills(pool, party)) == Decimal("6.00"), party.name


def test_what_ended_is_invoiced_until_its_end(pool: Pool) -> None:
    reseller = make_reseller(pool, "Ended")
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    subscription = subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00", end=date(2026, 2, 28))
    for month in (1, 2, 3, 4):
        _run(pool, date(2026, month, 1))
    assert sum(bill.amount for bill in bills(pool, reseller)) == Decimal("4.00")
    assert subscription.state == "closed"


def test_a_subscription_from_the_31st_is_billed_in_every_month(pool: Pool) -> None:
    reseller = make_reseller(pool, "Long months")
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00", start=date(2026, 1, 31))
    for number in range(12):
        _run(pool, JANUARY + timedelta(days=31 * number))
    _run(pool, date(2026, 12, 31))
    assert sum(bill.amount for bill in bills(pool, reseller)) == Decimal("24.00")


def test_another_currency_than_the_resellers_is_refused(pool: Pool) -> None:
    reseller = make_reseller(pool, "One currency")
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    with pytest.raises(BillToError, match=r"EUR|Euro"):
        subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00", currency="USD")


def test_the_resellers_currency_cannot_change_while_something_is_billed_in_it(pool: Pool) -> None:
    reseller = make_reseller(pool, "Changing currency")
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00")
    reseller.account_currency = currency_of(pool, "USD")
    with pytest.raises(AccountCurrencyError, match="Changing currency"):
        reseller.save()


def test_nobody_else_than_the_reseller_pays_for_its_customer(pool: Pool) -> None:
    reseller = make_reseller(pool, "Payer")
    other = make_reseller(pool, "Other")
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    subscription = subscribe(pool, customer, "OFF-STAR-M", 1.0, "2.00")
    subscription.invoice_party = other
    subscription.invoice_address = other.addresses[0]
    with pytest.raises(BillToError, match="Payer"):
        subscription.save()


def test_what_a_tenant_manages_is_closed_to_the_distributors_users_except_the_flag(pool: Pool) -> None:
    reseller = make_reseller(pool, "Managing")
    (tenant,) = pool.get("tenant.reseller").create(
        [{"name": "Managing", "account": reseller.id, "client_id": "notenant"}]
    )
    customer = make_customer(pool, reseller, "Alpha", separate=False)
    customer.managed_by = tenant
    customer.addresses = [pool.get("party.address")(city="Athens", from_tenant=True)]
    customer.contact_mechanisms = [
        pool.get("party.contact_mechanism")(type="email", value="it@alpha.example", from_tenant=True)
    ]
    customer.save()
    Party = pool.get("party.party")  # noqa: N806
    (administrator,) = pool.get("res.user").search([("login", "=", "admin")])
    with Transaction().set_user(administrator.id), Transaction().set_context(_check_access=True):
        address, email = customer.addresses[0].id, customer.contact_mechanisms[0].id
        for values in (
            {"name": "Renamed"},
            {"bill_to": None},
            {"account_currency": currency_of(pool, "USD").id},
            {"addresses": [("write", [address], {"city": "Patras"})]},
            {"contact_mechanisms": [("write", [email], {"value": "other@alpha.example"})]},
            {"contact_mechanisms": [("delete", [email])]},
        ):
            with pytest.raises(AccessError, match="Managing"):
                Party.write([Party(customer.id)], values)
        Party.write([Party(customer.id)], {"separate_invoices": True})
    assert Party(customer.id).separate_invoices


def test_the_command_tells_what_it_made(root: str) -> None:
    result = CliRunner().invoke(main, ["bill", "--date", "2025-01-01"])
    assert result.exit_code == 0, result.output
    assert result.output.strip() == f"{settings().root_database}: 0 invoices of 2025-01-01"
