"""A term of office, from winning the Lease to losing it: whatever the operator sends is sent within one."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace


def clock() -> float:
    """Seconds of a clock that nobody can set, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class NotLeadingError(aiohttp.ClientConnectionError):
    """The request was not sent: the term has ended.

    A connection error, since callers must treat it as one: nothing was done, and somebody may do it later.
    """


class Term:
    """Time in which this replica may act.

    A renewal that was asked for at some moment covers `seconds` from then: the others count from a later moment, when
    they have seen it, and longer.
    """

    def __init__(self, seconds: float, asked_at: float) -> None:
        self._seconds = seconds
        self._until = asked_at + seconds
        self._ended = asyncio.Event()
        self._renewal = asyncio.Event()

    @property
    def left(self) -> float:
        """Seconds of it that are left; not more than 0 when it must not be used now, or never again."""
        return 0.0 if self._ended.is_set() else self._until - clock()

    @property
    def ended(self) -> bool:
        """Whether it is over for good."""
        return self._ended.is_set()

    def renewed(self, asked_at: float) -> None:
        """The Lease was renewed, by a request that was sent after this moment."""
        self._until = asked_at + self._seconds
        renewal, self._renewal = self._renewal, asyncio.Event()
        renewal.set()

    def end(self) -> None:
        """Over for good: nothing is sent any more, also by those that wait."""
        self._ended.set()
        self._renewal.set()

    async def run_out(self) -> None:
        """Return when it is over: ended by somebody, or not renewed in time."""
        while (left := self.left) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._ended.wait()
            except TimeoutError:
                continue

    async def hold(self) -> None:
        """Return at once while it lasts, else when it was renewed. Raises `NotLeadingError` when it is over."""
        while self.left <= 0:
            if self.ended:
                raise NotLeadingError("this replica is not the leader any more")
            await self._renewal.wait()


class TermConnector(aiohttp.TCPConnector):
    """Connections for requests that may only be sent within a term.

    Asked last, when the connection stands: a process may be frozen at any moment, and the making of a connection is the
    longest one. Between this answer and the sending nothing is waited for.
    """

    def __init__(self, term: Term | None, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type] # handed on as they are
        self._term = term

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - as in the class that is extended
    ) -> Connection:
        """A connection, within the term."""
        connection = await super().connect(req, traces, timeout)
        if self._term is not None:
            try:
                await self._term.hold()
            except BaseException:
                connection.close()
                raise
        return connection
