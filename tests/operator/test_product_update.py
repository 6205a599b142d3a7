"""Updates of the products: asked for once per trigger, with what the spec says may be overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from tenant_provisioning.models import ProcessType, ProductRangeRequest, ProductScope
from tenant_reseller.reconcile import Next

from .stage import Stage


@pytest.mark.parametrize(
    ("update", "scope", "sell_prices", "names"),
    [
        ({"trigger": "1"}, ProductScope.FULL, False, False),
        ({"trigger": "1", "scope": "Full"}, ProductScope.FULL, False, False),
        ({"trigger": "1", "scope": "Partial"}, ProductScope.PARTIAL, False, False),
        ({"trigger": "1", "overwriteSellPrices": True}, ProductScope.FULL, True, False),
        ({"trigger": "1", "scope": "Partial", "overwriteNames": True}, ProductScope.PARTIAL, False, True),
    ],
)
async def test_the_trigger_sends_what_may_be_overwritten(
    update: dict[str, Any], scope: ProductScope, sell_prices: bool, names: bool
) -> None:
    stage = Stage()
    await stage.settle()
    stage.bss.requests.clear()
    stage.edit(productUpdate=update)
    status = await stage.settle()
    (request,) = stage.bss.requests
    assert request == ProductRangeRequest(
        price_list="reseller-eur",
        trigger="1",
        scope=scope,
        overwrite_sell_prices=sell_prices,
        overwrite_names=names,
    )
    assert status.process is not None
    assert status.process.type is ProcessType.PRODUCT_UPDATE


async def test_flags_without_a_new_trigger_ask_for_nothing() -> None:
    stage = Stage()
    stage.edit(productUpdate={"trigger": "1"})
    await stage.settle()
    stage.bss.requests.clear()
    for update in ({"trigger": "1", "overwriteNames": True}, {"scope": "Partial"}, None):
        stage.edit(productUpdate=update)
        await stage.settle()
    assert stage.bss.requests == []
    stage.edit(productUpdate={"trigger": "2"})
    await stage.settle()
    assert len(stage.bss.requests) == 1


async def test_a_trigger_while_products_are_copied_is_not_lost() -> None:
    stage = Stage(copy_seconds=10)
    await stage.settle()
    stage.edit(productUpdate={"trigger": "1"})
    assert (await stage.visit()).next is Next.POLL
    stage.edit(productUpdate={"trigger": "2", "overwriteSellPrices": True})
    status = await stage.settle()
    assert stage.organization.product_range is not None
    assert stage.organization.product_range.trigger == "2"
    assert [run.message for run in status.history] == ["Superseded by generation 3.", "Completed."]
