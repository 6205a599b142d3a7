# SPDX-License-Identifier: GPL-3.0-or-later
"""PUT of the product range: what is to be copied is recorded, and a worker is woken to copy it."""

from __future__ import annotations

from typing import Any

from tenant_provisioning.models import ProblemCode, ProductRangeRequest, WorkState
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss.provisioning import copying, process_log
from bss.provisioning.call import Call, Outcome
from bss.provisioning.facts import find_price_list, today
from bss.provisioning.tenant_record import active_record, exclusive
from bss.provisioning.values import selection
from bss.provisioning.view import show_status
from bss.root.transaction import reading, write


def put_product_range(call: Call, request: ProductRangeRequest) -> Outcome:
    """Inherit the range of a price list, or update it; 202 until a worker has copied it."""
    with exclusive(call.key):
        record = active_record(call)
        if _is_wanted(record.id, request):
            _ask(call, record.id, request)
        else:
            _wake_if_interrupted(record.id)
        return show_status(call)


def _is_wanted(record_id: int, request: ProductRangeRequest) -> bool:
    """Whether products must be copied: another list, a new trigger, or a run that failed."""
    with reading() as pool:
        reseller = pool.get("tenant.reseller")(record_id)
        if not reseller.range_state or reseller.range_state == selection(WorkState.FAILED):
            return True
        if reseller.price_list.code != request.price_list:
            return True
        return request.trigger is not None and request.trigger != reseller.range_trigger


def _ask(call: Call, record_id: int, request: ProductRangeRequest) -> None:
    def work(pool: Pool) -> None:
        Reseller = pool.get("tenant.reseller")  # noqa: N806 - Tryton's models are classes
        reseller = Reseller(record_id)
        price_list = _usable_price_list(pool, request.price_list, reseller.account)
        process = process_log.find(pool, call)
        Reseller.write(
            [reseller],
            {
                "price_list": price_list.id,
                "range_trigger": request.trigger if request.trigger is not None else reseller.range_trigger,
                "range_scope": selection(request.scope),
                "range_overwrite_sell_prices": request.overwrite_sell_prices,
                "range_overwrite_names": request.overwrite_names,
                "range_request": reseller.range_request + 1,
                "range_state": selection(WorkState.RUNNING),
                "range_completed": 0,
                "range_total": sum(1 for line in price_list.lines if line.product),
                "range_message": None,
                "range_process": process.id if process else None,
            },
        )
        copying.enqueue(pool, reseller)

    write(work)


def _wake_if_interrupted(record_id: int) -> None:
    with reading() as pool:
        run = copying.run_of(pool.get("tenant.reseller")(record_id))
    if run is not None and copying.is_interrupted(run):
        write(lambda pool: copying.enqueue(pool, pool.get("tenant.reseller")(record_id)))


def _usable_price_list(pool: Pool, code: str, account: Any) -> Any:  # records of Tryton
    price_list = find_price_list(pool, code)
    if not price_list.active:
        raise refusal(
            ProblemCode.PRICE_LIST_INACTIVE,
            f"Price list {code} is not active: activate it in the distributor's BSS or name another one.",
            field="priceList",
        )
    if not price_list.is_valid(today(pool)):
        raise refusal(
            ProblemCode.PRICE_LIST_NOT_VALID_TODAY,
            f"Price list {code} is not valid today: change its dates in the distributor's BSS or name another one.",
            field="priceList",
        )
    currency = account.account_currency_used
    if price_list.currency != currency:
        raise refusal(
            ProblemCode.CURRENCY_MISMATCH,
            f"Price list {code} is in {price_list.currency.code}, account {account.code} is billed in {currency.code}: "
            "name a price list in the account's currency.",
            field="priceList",
        )
    return price_list
