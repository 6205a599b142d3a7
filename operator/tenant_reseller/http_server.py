"""The operator's own small HTTP server: pages for probes and collectors, each a function without arguments."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web

_CONNECTIONS = 64
"""Most at once. Probes and collectors need a handful."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer."""

    body: str
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


class HttpServer:
    """Serves its pages while it is entered; port 0 serves nothing. All pages are added before."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._application = web.Application()
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None

    def add(self, path: str, page: Callable[[], Page], *, seconds: float = 0.0) -> None:
        """Serve a page under a path. It is made anew when it is asked for, but not within `seconds`."""
        kept: Page | None = None
        until = 0.0

        async def answer(request: web.Request) -> web.Response:
            nonlocal kept, until
            if kept is None or time.monotonic() >= until:
                kept, until = page(), time.monotonic() + seconds
            made = kept
            headers = {"Content-Type": made.content_type}
            return web.Response(body=made.body.encode(), status=made.status, headers=headers)

        self._application.router.add_get(path, answer)

    async def __aenter__(self) -> Self:
        if self._port:
            self._runner = web.AppRunner(self._application, access_log=None)
            await self._runner.setup()
            loop = asyncio.get_running_loop()
            self._listener = await loop.create_server(self._connection, self._host, self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._listener is not None:
            self._listener.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _connection(self) -> asyncio.Protocol:
        """Take a new connection. Where there are too many the oldest makes room: a probe must always get through."""
        assert self._runner is not None
        server = self._runner.server
        assert server is not None
        for oldest in server.connections[: -_CONNECTIONS + 1]:
            oldest.force_close()
        return server()
