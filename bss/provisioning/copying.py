# SPDX-License-Identifier: GPL-3.0-or-later
"""The copying of a price list's range into a tenant, by the queue's worker.

The wish stands in the record; the queue only wakes a worker. A run is known to be alive by a lock that its process
holds, so that a killed worker is noticed at once and by everybody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tenant_provisioning.models import ProcessState, ProductScope, WorkState
from trytond import backend
from trytond.pool import Pool
from trytond.transaction import inactive_records

from bss.provisioning import process_log
from bss.provisioning.values import now, selection, value_of
from bss.root import locks
from bss.root.transaction import reading, write
from bss.tenants.errors import TenantError
from bss.tenants.products import BillingCycle, InheritedProduct, copy_products

logger = logging.getLogger(__name__)

TASK = "put_product_range"
"""Task of a process that stays open while products are copied."""

_PREDECESSOR_SECONDS = 60
"""How long a run waits for the previous one of the same tenant to end."""
_PROGRESS_SECONDS = 0.5
"""Least time between two records of the progress."""
_START_SECONDS = 60
"""How long a worker that took a task from the queue may need until it holds the lock."""


@dataclass(frozen=True)
class Run:
    """A run that the record says is going on."""

    record_id: int
    queue_task: int | None


@dataclass(frozen=True)
class _Work:
    """What one run does."""

    request: int
    client_id: str
    process: int | None
    scope: ProductScope
    overwrite_sell_prices: bool
    overwrite_names: bool
    products: tuple[InheritedProduct, ...]


def run_of(reseller: Any) -> Run | None:  # a record of Tryton
    """The run that a record says is going on."""
    if reseller.range_state != selection(WorkState.RUNNING):
        return None
    return Run(reseller.id, reseller.range_queue_task)


def is_alive(run: Run) -> bool:
    """Whether a worker copies, is about to, or will find the task in the queue."""
    if locks.is_held(_subject(run.record_id)):
        return True
    with reading() as pool:
        Queue = pool.get("ir.queue")  # noqa: N806 - Tryton's models are classes
        started_after = now() - timedelta(seconds=_START_SECONDS)
        return bool(
            Queue.search(
                [
                    ("id", "=", run.queue_task),
                    ("finished_at", "=", None),
                    ["OR", ("dequeued_at", "=", None), ("dequeued_at", ">", started_after)],
                ],
                count=True,
            )
        )


def is_interrupted(run: Run) -> bool:
    """Whether nobody works on a run that the record still says is going on."""
    if is_alive(run):
        return False
    # Read again: it may have ended, rightly, since the record was read.
    with reading() as pool:
        found = pool.get("tenant.reseller").search([("id", "=", run.record_id)])
        return bool(found) and run_of(found[0]) == run


def enqueue(pool: Pool, reseller: Any) -> None:
    """Wake a worker for a record whose range is to be copied, in the current transaction."""
    Reseller = pool.get("tenant.reseller")  # noqa: N806
    (task,) = Reseller.__queue__.copy_product_range([reseller])
    Reseller.write([reseller], {"range_queue_task": task})


def enqueue_interrupted() -> int:
    """Put runs whose worker died back into the queue; how many. For a worker that starts."""
    with reading() as pool:
        running = pool.get("tenant.reseller").search([("range_state", "=", selection(WorkState.RUNNING))])
        runs = [run for reseller in running if (run := run_of(reseller)) is not None]
    interrupted = [run for run in runs if is_interrupted(run)]

    def work(pool: Pool) -> None:
        Reseller = pool.get("tenant.reseller")  # noqa: N806
        for reseller in Reseller.browse([run.record_id for run in interrupted]):
            enqueue(pool, reseller)

    if interrupted:
        write(work)
    return len(interrupted)


def copy_product_range(record_id: int) -> None:
    """Copy until what the record asks for is done. A failure is written to the record: the queue would hide it."""
    try:
        with locks.held(_subject(record_id), wait=_PREDECESSOR_SECONDS):
            while (work := _next_work(record_id)) is not None:
                _run(record_id, work)
    except locks.LockTakenError:
        # The run before this one is still busy, and looks for newer requests when it ends.
        logger.info("the products of tenant reseller %s are being copied by another worker", record_id)


def _run(record_id: int, work: _Work) -> None:
    logger.info("copying %s products into tenant %s", len(work.products), work.client_id)
    try:
        counts = copy_products(
            work.client_id,
            work.products,
            scope=work.scope,
            overwrite_sell_prices=work.overwrite_sell_prices,
            overwrite_names=work.overwrite_names,
            progress=_progress(record_id, work),
        )
    except (TenantError, backend.DatabaseOperationalError) as error:
        logger.exception("copying products into tenant %s failed", work.client_id)
        _finish(record_id, work, WorkState.FAILED, f"{error}"[:4000])
    except Exception:
        # Whatever it was: the record must not promise for ever that somebody is working on it.
        _finish(record_id, work, WorkState.FAILED, "The BSS failed; its log says why.")
        raise
    else:
        _finish(
            record_id,
            work,
            WorkState.COMPLETED,
            f"{counts.created} new, {counts.reactivated} reactivated, {counts.deactivated} discontinued, "
            f"{counts.changed} changed, {counts.unchanged} as before",
            inherited=counts.inherited,
        )


def _subject(record_id: int) -> str:
    return f"product range {record_id}"


def _next_work(record_id: int) -> _Work | None:
    with reading() as pool:
        found = pool.get("tenant.reseller").search([("id", "=", record_id)])
        if not found or run_of(found[0]) is None:
            return None
        (reseller,) = found
        return _Work(
            request=reseller.range_request,
            client_id=reseller.client_id,
            process=reseller.range_process.id if reseller.range_process else None,
            scope=value_of(ProductScope, reseller.range_scope),
            overwrite_sell_prices=bool(reseller.range_overwrite_sell_prices),
            overwrite_names=bool(reseller.range_overwrite_names),
            products=_products(pool, reseller.price_list.id),
        )


def _products(pool: Pool, price_list_id: int) -> tuple[InheritedProduct, ...]:
    """The range of a price list with the prices that this list gives, discontinued products included."""
    Currency = pool.get("currency.currency")  # noqa: N806
    with inactive_records():
        price_list = pool.get("product.price_list")(price_list_id)
        products = []
        for product in dict.fromkeys(line.product for line in price_list.lines if line.product):
            company_currency = price_list.company.currency
            purchase_price = price_list.compute(product, 1, product.default_uom)
            # Not `list_price`, which is a price of this variant only: the template has the price.
            list_price = product.list_price_used
            if price_list.currency != company_currency:
                list_price = Currency.compute(company_currency, list_price, price_list.currency)
            products.append(
                InheritedProduct(
                    sku=product.code,
                    name=product.name,
                    description=product.description or "",
                    category=product.categories[0].name if product.categories else "",
                    unit=product.default_uom.name,
                    billing_cycle=value_of(BillingCycle, product.template.billing_cycle or "one_time"),
                    purchase_price=purchase_price,
                    list_price=list_price,
                    currency=price_list.currency.code,
                    active=bool(product.active),
                )
            )
        return tuple(products)


def _progress(record_id: int, work: _Work) -> Callable[[int, int], None]:
    last = 0.0

    def record(completed: int, total: int) -> None:
        nonlocal last
        if completed not in (0, total) and time.monotonic() - last < _PROGRESS_SECONDS:
            return
        last = time.monotonic()
        _update(record_id, work, {"range_completed": completed, "range_total": total})

    return record


def _finish(record_id: int, work: _Work, state: WorkState, message: str, *, inherited: int | None = None) -> None:
    failed = state is WorkState.FAILED
    values: dict[str, object] = {"range_state": selection(state), "range_message": message if failed else None}
    if inherited is not None:
        values |= {"range_inherited": inherited, "range_updated_at": now()}
    if _update(record_id, work, values) and work.process is not None:
        process_log.close_task(work.process, TASK, ProcessState.FAILED if failed else ProcessState.COMPLETED, message)


def _update(record_id: int, work: _Work, values: dict[str, object]) -> bool:
    """Write to the record unless it is gone or asks for something newer by now; whether it was written."""

    def write_values(pool: Pool) -> bool:
        Reseller = pool.get("tenant.reseller")  # noqa: N806
        found = Reseller.search([("id", "=", record_id), ("range_request", "=", work.request)])
        Reseller.write(found, values)
        return bool(found)

    return write(write_values)
