# SPDX-License-Identifier: GPL-3.0-or-later
"""Gunicorn's threaded worker, which gives a thread to whole requests only, and takes it back with the whole answer.

Gunicorn itself gives a thread to a connection from its first byte on, for as long as the client likes: a few dozen
clients that send theirs drop by drop keep everybody else out. Here the worker's one loop collects what arrives, from
any number of connections, and closes those that take too long. In the same way it sends what a client does not take at
once: a few dozen that ask for something large and do not read it would keep all threads.
"""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from bss.web.departure import Departure, Outgoing
from bss.web.limits import SIGNED_IN

ARRIVAL_SECONDS = 15.0
"""From the connection or the first byte of a further request until the request is there; a body up to `COLLECTED`."""
BODY_SECONDS = 120.0
"""For the rest of a larger body, which a thread reads. Only signed-in people may send one: others are refused first."""
WAITING_BYTES = 256 * 1024 * 1024
"""Of answers that a worker keeps for slow clients. Beyond it, the one that waits longest is given up."""
COLLECTED = 64 * 1024
"""Bytes of a body that are collected before a thread is given. As much as Tryton allows a stranger."""
HEAD_BYTES = 64 * 1024
"""Largest request line with headers; gunicorn then holds each of them to its limit."""

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_EXPECTS = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass
class _Arrival:
    """A request of which not everything has come yet."""

    connection: TConn
    deadline: float
    received: bytearray = field(default_factory=bytearray)
    wanted: int | None = None
    """How many bytes make it complete; not known before the end of the headers."""

    def add(self, data: bytes) -> None:
        # From where it may have begun: else each byte of a client that sends drop by drop has all of them searched.
        start = max(0, len(self.received) - len(_HEAD_END) + 1)
        self.received += data
        if self.wanted is None and (end := self.received.find(_HEAD_END, start)) >= 0:
            head = bytes(self.received[: end + len(_HEAD_END)])
            length = _LENGTH.search(head)
            # What announces no length, or more than anybody may send, is refused without being read.
            announced = int(length[1]) if length else 0
            self.wanted = len(head) + (min(announced, COLLECTED) if announced <= SIGNED_IN else 0)
            if len(self.received) < self.wanted and _EXPECTS.search(head):
                self._reply(b"HTTP/1.1 100 Continue\r\n\r\n")

    @property
    def complete(self) -> bool:
        return self.wanted is not None and len(self.received) >= self.wanted

    @property
    def too_large(self) -> bool:
        return self.wanted is None and len(self.received) > HEAD_BYTES

    def refuse(self, answer: bytes) -> None:
        if self.received:
            self._reply(answer)
        self.connection.close()

    def _reply(self, answer: bytes) -> None:
        # The loop must not wait for anybody: who does not take these few bytes at once does without.
        with contextlib.suppress(OSError):
            self.connection.sock.send(answer)


class _Deadline(SocketUnreader):  # type: ignore[misc]
    """Reads the rest of a request until a moment that does not move when a byte arrives."""

    def __init__(self, source: socket.socket, received: bytes, seconds: float) -> None:
        super().__init__(source)
        self._deadline = time.monotonic() + seconds
        self.unread(received)

    def chunk(self, size_hint: int | None = None) -> bytes:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request did not arrive in time")
        before = self.sock.gettimeout()
        self.sock.settimeout(left if before is None else min(left, before))
        try:
            data: bytes = super().chunk(size_hint)
            return data
        finally:
            self.sock.settimeout(before)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """See the module. Everything but `handle` and `handle_request` runs in the worker's loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arrivals: dict[int, _Arrival] = {}
        """By file number, in the order of their deadlines: all have the same time."""
        self._outgoing: dict[TConn, Outgoing] = {}
        """What threads leave for the loop to send."""
        self._departures: dict[int, Departure] = {}
        """By file number, in the order of their beginning."""

    def enqueue_req(self, conn: TConn) -> None:
        """A connection is new, or its next request begins: collect it first."""
        # What was sent ahead while the last request was being answered.
        ahead = conn.parser.unreader.take_buffered() if conn.parser is not None else b""
        conn.sock.setblocking(False)
        arrival = _Arrival(conn, time.monotonic() + ARRIVAL_SECONDS)
        arrival.add(ahead)
        self._arrivals[conn.sock.fileno()] = arrival
        self.poller.register(conn.sock, selectors.EVENT_READ, self._on_data)
        if arrival.complete:
            self._give_a_thread(arrival)

    def murder_pending(self) -> None:
        """Close what has taken too long; called in each turn of the loop."""
        super().murder_pending()
        if not self.alive:
            # Browsers open connections ahead of need: a stop does not wait for what may never come.
            for arrival in [one for one in self._arrivals.values() if not one.received]:
                self._end(arrival, b"")
        now = time.monotonic()
        while self._arrivals and (first := next(iter(self._arrivals.values()))).deadline <= now:
            self._end(first, _TOO_LATE)
        for departure in [one for one in self._departures.values() if one.deadline <= now]:
            self._give_up(departure)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request, on a thread."""
        client = conn.sock
        conn.sock = outgoing = Outgoing(client)
        try:
            return super().handle_request(req, conn)
        finally:
            conn.sock = client
            if outgoing.size:
                self._outgoing[conn] = outgoing

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """A thread has done its part: send the rest of the answer first, then go on with the connection."""
        outgoing = self._outgoing.pop(conn, None)
        if outgoing is None or conn.sock.fileno() < 0:
            super().finish_request(conn, fs)
            return
        conn.sock.setblocking(False)
        self._departures[conn.sock.fileno()] = Departure.begin(conn, outgoing, fs)
        self.poller.register(conn.sock, selectors.EVENT_WRITE, self._on_room)
        while len(self._departures) > 1 and self._waiting_bytes() > WAITING_BYTES:
            self._give_up(next(iter(self._departures.values())))

    def _on_room(self, client: socket.socket) -> None:
        departure = self._departures[client.fileno()]
        try:
            departure.outgoing.flush()
        except OSError:
            self._give_up(departure)
            return
        if not departure.outgoing.size:
            self._depart(departure)
            super().finish_request(departure.connection, departure.answered)

    def _waiting_bytes(self) -> int:
        return sum(departure.outgoing.size for departure in self._departures.values())

    def _give_up(self, departure: Departure) -> None:
        self._depart(departure)
        self.nr_conns -= 1
        departure.connection.close()

    def _depart(self, departure: Departure) -> None:
        del self._departures[departure.connection.sock.fileno()]
        self.poller.unregister(departure.connection.sock)

    def _on_data(self, client: socket.socket) -> None:
        arrival = self._arrivals[client.fileno()]
        try:
            data = client.recv(COLLECTED)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        arrival.add(data)
        if not data:
            self._end(arrival, b"")
        elif arrival.complete:
            self._give_a_thread(arrival)
        elif arrival.too_large:
            self._end(arrival, _TOO_LARGE)

    def _give_a_thread(self, arrival: _Arrival) -> None:
        self._leave(arrival)
        conn = arrival.connection
        conn.init()
        conn.data_ready = True
        conn.parser.unreader = _Deadline(conn.sock, bytes(arrival.received), BODY_SECONDS)
        super().enqueue_req(conn)

    def _end(self, arrival: _Arrival, answer: bytes) -> None:
        self._leave(arrival)
        self.nr_conns -= 1
        arrival.refuse(answer)

    def _leave(self, arrival: _Arrival) -> None:
        del self._arrivals[arrival.connection.sock.fileno()]
        self.poller.unregister(arrival.connection.sock)
