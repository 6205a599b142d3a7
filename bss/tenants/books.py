# SPDX-License-Identifier: GPL-3.0-or-later
"""The books of a company: what Tryton needs before it can make and post an invoice.

A chart of accounts with default accounts, a fiscal year with its periods, and numbers for invoices. The same for the
distributor and for tenants: Tryton's universal chart, which a company may extend. Everything is safe to repeat.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from trytond.pool import Pool
from trytond.transaction import Transaction

CHART_TABLES = ("account_configuration",)
FISCAL_YEAR_TABLES = ("account_fiscalyear", "account_period")
"""Tables that Tryton wants locked from the start of the transaction that makes the thing."""

_CHART = ("account", "account_template_root_en")
_KINDS = ("receivable", "payable", "revenue", "expense")


def ensure_chart(pool: Pool, company_id: int) -> None:
    """Give a company the chart of accounts and default accounts, unless it has accounts already."""
    Account = pool.get("account.account")  # noqa: N806 - Tryton's models are classes
    with Transaction().set_context(company=company_id):
        if Account.search([("company", "=", company_id)], limit=1):
            return
        Chart = pool.get("account.create_chart", type="wizard")  # noqa: N806
        session, _, _ = Chart.create()
        chart = Chart(session)
        chart.account.account_template = pool.get("account.account.template")(pool.get("ir.model.data").get_id(*_CHART))
        chart.account.company = pool.get("company.company")(company_id)
        chart.transition_create_account()
        accounts = {kind: _account(Account, kind, company_id) for kind in _KINDS}
        chart.properties.company = chart.account.company
        chart.properties.account_receivable = accounts["receivable"]
        chart.properties.account_payable = accounts["payable"]
        chart.properties.category_account_revenue = accounts["revenue"]
        chart.properties.category_account_expense = accounts["expense"]
        chart.transition_create_properties()
        Chart.delete(session)


def _account(model: Any, kind: str, company_id: int) -> Any:  # a model and a record of Tryton
    found = model.search(
        [(f"type.{kind}", "=", True), ("company", "=", company_id), ("closed", "!=", True)],
        order=[("code", "ASC"), ("id", "ASC")],
        limit=1,
    )
    return found[0]


def first_days() -> tuple[date, date]:
    """Days of the years that books start with: who is new in December is not stopped by the first of January."""
    today = date.today()
    return today, date(today.year + 1, 1, 1)


def has_fiscal_year(pool: Pool, company_id: int, day: date) -> bool:
    """Whether a fiscal year covers a day."""
    covering = [("company", "=", company_id), ("start_date", "<=", day), ("end_date", ">=", day)]
    return bool(pool.get("account.fiscalyear").search(covering, limit=1))


def ensure_fiscal_year(pool: Pool, company_id: int, day: date) -> None:
    """Open the calendar year of a day as fiscal year, with monthly periods, unless one covers the day already."""
    FiscalYear = pool.get("account.fiscalyear")  # noqa: N806
    with Transaction().set_context(company=company_id):
        if has_fiscal_year(pool, company_id, day):
            return
        name = str(day.year)
        moves = _sequence(pool, "account", "sequence_type_account_move", name, company_id)
        invoices = _sequence(pool, "account_invoice", "sequence_type_account_invoice", name, company_id)
        (year,) = FiscalYear.create(
            [
                {
                    "name": name,
                    "company": company_id,
                    "start_date": date(day.year, 1, 1),
                    "end_date": date(day.year, 12, 31),
                    "move_sequence": moves,
                    "invoice_sequences": [
                        (
                            "create",
                            [
                                {
                                    "company": company_id,
                                    "out_invoice_sequence": invoices,
                                    "out_credit_note_sequence": invoices,
                                    "in_invoice_sequence": invoices,
                                    "in_credit_note_sequence": invoices,
                                }
                            ],
                        )
                    ],
                }
            ]
        )
        FiscalYear.create_period([year])


def _sequence(pool: Pool, module: str, kind: str, year: str, company_id: int) -> int:
    # Strict: an invoice's number must leave no gap.
    Sequence = pool.get("ir.sequence.strict")  # noqa: N806
    (sequence,) = Sequence.create(
        [
            {
                "name": year,
                "sequence_type": pool.get("ir.model.data").get_id(module, kind),
                "company": company_id,
                "prefix": f"{year}-",
                "padding": 5,
            }
        ]
    )
    return int(sequence.id)
