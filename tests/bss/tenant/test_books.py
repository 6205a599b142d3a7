"""The books that a tenant starts with: it can invoice on its first day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from trytond.pool import Pool

from bss.root.transaction import commit
from bss.tenants import books
from bss.tenants.company import configure_company
from bss.tenants.pools import held, tenant


def _post_an_invoice(pool: Pool, company: int, day: date) -> Any:
    customer = pool.get("party.party")(name="Customer")
    customer.addresses = [pool.get("party.address")(city="Athens", invoice=True)]
    customer.save()
    template = pool.get("product.template")(
        name="Consulting", type="service", default_uom=pool.get("ir.model.data").get_id("product", "uom_unit")
    )
    template.save()
    product = pool.get("product.product")(template=template)
    product.save()
    Invoice = pool.get("account.invoice")  # noqa: N806
    invoice = Invoice(company=company, type="out", party=customer, invoice_date=day)
    invoice.on_change_type()
    invoice.set_journal()
    invoice.on_change_party()
    line = pool.get("account.invoice.line")(type="line", product=product, quantity=2.0, unit_price=Decimal("10"))
    line.invoice = invoice
    line.on_change_product()
    line.quantity, line.unit_price = 2.0, Decimal("10")
    invoice.lines = [line]
    invoice.save()
    Invoice.post([invoice])
    return invoice


def _posted(client_id: str) -> tuple[str, Decimal, str, bool]:
    def work(pool: Pool) -> tuple[str, Decimal, str, bool]:
        invoice = _post_an_invoice(pool, pool.get("tenant.organization")(1).company.id, date.today())
        return invoice.state, invoice.total_amount, invoice.number, invoice.account.type.receivable

    # Posting takes locks that Tryton asks for in the middle of the transaction.
    with held(client_id):
        return commit(client_id, work)


def test_a_new_tenant_can_post_an_invoice(client_id: str) -> None:
    assert _posted(client_id) == ("posted", Decimal("20"), f"{date.today().year}-00001", True)


def test_configuring_the_company_again_keeps_the_books(client_id: str) -> None:
    _posted(client_id)
    with tenant(client_id) as pool:
        accounts = pool.get("account.account").search([], count=True)
        years = pool.get("account.fiscalyear").search([], count=True)
    configure_company(client_id, name="Renamed", currency="EUR", account_code="R-1001")
    with tenant(client_id) as pool:
        assert pool.get("company.company").search([], count=True) == 1
        assert pool.get("account.account").search([], count=True) == accounts
        assert pool.get("account.fiscalyear").search([], count=True) == years == 2


def test_a_tenant_of_an_old_template_gets_this_years_books(client_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = date(date.today().year + 4, 1, 1)
    with monkeypatch.context() as patch:
        patch.setattr(books, "first_days", lambda: (later, later.replace(year=later.year + 1)))
        configure_company(client_id, name="Northwind Cloud", currency="USD", account_code="R-1001")
    with tenant(client_id) as pool:
        years = pool.get("account.fiscalyear").search([("start_date", ">=", later)])
        assert [len(year.periods) for year in years] == [12, 12]
        assert pool.get("tenant.organization")(1).company.currency.code == "USD"
