"""How serving ends and begins anew: a standby is ready, and an API server that is frozen holds up nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tenant_reseller.health import Health
from tenant_reseller.http_server import Page
from tenant_reseller.kube import leader, operator
from tenant_reseller.kube.errors import WatchEndedError

from tests.eventually import eventually


class Pages:
    """The pages of the probes, without a server."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[], Page]] = {}

    def add(self, path: str, page: Callable[[], Page]) -> None:
        self.pages[path] = page


async def test_a_lease_that_is_lost_while_the_watch_pauses_leaves_a_ready_standby(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def serve(*arguments: object) -> None:
        raise WatchEndedError("a stream that Kopf does not know")

    monkeypatch.setattr(operator, "serve", serve)
    nothing: Any = None
    health, pages = Health(), Pages()
    health.serve(pages)  # type: ignore[arg-type] # only `add` is used
    ready = pages.pages["/readyz"]
    serving = asyncio.create_task(operator._serve(nothing, nothing, health, nothing, nothing, nothing, nothing))
    await asyncio.to_thread(eventually, lambda: ready().status == 503)
    assert "begins anew" in ready().body

    serving.cancel()
    await asyncio.wait([serving])
    assert ready() == Page("ok\n")


class Stuck:
    """Workers, and an API, that wait for an answer that never comes."""

    stopped = False

    async def stop(self) -> None:
        self.stopped = True
        await asyncio.Event().wait()

    async def finish_writes(self) -> None:
        await asyncio.Event().wait()


async def test_writes_without_an_answer_do_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(leader, "_LAST_WRITES_SECONDS", 0.01)
    stuck: Any = Stuck()
    async with asyncio.timeout(60):
        await leader._finish(stuck, stuck)
    assert stuck.stopped
    assert "without an answer" in caplog.text


async def test_the_tasks_that_were_begun_since_end_with_kopf_also_when_it_ended_by_itself() -> None:
    async def fails() -> None:
        raise RuntimeError("the stream has ended")

    before = asyncio.create_task(asyncio.Event().wait())
    others = asyncio.all_tasks()
    roots = [asyncio.create_task(fails()), asyncio.create_task(asyncio.Event().wait())]  # type: ignore[arg-type]
    begun = asyncio.create_task(asyncio.Event().wait())
    await asyncio.wait(roots[:1])
    assert not begun.done()

    async with asyncio.timeout(60):
        await leader._end_kopf(roots, others)  # type: ignore[arg-type]
    assert roots[1].cancelled()
    assert begun.cancelled()
    assert not before.done()
    before.cancel()
