"""The watch of Secrets and ConfigMaps: what interrupts it, and that it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tenant_reseller.kube.errors import ForbiddenError, KubeError
from tenant_reseller.kube.reference_watch import ReferenceWatch
from tenant_reseller.kube.references import Kind, Reference

Json = dict[str, Any]


def brand(version: str) -> Json:
    """Metadata of an object."""
    return {"metadata": {"namespace": "default", "name": "brand", "resourceVersion": version}}


class Api:
    """An API server that gives these answers to lists, one after the other, and whose watches never end."""

    def __init__(self, *answers: Json | KubeError) -> None:
        self._answers = iter(answers)

    async def list_metadata(self, path: str) -> tuple[list[Json], str]:
        answer = next(self._answers)
        if isinstance(answer, KubeError):
            raise answer
        return [answer], "1"

    async def watch_metadata(self, path: str, version: str) -> AsyncIterator[Json]:
        error = next(self._answers, None)
        if isinstance(error, KubeError):
            raise error
        await asyncio.Event().wait()
        yield {}


@pytest.mark.parametrize(
    "trouble", [ForbiddenError("roles are not read yet", status=403), KubeError("connection refused")], ids=repr
)
async def test_a_change_during_an_interruption_is_heard_afterwards(trouble: KubeError) -> None:
    heard: asyncio.Queue[Reference] = asyncio.Queue()

    def hear(reference: Reference, /, *, appeared: bool) -> None:
        heard.put_nowait(reference)

    api = Api(brand("1"), KubeError("the API server ended"), trouble, brand("2"))
    watch = ReferenceWatch(api, Kind.CONFIG_MAP, None, hear, pause=0.01, forbidden_pause=0.01)  # type: ignore[arg-type]
    running = asyncio.create_task(watch.run())
    try:
        assert await asyncio.wait_for(heard.get(), 5) == Reference(Kind.CONFIG_MAP, "default", "brand")
    finally:
        running.cancel()
