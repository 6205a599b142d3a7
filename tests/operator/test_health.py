"""The pages for probes."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

from tenant_reseller.health import Health
from tenant_reseller.http_server import HttpServer, Page

from local import ports


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
