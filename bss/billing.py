# SPDX-License-Identifier: GPL-3.0-or-later
"""The billing run as a command: invoices to the resellers, made in the root database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trytond.pool import Pool

from bss.root.transaction import company_id, write
from bss.settings import settings
from bss.tenants.books import ensure_fiscal_year


@dataclass(frozen=True)
class Billed:
    """What one billing run made."""

    distributor: str
    """Name of the root database."""
    date: date
    invoices: int


def bill(day: date) -> Billed:
    """Invoice to the resellers all that is due at a day, in one transaction.

    Also opens the fiscal year of the day, so that the invoices can be posted.
    """

    def work(pool: Pool) -> int:
        company = company_id(pool)
        if company is None:
            return 0
        ensure_fiscal_year(pool, company, day)
        run = pool.get("tenant.reseller.billing_run").run(day)
        return len(run.invoices) if run else 0

    return Billed(settings().root_database, day, write(work))
