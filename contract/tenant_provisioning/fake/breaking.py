"""What a fault does to a call: refusals and resets before the work, lost and garbled answers after it."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

from tenant_provisioning.models import ProblemCode
from tenant_provisioning.problems import refusal

from .faults import Fault, FaultKind

HUGE_BYTES = 16 * 1024 * 1024


_LOOK_SECONDS = 0.05


async def break_before(request: web.Request, fault: Fault) -> None:
    """Refuse, hang or reset before anything is done; return when the fault strikes after the work."""
    match fault.kind:
        case FaultKind.TOO_MANY_REQUESTS:
            raise refusal(ProblemCode.TOO_MANY_REQUESTS, "A fault is switched on.", retry_after=fault.retry_after)
        case FaultKind.UNAVAILABLE:
            raise refusal(ProblemCode.UNAVAILABLE, "A fault is switched on.", retry_after=fault.retry_after)
        case FaultKind.SERVER_ERROR:
            raise refusal(ProblemCode.INTERNAL, "A fault is switched on.")
        case FaultKind.FOREIGN_OWNER if request.method == "GET":
            raise refusal(ProblemCode.ORGANIZATION_NOT_FOUND, "No organization under this key.", field="key")
        case FaultKind.FOREIGN_OWNER:
            raise refusal(ProblemCode.OWNED_BY_ANOTHER, "This key belongs to another organization.", field="key")
        case FaultKind.HANG:
            while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(_LOOK_SECONDS)
            raise ConnectionResetError("the client gave up, by a fault that is switched on")
        case FaultKind.RESET:
            _drop(request, reset=True)
            raise ConnectionResetError("reset by a fault that is switched on")


def break_after(request: web.Request, fault: Fault) -> web.StreamResponse:
    """The answer that goes out instead of the right one, for work that is done and kept."""
    match fault.kind:
        case FaultKind.NOT_JSON:
            return web.Response(body=b'{"key": "k', content_type="application/json")
        case FaultKind.WRONG_TYPE:
            return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html")
        case FaultKind.WRONG_SHAPE:
            body = b'{"key": 5, "clientId": ["t"], "state": {"Active": null}, "items": "none", "version": -1}'
            return web.Response(body=body, content_type="application/json")
        case FaultKind.HUGE:
            return web.Response(body=b'{"key": "' + b"k" * HUGE_BYTES + b'"}', content_type="application/json")
        case _:
            _drop(request, reset=False)
            raise ConnectionResetError("answer lost by a fault that is switched on")


def _drop(request: web.Request, *, reset: bool) -> None:
    """Close the connection at once, with a TCP reset if asked for."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if reset and connection is not None:
        # Lingering for zero seconds makes the kernel send RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
