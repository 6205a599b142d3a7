"""The watch of Secrets: what interrupts it, and that it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tenant_reseller.kube.errors import ForbiddenError, KubeError
from tenant_reseller.kube.secret_watch import SecretWatch

Json = dict[str, Any]


def secret(version: str) -> Json:
    """Metadata of a Secret."""
    return {"metadata": {"namespace": "default", "name": "admin", "resourceVersion": version}}


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
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(namespace: str, name: str, /, *, appeared: bool) -> None:
        heard.put_nowait(name)

    api = Api(secret("1"), KubeError("the API server ended"), trouble, secret("2"))
    watch = SecretWatch(api, None, hear, pause=0.01, forbidden_pause=0.01)  # type: ignore[arg-type]
    running = asyncio.create_task(watch.run())
    try:
        assert await asyncio.wait_for(heard.get(), 5) == "admin"
    finally:
        running.cancel()
