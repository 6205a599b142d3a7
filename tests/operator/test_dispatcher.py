"""Workers that fail go on, and a dispatcher that was stopped makes no new ones."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tenant_reseller.kube.dispatcher import Dispatcher
from tenant_reseller.kube.parsing import Sighting
from tenant_reseller.kube.worker import Services
from tenant_reseller.pace import Pace
from tenant_reseller.queue import ProcessQueue
from tenant_reseller.retry import Times

from tests.eventually import eventually
from tests.manifests import reseller


def sighting(name: str) -> Sighting:
    item: dict[str, Any] = reseller(name, "R-1001")
    item["metadata"] |= {
        "namespace": "default",
        "uid": f"uid-of-{name}",
        "generation": 1,
        "resourceVersion": "1",
        "creationTimestamp": "2026-11-24T00:00:00Z",
    }
    return Sighting.read(item)


def broken(retry_max: float = 1.0) -> Services:
    """Services with nothing behind them: whatever a worker tries fails, and telling about it too."""
    nothing: Any = None
    return Services(
        api=nothing,
        reconciler=nothing,
        deletion=nothing,
        queue=ProcessQueue(1),
        times=Times(retry_max=retry_max),
        progress_interval=1.0,
        queue_interval=1.0,
        first_looks=Pace(1.0),
        places=Pace(1.0),
        probe=nothing,
        teller=nothing,
    )


async def test_a_worker_that_fails_altogether_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    dispatcher = Dispatcher(broken(retry_max=0.01))
    dispatcher.saw(sighting("northwind"), deleted=False)

    await asyncio.to_thread(eventually, lambda: caplog.text.count("default/northwind: the worker failed") >= 3)

    await dispatcher.stop()
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_a_retired_worker_that_ends_late_does_not_take_the_new_one_along() -> None:
    dispatcher = Dispatcher(broken(retry_max=60))
    seen = sighting("northwind")
    dispatcher.saw(seen, deleted=False)
    await all_rest()
    dispatcher.saw(seen, deleted=True)  # its label was taken off
    dispatcher.saw(seen, deleted=False)  # and put back, before the first worker has ended
    await all_rest()

    dispatcher.saw(seen, deleted=False)
    assert len(asyncio.all_tasks()) == 1, "a third worker was made"
    await dispatcher.stop()


async def all_rest() -> None:
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(eventually, lambda: len(asyncio.all_tasks(loop)) == 1)


async def test_after_the_stop_events_make_no_workers() -> None:
    dispatcher = Dispatcher(broken())
    await dispatcher.stop()
    dispatcher.saw(sighting("northwind"), deleted=False)
    before = asyncio.all_tasks()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
