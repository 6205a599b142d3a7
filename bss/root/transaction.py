# SPDX-License-Identifier: GPL-3.0-or-later
"""Short transactions in the root database.

Each step of the provisioning is one transaction here, never open while a tenant's database is worked on: a long one
would make other processes' writes of the same record fail, and would keep a connection for seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential
from trytond import backend
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

from bss.settings import settings
from bss.tenants.pools import SUPERUSER, held

Result = TypeVar("Result")

_RETRY_SECONDS = 20


@contextmanager
def reading() -> Iterator[Pool]:
    """A snapshot of the root database; records must not leave the `with`."""
    database = settings().root_database
    with held(database), Transaction(new=True).start(database, SUPERUSER, readonly=True):
        pool = Pool(database)
        with Transaction().set_context(company=company_id(pool)):
            yield pool


def write(work: Callable[[Pool], Result]) -> Result:
    """Run `work` in a transaction of the root database and commit it; see `commit`."""
    database = settings().root_database
    with held(database):
        return commit(database, work)


def commit(database: str, work: Callable[[Pool], Result]) -> Result:
    """Run `work` in a transaction and commit it; again from the start when another transaction got in between.

    Tryton's transactions see one snapshot (repeatable read), so two writers of one record are told by an error instead
    of overwriting each other. `work` may run several times: it must not do anything outside of the database, and
    records must not leave it.
    """
    extras: dict[str, Any] = {}

    def fix(state: RetryCallState) -> None:
        # Tryton learns in the middle of a transaction that it should have locked a table at its start.
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TransactionError):
            error.fix(extras)

    for attempt in Retrying(
        retry=retry_if_exception_type((backend.DatabaseOperationalError, TransactionError)),
        wait=wait_random_exponential(multiplier=0.02, max=1),
        stop=stop_after_delay(_RETRY_SECONDS),
        before_sleep=fix,
        reraise=True,
    ):
        with attempt, Transaction(new=True).start(database, SUPERUSER, **extras):
            pool = Pool(database)
            with Transaction().set_context(company=company_id(pool)):
                result = work(pool)
    return result


def company_id(pool: Pool) -> int | None:
    """The distributor's company; None before one was set up."""
    companies = pool.get("company.company").search([], limit=1, order=[("id", "ASC")])
    return int(companies[0].id) if companies else None
