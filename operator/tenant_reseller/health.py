"""/healthz: the event loop answers. /readyz: the operator has begun to watch."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web


class Health:
    """Serves both paths while it is entered; port 0 serves nothing."""

    def __init__(self, host: str, port: int) -> None:
        self.ready = asyncio.Event()
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        if self._port:
            application = web.Application()
            application.router.add_get("/healthz", self._healthz)
            application.router.add_get("/readyz", self._readyz)
            self._runner = web.AppRunner(application, access_log=None)
            await self._runner.setup()
            await web.TCPSite(self._runner, self._host, self._port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, request: web.Request) -> web.Response:
        if self.ready.is_set():
            return web.Response(text="ok\n")
        return web.Response(status=503, text="starting\n")
