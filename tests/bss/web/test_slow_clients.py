"""Clients that send their requests or take the answers drop by drop: they keep nobody out, and do not stay for ever."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bss.web.departure import GRACE_SECONDS
from bss.web.patient_worker import ARRIVAL_SECONDS, COLLECTED
from local import ports
from local.processes import Command, Daemon
from tests.eventually import eventually

_SLOW = 50
"""More than one worker has threads."""
_POST = b"POST / HTTP/1.1\r\nHost: bss\r\nContent-Length: 1000\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a server for all of the tests."""
    port, daemon = _start(tmp_path_factory.mktemp("slow"))
    try:
        yield port
    finally:
        daemon.kill()


def _start(folder: Path) -> tuple[int, Daemon]:
    """Port and program of gunicorn with the BSS's own settings, but one worker and an application of the tests."""
    port = ports.choose({"slow": 8300})["slow"]
    arguments = ("-c", "python:bss.web.gunicorn", "tests.bss.web.slow_application:application")
    environment = {"TENANT_BSS_BIND": f"127.0.0.1:{port}", "TENANT_BSS_WEB_WORKERS": "1"}
    command = Command((str(Path(sys.executable).with_name("gunicorn")), *arguments), {**os.environ, **environment})
    daemon = Daemon("slow", folder, command)
    daemon.start()
    daemon.wait_until(lambda: _answers(port), seconds=120, what="gunicorn")
    return port, daemon


def _answers(port: int) -> bool:
    try:
        return _post(port, b"") == "0 bytes\n"
    except OSError:
        return False


def _post(port: int, body: bytes, **headers: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/", body, headers)
    return connection.getresponse().read().decode()


def _connect(port: int, stack: ExitStack) -> socket.socket:
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=120))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _drip(clients: list[socket.socket], data: bytes, ended: threading.Event) -> None:
    """A byte to each of them, again and again."""
    for byte in data:
        for client in clients:
            try:
                client.send(bytes([byte]))
            except OSError:
                continue  # it was cut off, as it should
        if ended.wait(0.25):
            return


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\n", _POST], ids=["nothing", "headers", "body"])
def test_fifty_slow_clients_keep_nobody_out_and_are_cut_off(server: int, start: bytes) -> None:
    ended = threading.Event()
    with ExitStack() as stack:
        began = time.monotonic()
        slow = [_connect(server, stack) for _ in range(_SLOW)]
        for client in slow:
            client.sendall(start)
        drip = threading.Thread(target=_drip, args=(slow, b"X-Slow: 1\r\n" * 100, ended))
        drip.start()
        stack.callback(drip.join)
        stack.callback(ended.set)

        answered = [_post(server, b"quick") for _ in range(20)]
        seconds = time.monotonic() - began
        assert answered == ["5 bytes\n"] * 20
        assert seconds < ARRIVAL_SECONDS, "they were answered while all slow ones were still there"

        for client in slow:
            assert _rest(client)[:13] in (b"HTTP/1.1 408 ", b""), "cut off"
        assert time.monotonic() - began >= ARRIVAL_SECONDS - 1


def _rest(client: socket.socket) -> bytes:
    """Everything until the server closes; fails when it does not."""
    received = b""
    try:
        while data := client.recv(4096):
            received += data
    except ConnectionResetError:
        pass  # closed while bytes of ours were on their way
    return received


def test_requests_arrive_whole_however_they_are_cut(server: int) -> None:
    with ExitStack() as stack:
        client = _connect(server, stack)
        request = b"POST / HTTP/1.1\r\nHost: bss\r\nContent-Length: 6\r\n\r\nfirst!"
        for byte in request:
            client.send(bytes([byte]))
        assert _until(client, b"6 bytes\n").startswith(b"HTTP/1.1 200 ")
        # Two at once on the same connection, the second one cut in the middle.
        client.sendall(request + request[:30])
        assert _until(client, b"6 bytes\n").startswith(b"HTTP/1.1 200 ")
        client.sendall(request[30:])
        assert _until(client, b"6 bytes\n").startswith(b"HTTP/1.1 200 ")


_LARGE = 5_000_000
"""Bytes of an answer: more than the server's system keeps for a client that does not read."""


def _ask_without_reading(port: int, stack: ExitStack) -> socket.socket:
    client = stack.enter_context(socket.socket())
    # Before it is connected: the system announces its room with the first packet.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    client.settimeout(240)
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET /{_LARGE} HTTP/1.1\r\nHost: bss\r\n\r\n".encode())
    return client


def test_forty_clients_that_do_not_read_keep_nobody_out(server: int) -> None:
    with ExitStack() as stack:
        began = time.monotonic()
        for _ in range(40):
            _ask_without_reading(server, stack)
        assert [_post(server, b"quick") for _ in range(20)] == ["5 bytes\n"] * 20
        assert time.monotonic() - began < GRACE_SECONDS, "while all of them were still there"


def test_who_takes_an_answer_slowly_gets_all_of_it_and_may_ask_again(server: int) -> None:
    with ExitStack() as stack:
        client = _ask_without_reading(server, stack)
        received = 0
        while received < _LARGE:
            data = client.recv(65536)
            assert data, f"closed after {received} bytes"
            received += len(data.rpartition(b"\r\n\r\n")[2])
        client.sendall(b"POST / HTTP/1.1\r\nHost: bss\r\nContent-Length: 6\r\n\r\nsecond")
        assert _until(client, b"6 bytes\n").startswith(b"HTTP/1.1 200 ")


def _until(client: socket.socket, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end):
        data = client.recv(4096)
        assert data, f"closed after {received!r}"
        received += data
    return received


@pytest.mark.parametrize("size", [0, 1, COLLECTED - 1, COLLECTED, COLLECTED + 1, 5_000_000])
def test_bodies_of_all_sizes_arrive(server: int, size: int) -> None:
    assert _post(server, b"x" * size) == f"{size} bytes\n"


def test_a_client_that_waits_to_be_asked_for_the_body_is_asked(server: int) -> None:
    with ExitStack() as stack:
        client = _connect(server, stack)
        client.sendall(b"POST / HTTP/1.1\r\nHost: bss\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert _until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
        client.sendall(b"body")
        assert b"HTTP/1.1 200 " in _until(client, b"4 bytes\n")


def test_headers_without_an_end_are_refused(server: int) -> None:
    with ExitStack() as stack:
        client = _connect(server, stack)
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000)
        assert _rest(client)[:13] in (b"HTTP/1.1 431 ", b"")


def test_a_stop_does_not_wait_for_connections_on_which_nothing_comes(tmp_path: Path) -> None:
    with ExitStack() as stack:
        port, daemon = _start(tmp_path)
        stack.callback(daemon.kill)
        _connect(port, stack)
        process = daemon.process
        assert process is not None
        # Well below the time that the connection would have had.
        began = time.monotonic()
        daemon.stop()
        assert time.monotonic() - began < ARRIVAL_SECONDS - 3
        assert not process.is_running()


def test_connections_that_end_early_are_forgotten(server: int) -> None:
    for start in (b"", b"GET", _POST):
        with ExitStack() as stack:
            for client in [_connect(server, stack) for _ in range(5)]:
                client.sendall(start)
    eventually(lambda: _post(server, b"still"), lambda answer: answer == "5 bytes\n", seconds=60)
