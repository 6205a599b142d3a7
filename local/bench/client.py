"""A client of the API server that costs little: it shares the machine's cores with what is measured."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Self

import aiohttp

from local.control_plane import ControlPlane
from local.errors import LocalError

NAMESPACE = "bench"
_PATH = f"/apis/tenantreseller.io/v1alpha1/namespaces/{NAMESPACE}/tenantresellers"
_MERGE = {"Content-Type": "application/merge-patch+json"}
_READY = b'"status":"True","type":"Ready"'
"""As the API server writes it, which sorts members by name. An event without it need not be parsed."""


class Client:
    """Writes TenantResellers, `at_once` requests at a time."""

    def __init__(self, plane: ControlPlane, *, at_once: int = 16) -> None:
        self._plane = plane
        self._turns = asyncio.Semaphore(at_once)
        self._stack = AsyncExitStack()
        self.session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0, ssl=self._plane.administrator())
        self.session = await self._stack.enter_async_context(
            aiohttp.ClientSession(self._plane.url, connector=connector)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def create(self, manifests: Iterable[Mapping[str, Any]]) -> dict[str, float]:
        """Create objects; answers when each one's request was sent."""
        sent: dict[str, float] = {}

        async def one(manifest: Mapping[str, Any]) -> None:
            body = json.dumps(manifest).encode()
            async with self._turns:
                sent[manifest["metadata"]["name"]] = time.monotonic()
                await self._call("POST", _PATH, body, {"Content-Type": "application/json"})

        await asyncio.gather(*(one(manifest) for manifest in manifests))
        return sent

    async def patch(self, names: Iterable[str], change: Mapping[str, Any]) -> dict[str, int]:
        """Merge a change into objects; answers each one's generation."""
        body = json.dumps(change).encode()
        generations: dict[str, int] = {}

        async def one(name: str) -> None:
            async with self._turns:
                answer = json.loads(await self._call("PATCH", f"{_PATH}/{name}", body, _MERGE))
            generations[name] = answer["metadata"]["generation"]

        await asyncio.gather(*(one(name) for name in names))
        return generations

    async def delete(self, names: Iterable[str]) -> None:
        """Ask for the deletion of objects."""

        async def one(name: str) -> None:
            async with self._turns:
                await self._call("DELETE", f"{_PATH}/{name}", b'{"propagationPolicy":"Background"}', _JSON)

        await asyncio.gather(*(one(name) for name in names))

    async def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        async with self.session.request(method, path, data=body, headers=headers) as response:
            answer = await response.read()
            if response.status >= 300:
                raise LocalError(f"{method} {path}: {response.status}", answer.decode(errors="replace")[:500])
            return answer


_JSON = {"Content-Type": "application/json"}


class Watcher:
    """Sees which objects are Ready, and since when, as a user's watch would."""

    def __init__(self, client: Client) -> None:
        self._session = client.session
        self.ready: dict[str, tuple[float, int]] = {}
        """By name: when it was first seen Ready, and for which generation."""
        self.names: set[str] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        version = await self._list()
        self._task = asyncio.create_task(self._watch(version))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def until_ready(self, generations: Mapping[str, int], *, seconds: float) -> float:
        """Wait until all are Ready for these generations; answers when the last one was."""
        missing = dict(generations)
        deadline = time.monotonic() + seconds
        while True:
            self._news.clear()
            missing = {name: wanted for name, wanted in missing.items() if self._generation(name) < wanted}
            if not missing:
                return max((self.ready[name][0] for name in generations), default=time.monotonic())
            await self._next(deadline, f"{len(missing)} of {len(generations)} did not become Ready")

    async def until_gone(self, names: Iterable[str], *, seconds: float) -> None:
        """Wait until none of them exists."""
        wanted = set(names)
        deadline = time.monotonic() + seconds
        while True:
            self._news.clear()
            left = wanted & self.names
            if not left:
                return
            await self._next(deadline, f"{len(left)} of {len(wanted)} are still there")

    def _generation(self, name: str) -> int:
        seen = self.ready.get(name)
        return -1 if seen is None else seen[1]

    async def _next(self, deadline: float, trouble: str) -> None:
        try:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + deadline - time.monotonic()):
                await self._news.wait()
        except TimeoutError:
            raise LocalError(f"The benchmark gives up: {trouble}.") from None
        await asyncio.sleep(0)

    async def _watch(self, version: str) -> None:
        while True:
            try:
                path = f"{_PATH}?watch=1&allowWatchBookmarks=true&resourceVersion={version}"
                async with self._session.get(
                    path, timeout=aiohttp.ClientTimeout(total=None), read_bufsize=2**20
                ) as response:
                    response.raise_for_status()
                    async for line in response.content:
                        self._take(line)
            except (aiohttp.ClientError, OSError):
                # The outage that is measured, or its end: an API server that has just started refuses everybody.
                await asyncio.sleep(0.1)
            version = await self._list_again()

    async def _list_again(self) -> str:
        while True:
            try:
                return await self._list()
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.1)

    async def _list(self) -> str:
        names: set[str] = set()
        path, version = f"{_PATH}?limit=500", ""
        while path:
            async with self._session.get(path) as response:
                response.raise_for_status()
                page = json.loads(await response.read())
            for item in page["items"]:
                names.add(item["metadata"]["name"])
                self._saw(item)
            version = page["metadata"]["resourceVersion"]
            following = page["metadata"].get("continue")
            path = f"{_PATH}?limit=500&continue={following}" if following else ""
        self.names = names
        self._news.set()
        return str(version)

    def _take(self, line: bytes) -> None:
        if line.startswith(b'{"type":"MODIFIED"') and _READY not in line:
            return
        event = json.loads(line)
        item = event["object"]
        match event["type"]:
            case "ADDED":
                self.names.add(item["metadata"]["name"])
            case "MODIFIED":
                self._saw(item)
            case "DELETED":
                self.names.discard(item["metadata"]["name"])
                self.ready.pop(item["metadata"]["name"], None)
            case _:
                return
        self._news.set()

    def _saw(self, item: Any) -> None:
        name, generation = item["metadata"]["name"], item["metadata"]["generation"]
        for condition in item.get("status", {}).get("conditions", ()):
            if condition["type"] == "Ready" and condition["status"] == "True":
                observed = condition["observedGeneration"]
                if observed == generation and self._generation(name) < generation:
                    self.ready[name] = (time.monotonic(), generation)
