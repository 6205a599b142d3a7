"""A server that answers with whatever bytes a test wants, to show that the client survives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


class HostileServer:
    """Reads each request completely, keeps it, and plays the script as its answer."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.url = ""
        self.requests: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                self.requests.append(head + await reader.readexactly(length))
                await self._script(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client hung up, which is what many of these tests want it to do
        finally:
            writer.close()


@asynccontextmanager
async def hostile(script: Script) -> AsyncIterator[HostileServer]:
    """Serve a script on a free port of this machine."""
    server = HostileServer(script)
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()[:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        listener.close()


def says(answer: bytes) -> Script:
    """A script that sends these bytes."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return script


def response(
    body: bytes, *, status: str = "200 OK", content_type: str = "application/json", headers: tuple[str, ...] = ()
) -> bytes:
    """A well-formed HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
