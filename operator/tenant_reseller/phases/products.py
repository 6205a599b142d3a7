"""5. ProductsInherited: the range of the price list is in the tenant, with its purchase prices.

Domain rule: changes of the price list's content are not live; an update runs only when the list is another or `trigger`
is new.
"""

from __future__ import annotations

from tenant_provisioning.models import ProductRangeRequest, ProductScope, WorkState

from tenant_reseller.conditions import Reason
from tenant_reseller.resource import ProductUpdate, Spec
from tenant_reseller.world import World

from .decision import Decision, Do, Done, Unknown, Wait


def decide(spec: Spec, world: World) -> Decision:
    """Ask for the range once, then wait until the BSS has copied it."""
    organization = world.organization
    if organization is None:
        return Unknown("Waits for the organization.")
    products = organization.product_range
    update = spec.product_update or ProductUpdate()
    # Without a trigger in the spec no update is asked for, whatever the last one was.
    asked = products is not None and (update.trigger is None or update.trigger == products.trigger)
    if products is None or products.price_list != spec.price_list or not asked or products.state is WorkState.FAILED:
        return Do(
            ProductRangeRequest(
                price_list=spec.price_list,
                trigger=update.trigger,
                scope=update.scope or ProductScope.FULL,
                overwrite_sell_prices=bool(update.overwrite_sell_prices),
                overwrite_names=bool(update.overwrite_names),
            ),
            f"Inherit the products of price list {spec.price_list}.",
        )
    if products.state is WorkState.RUNNING:
        return Wait(Reason.COPYING, f"Copying products: {products.completed} of {products.total}.")
    return Done(f"{products.inherited} products of price list {spec.price_list} are inherited.")
