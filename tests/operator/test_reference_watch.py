"""The watch of Secrets and ConfigMaps: what interrupts it, and that it goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from tenant_reseller.kube.api import KubeApi, Page
from tenant_reseller.kube.errors import ExpiredError, ForbiddenError, KubeError
from tenant_reseller.kube.reference_watch import ReferenceWatch
from tenant_reseller.kube.references import Kind, Reference

from local.ports import choose

Json = dict[str, Any]


def brand(version: str) -> Json:
    """Metadata of an object."""
    return {"metadata": {"namespace": "default", "name": "brand", "resourceVersion": version}}


class Api:
    """An API server that gives these answers to lists and watches, one after the other; then watches never end."""

    def __init__(self, *answers: Json | Exception) -> None:
        self._answers = iter(answers)
        self.lists = 0

    async def list_metadata(self, path: str, more: str = "") -> Page:
        self.lists += 1
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return Page([answer], "1", "")

    async def watch_metadata(self, path: str, version: str) -> AsyncIterator[Json]:
        error = next(self._answers, None)
        if isinstance(error, Exception):
            raise error
        await asyncio.Event().wait()
        yield {}


@pytest.mark.parametrize(
    "trouble",
    [
        ForbiddenError("roles are not read yet", status=403),
        KubeError("connection refused"),
        KeyError("an answer of another shape"),
    ],
    ids=repr,
)
async def test_a_change_during_an_interruption_is_heard_afterwards(trouble: Exception) -> None:
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


class EndingApi(Api):
    """An API server whose watches end at once."""

    def __init__(self, error: KubeError | None) -> None:
        super().__init__()
        self.watches = 0
        self._error = error

    async def list_metadata(self, path: str, more: str = "") -> Page:
        return Page([], "1", "")

    async def watch_metadata(self, path: str, version: str) -> AsyncIterator[Json]:
        self.watches += 1
        if self._error is not None:
            raise self._error
        return
        yield {}


@pytest.mark.parametrize("error", [None, ExpiredError("too old", status=410), KubeError("500", status=500)], ids=repr)
async def test_a_watch_that_ends_at_once_is_not_begun_anew_at_once(error: KubeError | None) -> None:
    api = EndingApi(error)
    watch = ReferenceWatch(api, Kind.SECRET, None, lambda _, appeared: None, pause=600)  # type: ignore[arg-type]
    running = asyncio.create_task(watch.run())
    for _ in range(100):
        await asyncio.sleep(0)
    running.cancel()
    assert api.watches == 1


class Collection:
    """The ConfigMaps of an API server: two pages of them, whose second is too old once, then this event."""

    def __init__(self, event: Json) -> None:
        self._event = event
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if "watch" in request.query:
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(json.dumps(self._event).encode() + b"\n")
            return response
        more = request.query.get("continue", "")
        self.asked.append(more)
        if self.asked == ["", "a/b"]:
            return web.json_response({"message": "the token is too old"}, status=410)
        metadata = {"resourceVersion": "7"} if more else {"resourceVersion": "7", "continue": "a/b"}
        return web.json_response({"items": None if more else [brand("1")], "metadata": metadata})


async def test_a_list_in_pages_and_an_event_of_megabytes_are_read() -> None:
    heard: asyncio.Queue[Reference] = asyncio.Queue()
    changed = brand("8")
    changed["metadata"]["annotations"] = {"large": "<" * 3 * 1024 * 1024}
    collection = Collection({"type": "MODIFIED", "object": changed})
    app = web.Application()
    app.router.add_get("/api/v1/configmaps", collection.answer)
    async with TestServer(app, port=choose({"api": 28600})["api"]) as server, ClientSession() as session:
        api = KubeApi(session, str(server.make_url("")).rstrip("/"))
        watch = ReferenceWatch(
            api, Kind.CONFIG_MAP, None, lambda reference, appeared: heard.put_nowait(reference), pause=0.01
        )
        running = asyncio.create_task(watch.run())
        try:
            assert await asyncio.wait_for(heard.get(), 60) == Reference(Kind.CONFIG_MAP, "default", "brand")
        finally:
            running.cancel()
    assert collection.asked[:4] == ["", "a/b", "", "a/b"]


async def test_an_answer_that_breaks_http_is_an_error_of_the_api_server() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")
        await writer.drain()
        writer.close()

    port = choose({"api": 28600})["api"]
    async with await asyncio.start_server(answer, "127.0.0.1", port), ClientSession() as session:
        api = KubeApi(session, f"http://127.0.0.1:{port}")
        with pytest.raises(KubeError):
            await anext(api.watch_metadata("/api/v1/secrets", "1"))
        with pytest.raises(KubeError):
            await api.list_metadata("/api/v1/secrets")
