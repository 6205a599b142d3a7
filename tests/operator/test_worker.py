"""A worker at work on a real reconciler and deletion, with an API server in memory."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest
from tenant_reseller.kube.parsing import Sighting
from tenant_reseller.kube.worker import Services, Worker
from tenant_reseller.pace import Pace
from tenant_reseller.queue import ProcessQueue
from tenant_reseller.resource import FINALIZER
from tenant_reseller.retry import Times
from tenant_reseller.signals.metrics import Metrics
from tenant_reseller.signals.probe import Probe

from .stage import Stage, lost_connection

_HOUR = 3600.0


class Api:
    """The object as the API server keeps it."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    async def patch_status(self, namespace: str, name: str, patch: dict[str, Any]) -> dict[str, Any]:
        version = int(self.body["metadata"]["resourceVersion"]) + 1
        self.body["metadata"]["resourceVersion"] = str(version)
        self.body["status"] = {**self.body.get("status", {}), **patch["status"]}
        return copy.deepcopy(self.body)

    def sighting(self, **metadata: object) -> Sighting:
        """The object after a change of its metadata."""
        version = int(self.body["metadata"]["resourceVersion"]) + 1
        self.body["metadata"] |= {"resourceVersion": str(version), **metadata}
        return Sighting.read(copy.deepcopy(self.body))


class Teller:
    """Nobody listens to events here."""

    def status_written(self, *_: object) -> None:
        pass


@pytest.fixture
def stage() -> Stage:
    return Stage(copy_seconds=_HOUR)


@pytest.fixture
def api(stage: Stage) -> Api:
    stage.body["metadata"]["finalizers"] = [FINALIZER]
    return Api(stage.body)


def services(stage: Stage, api: Api, queue: ProcessQueue) -> Services:
    shared: dict[str, Any] = {"api": api, "teller": Teller()}
    return Services(
        reconciler=stage.reconciler,
        deletion=stage.deletion,
        queue=queue,
        times=Times(retry_base=_HOUR, retry_max=_HOUR, poll_interval=_HOUR),
        progress_interval=_HOUR,
        queue_interval=_HOUR,
        first_looks=Pace(1 / _HOUR),
        places=Pace(1.0),
        probe=Probe(Metrics()),
        **shared,
    )


async def rested() -> None:
    """Wait until no worker has a task."""
    async with asyncio.timeout(60):
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)


async def test_a_secret_that_appeared_hastens_one_attempt_and_not_all(stage: Stage, api: Api) -> None:
    await stage.visit()
    stage.pass_time(_HOUR)
    await stage.settle()
    worker = Worker(api.sighting(), services(stage, api, ProcessQueue(1)), lambda *_: None)
    worker.saw_referenced(appeared=True)
    stage.bss.calls.clear()

    def strike(name: str) -> None:
        if stage.bss.calls[name] < 10:  # a worker that goes on and on must not keep the test
            lost_connection(name)

    stage.bss.before_call = strike
    worker.saw(api.sighting(deletionTimestamp="2026-11-23T10:00:00Z"))
    try:
        await rested()
        assert stage.bss.calls == {"organization": 2}
    finally:
        await worker.stop()


async def test_an_object_that_cannot_be_understood_any_more_gives_its_slot_back(stage: Stage, api: Api) -> None:
    queue = ProcessQueue(1)
    worker = Worker(api.sighting(), services(stage, api, queue), lambda *_: None)
    try:
        await rested()
        waiting = queue.enter(stage.subject.created_at, "resellers/other", begun=False, on_grant=lambda: None)
        assert not waiting.granted, "the one at work has the slot"
        api.body["spec"] = {"edition": "Unheard of"}
        worker.saw(api.sighting(generation=2))
        await rested()
        assert waiting.granted
    finally:
        await worker.stop()
