"""A proxy between operator and API server that passes everything on, and breaks what it is told to break."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import struct
import threading
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import aiohttp
from aiohttp import web

from local import ports
from local.control_plane import ControlPlane

_PORT = 18980
_OF_THE_CONNECTION = frozenset({"host", "connection", "keep-alive", "transfer-encoding", "te", "upgrade", "expect"})
"""Headers that belong to one connection, not to the message."""


class Break(StrEnum):
    """What becomes of a request."""

    REFUSED = "refused"
    """It is answered with `status`, and never reaches the API server."""
    REFUSED_AFTERWARDS = "refused afterwards"
    """It is carried out; the answer is `status`."""
    RESET = "reset"
    """The connection is reset, and it never reaches the API server."""
    ANSWER_LOST = "answer lost"
    """It is carried out; the connection is reset instead of the answer."""
    STREAM_ERROR = "stream error"
    """A watch is answered with an ERROR event of `status`, and ends."""


@dataclass(frozen=True)
class Fault:
    """A switch: which requests break, how, and how often."""

    kind: Break
    methods: str = "GET POST PUT PATCH DELETE"
    path: str = ""
    """Regular expression that is searched for in path and query."""
    status: int = 500
    reason: str = "InternalError"
    probability: float = 1.0
    count: int | None = None
    """At most so many times; None: without end."""


class Proxy:
    """Listens with the API server's own certificate, in a thread of its own, while it is entered."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._port = ports.choose({"proxy": _PORT})["proxy"]
        self.url = f"https://127.0.0.1:{self._port}"
        self.answers: Counter[int] = Counter()
        """Answers of the API server itself by status, and ERROR events in its watches by their code."""
        self.broken: Counter[Break] = Counter()
        """How often each kind has struck since `inject`."""
        self._faults: list[tuple[Fault, Counter[str]]] = []
        self._random = Random()
        self._watches: set[asyncio.Transport] = set()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._ready: Future[None] = Future()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._ready.result(timeout=60)

    def stop(self) -> None:
        """Close all connections and end; one that was never started has nothing to end."""
        if self._thread.ident is None:
            return
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout=60)
        assert not self._thread.is_alive(), "the proxy did not end"

    def inject(self, *faults: Fault, seed: int = 1) -> None:
        """Put these faults in force instead of the present ones; none: pass everything on."""
        self._random.seed(seed)
        self.broken.clear()
        self._faults = [(fault, Counter()) for fault in faults]

    def close(self) -> None:
        """From now on reset every request, and cut all watches: the API server is out of reach."""
        self._closed = True
        self.cut_watches()

    def open(self) -> None:
        """Pass requests on again."""
        self._closed = False

    def cut_watches(self) -> int:
        """Reset the connections of all watches in the middle of a line. Answers how many there were."""
        return asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(timeout=30)

    async def _cut(self) -> int:
        watches, self._watches = self._watches, set()
        for transport in watches:
            transport.write(b'40\r\n{"type":"MODIFIED","object":{"apiVe')
            transport.close()
        return len(watches)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)
        finally:
            left = asyncio.all_tasks(self._loop)
            for task in left:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self._loop.close()

    async def _serve(self) -> None:
        application = web.Application(client_max_size=2**26)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        certificates = self._plane.directory / "certificates"
        serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serving.load_cert_chain(certificates / "server.crt", certificates / "server.key")
        calling = ssl.create_default_context(cafile=str(self._plane.authority))
        connector = aiohttp.TCPConnector(limit=0, ssl=calling)
        async with aiohttp.ClientSession(
            connector=connector, auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None)
        ) as self._session:
            await web.TCPSite(runner, "127.0.0.1", self._port, ssl_context=serving, reuse_address=True).start()
            self._ready.set_result(None)
            await self._end.wait()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self._closed:
            return _reset(request)
        fault = self._strike(request)
        match None if fault is None else fault.kind:
            case Break.RESET:
                return _reset(request)
            case Break.REFUSED:
                assert fault is not None
                return _refused(fault)
            case Break.STREAM_ERROR:
                assert fault is not None
                event = {"type": "ERROR", "object": _status(fault)}
                return web.Response(text=json.dumps(event) + "\n", content_type="application/json")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OF_THE_CONNECTION}
        try:
            async with self._session.request(
                request.method,
                f"{self._plane.url}{request.path_qs}",
                headers=headers,
                data=await request.read() if request.can_read_body else None,
                allow_redirects=False,
            ) as answer:
                self.answers[answer.status] += 1
                if fault is not None:
                    await answer.read()
                    return _reset(request) if fault.kind is Break.ANSWER_LOST else _refused(fault)
                return await self._pass_on(request, answer)
        except (aiohttp.ClientError, OSError):
            # The API server is gone: so is this connection.
            return _reset(request)

    async def _pass_on(self, request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, reason=answer.reason)
        for name, value in answer.headers.items():
            if name.lower() not in _OF_THE_CONNECTION:
                response.headers.add(name, value)
        watching = "watch" in request.query
        transport = request.transport
        await response.prepare(request)
        if watching and transport is not None:
            self._watches.add(transport)
        try:
            async for chunk in answer.content.iter_any():
                if watching and b'"type":"ERROR"' in chunk:
                    found = re.search(rb'"code":(\d+)', chunk)
                    self.answers[int(found.group(1)) if found else 0] += 1
                await response.write(chunk)
            await response.write_eof()
        finally:
            if transport is not None:
                self._watches.discard(transport)
        return response

    def _strike(self, request: web.Request) -> Fault | None:
        for fault, struck in self._faults:
            if request.method not in fault.methods.split() or not re.search(fault.path, request.path_qs):
                continue
            if fault.kind is Break.STREAM_ERROR and "watch" not in request.query:
                continue
            if fault.count is not None and struck["times"] >= fault.count:
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            struck["times"] += 1
            self.broken[fault.kind] += 1
            return fault
        return None


def _status(fault: Fault) -> dict[str, object]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "a fault that is switched on",
        "reason": fault.reason,
        "code": fault.status,
    }


def _refused(fault: Fault) -> web.Response:
    return web.json_response(_status(fault), status=fault.status)


def _reset(request: web.Request) -> web.Response:
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        # Lingering for zero seconds makes the kernel send RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)
