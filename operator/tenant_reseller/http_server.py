"""The operator's own small HTTP server: pages for probes and collectors, each a function without arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web


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

    def add(self, path: str, page: Callable[[], Page]) -> None:
        """Serve a page under a path."""

        async def answer(request: web.Request) -> web.Response:
            made = page()
            headers = {"Content-Type": made.content_type}
            return web.Response(body=made.body.encode(), status=made.status, headers=headers)

        self._application.router.add_get(path, answer)

    async def __aenter__(self) -> Self:
        if self._port:
            self._runner = web.AppRunner(self._application, access_log=None)
            await self._runner.setup()
            await web.TCPSite(self._runner, self._host, self._port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
