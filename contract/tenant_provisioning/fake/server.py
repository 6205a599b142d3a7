"""The fake BSS as a server inside the caller's event loop."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from .app import FakeApp
from .bss import FakeBss
from .faults import Faults

DEFAULT_KEYS: Mapping[str, str] = {"operator-key": "operator", "other-key": "other"}
"""API keys of a fake that is not told any, with the names of their API clients."""


class FakeServer:
    """Serves a fake BSS on a port of 127.0.0.1 while it is entered; port 0 takes a free one.

    ```python
    async with FakeServer() as fake, TenantProvisioningClient(fake.url, "operator-key") as bss:
        fake.faults.replace([Fault(kind=FaultKind.ANSWER_LOST, count=1)])
    ```
    """

    def __init__(
        self,
        bss: FakeBss | None = None,
        *,
        keys: Mapping[str, str] = DEFAULT_KEYS,
        faults: Faults | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.bss = bss or FakeBss()
        self.app = FakeApp(self.bss, keys, faults)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Address without the API's prefix."""
        return self.bss.url

    @property
    def faults(self) -> Faults:
        """The switches for trouble."""
        return self.app.faults

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.app.application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.bss.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
