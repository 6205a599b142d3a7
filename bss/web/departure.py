# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers on their way to clients that do not take them at once."""

from __future__ import annotations

import socket
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.gthread import TConn

GRACE_SECONDS = 30.0
"""A client has this long for an answer, and the time that its bytes take at `LEAST_RATE`."""
LEAST_RATE = 16 * 1024
"""Bytes a second."""


class Outgoing:
    """A connection's socket for the thread that answers: it never waits, and keeps what the client does not take."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._waiting: deque[memoryview] = deque()
        self.size = 0
        """Bytes that the client has not taken yet."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, data: bytes) -> None:
        """Send what the client takes at once, behind what waits already. Raises OSError when the client has gone."""
        if data:
            self._waiting.append(memoryview(data))
            self.size += len(data)
        before = self._client.gettimeout()
        self._client.setblocking(False)
        try:
            self.flush()
        finally:
            self._client.settimeout(before)

    def flush(self) -> None:
        """Send what the client takes at once; for a socket that does not block."""
        try:
            while self._waiting:
                sent = self._client.send(self._waiting[0])
                self.size -= sent
                self._waiting[0] = self._waiting[0][sent:]
                if not self._waiting[0]:
                    self._waiting.popleft()
        except BlockingIOError:
            pass  # there is no room: the worker's loop tells when there is


@dataclass(frozen=True)
class Departure:
    """An answer that is complete, but has not left."""

    connection: TConn
    outgoing: Outgoing
    answered: Future[Any]
    """What the thread has left for the loop: whether the connection stays."""
    deadline: float

    @classmethod
    def begin(cls, connection: TConn, outgoing: Outgoing, answered: Future[Any]) -> Departure:
        """An answer that is to have left in good time from now on."""
        deadline = time.monotonic() + GRACE_SECONDS + outgoing.size / LEAST_RATE
        return cls(connection, outgoing, answered, deadline)
