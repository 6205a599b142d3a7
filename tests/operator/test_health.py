"""The pages for probes."""

from __future__ import annotations

import asyncio
import itertools
import socket
import urllib.error
import urllib.request

from tenant_reseller.health import Health
from tenant_reseller.http_server import HttpServer, Page

from local import ports
from tests.eventually import eventually


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def test_liveness_and_readiness_name_what_is_wrong() -> None:
    troubles: dict[str, str | None] = {"watch": "starting", "worker": None}
    health = Health()
    health.ready_while("watch", lambda: troubles["watch"])
    health.live_while("worker", lambda: troubles["worker"])
    port = ports.choose({"health": 18480})["health"]
    server = HttpServer("127.0.0.1", port)
    health.serve(server)
    server.add("/metrics", lambda: Page("# TYPE x counter\n", content_type="text/plain; version=0.0.4"))

    async with server:
        assert await asyncio.to_thread(ask, port, "/healthz") == (200, "ok\n")
        assert await asyncio.to_thread(ask, port, "/readyz") == (503, "watch: starting\n")
        troubles.update(watch=None, worker="died")
        assert await asyncio.to_thread(ask, port, "/readyz") == (200, "ok\n")
        assert await asyncio.to_thread(ask, port, "/healthz") == (503, "worker: died\n")
        health.forget("worker")
        assert await asyncio.to_thread(ask, port, "/healthz") == (200, "ok\n")
        assert await asyncio.to_thread(ask, port, "/metrics") == (200, "# TYPE x counter\n")


async def test_a_page_may_be_kept_for_a_while_and_is_made_once() -> None:
    numbers = itertools.count(1)
    port = ports.choose({"health": 18480})["health"]
    server = HttpServer("127.0.0.1", port)
    server.add("/kept", lambda: Page(str(next(numbers))), seconds=600)
    server.add("/fresh", lambda: Page(str(next(numbers))))

    async with server:
        answers = [(await asyncio.to_thread(ask, port, path))[1] for path in ("/kept", "/kept", "/fresh", "/fresh")]
    assert answers == ["1", "1", "2", "3"]


async def test_connections_that_ask_for_nothing_do_not_pile_up_and_a_probe_gets_through() -> None:
    port = ports.choose({"health": 18480})["health"]
    server = HttpServer("127.0.0.1", port)
    server.add("/healthz", lambda: Page("ok\n"))

    async with server:
        idle = await asyncio.to_thread(lambda: [socket.create_connection(("127.0.0.1", port)) for _ in range(100)])
        try:
            assert await asyncio.to_thread(ask, port, "/healthz") == (200, "ok\n")
            await asyncio.to_thread(eventually, lambda: sum(map(closed, idle)), lambda number: number >= 36)
            assert not closed(idle[-1])
        finally:
            for one in idle:
                one.close()


def closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
