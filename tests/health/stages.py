"""A TenantReseller at every stage of its life, as the real reconciler leaves it in the API server.

The objects are kept in recordings/, so that a reader and other tools can look at them: `python -m tests.health.stages`
writes them anew, and a test compares them.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml

from tests.operator.stage import DEADLINE_SECONDS, Stage, lost_connection

RECORDINGS = Path(__file__).parent / "recordings"
Json = dict[str, Any]


async def fresh() -> Stage:
    """Nobody has looked at it: the API server has filled in the default of the status."""
    stage = Stage()
    stage.body["status"] = {"observedGeneration": -1}
    return stage


async def queued() -> Stage:
    """It waits for a slot."""
    stage = Stage()
    stage.body["status"] = stage.reconciler.queued(stage.subject, 3).wire()
    return stage


async def creating() -> Stage:
    """The BSS copies products."""
    stage = Stage(copy_seconds=60)
    await stage.visit()
    stage.pass_time(20)
    await stage.visit()
    return stage


async def retrying() -> Stage:
    """The BSS is away in the middle of the creation."""
    stage = Stage(copy_seconds=60)
    await stage.visit()
    stage.bss.before_call = lost_connection
    await stage.visit()
    return stage


async def waiting_for_account() -> Stage:
    """A person has to do something in the BSS; the operator looks again by itself."""
    stage = Stage()
    del stage.fake.accounts["R-1001"]
    await stage.visit()
    return stage


async def late() -> Stage:
    """The process takes longer than it may."""
    stage = Stage(copy_seconds=2 * DEADLINE_SECONDS)
    await stage.visit()
    stage.pass_time(DEADLINE_SECONDS)
    await stage.visit()
    return stage


async def stalled() -> Stage:
    """A person has to change this object or its Secret."""
    stage = Stage()
    stage.set_password("given", "short")
    stage.edit(administrator={"userName": "maria", "passwordSecretRef": {"name": "given"}})
    await stage.visit()
    return stage


async def ready() -> Stage:
    """Provisioned."""
    stage = Stage()
    await stage.settle()
    return stage


async def operational() -> Stage:
    """Provisioned, and back ordering is active."""
    stage = Stage()
    stage.edit(backOrdering=True)
    await stage.settle()
    return stage


async def ready_without_bss() -> Stage:
    """Provisioned; the BSS is away at a drift check."""
    stage = await ready()
    stage.bss.before_call = lost_connection
    await stage.visit()
    return stage


async def changed() -> Stage:
    """The spec has changed, and the operator has not seen it yet."""
    stage = await ready()
    stage.edit(edition="Basic")
    return stage


async def updating() -> Stage:
    """An update is under way."""
    stage = Stage(copy_seconds=60)
    await stage.settle(visits=99)
    stage.edit(priceList="reseller-large")
    await stage.visit()
    return stage


async def suspended() -> Stage:
    """The tenant's business is suspended, as declared."""
    stage = await ready()
    stage.edit(state="Suspended")
    await stage.settle()
    return stage


async def suspended_with_changes() -> Stage:
    """Changes wait until the suspended tenant is active again."""
    stage = await suspended()
    stage.edit(edition="Basic")
    await stage.visit()
    return stage


async def paused() -> Stage:
    """Paused when all was done."""
    stage = await ready()
    stage.edit(paused=True)
    return stage


async def vanished() -> Stage:
    """The organization is gone from the BSS."""
    stage = await ready()
    stage.fake.remove(next(tenant for tenant in stage.fake.tenants if tenant.account == "R-1001"))
    await stage.visit()
    return stage


async def deleting() -> Stage:
    """Deletion was asked for, and the BSS is away."""
    stage = await ready()
    stage.body["metadata"]["deletionTimestamp"] = "2026-11-23T09:00:00Z"
    stage.body["metadata"]["generation"] += 1  # as the API server does when a finalizer is there
    stage.bss.before_call = lost_connection
    visit = await stage.deletion.visit(stage.subject)
    stage.body["status"] = visit.status.wire()
    return stage


MAKERS: dict[str, Callable[[], Awaitable[Stage]]] = {
    make.__name__.replace("_", "-"): make
    for make in (
        *(fresh, queued, creating, retrying, waiting_for_account, late, stalled, ready, operational, ready_without_bss),
        *(changed, updating, suspended, suspended_with_changes, paused, vanished, deleting),
    )
}


def produce(name: str) -> Json:
    """The object of a stage, made now."""

    async def make() -> Json:
        return copy.deepcopy((await MAKERS[name]()).body)

    return asyncio.run(make())


def recorded(name: str) -> Json:
    """The object of a stage, as it was recorded."""
    found: Json = yaml.safe_load((RECORDINGS / f"{name}.yaml").read_text())
    return found


def main() -> None:
    """Record all stages."""
    RECORDINGS.mkdir(exist_ok=True)
    for name in MAKERS:
        (RECORDINGS / f"{name}.yaml").write_text(yaml.safe_dump(produce(name), sort_keys=False, width=120))


if __name__ == "__main__":
    main()
