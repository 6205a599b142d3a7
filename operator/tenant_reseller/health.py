"""What the probes ask: /healthz, whether a restart would help; /readyz, whether this replica can do its part.

Each part of the operator that can fail so names a check. A check answers None while all is well, else what is wrong.
That the event loop turns is proved by any answer at all.
"""

from __future__ import annotations

from collections.abc import Callable

from .http_server import HttpServer, Page

Check = Callable[[], str | None]


class Health:
    """The checks by name."""

    def __init__(self) -> None:
        self._live: dict[str, Check] = {}
        self._ready: dict[str, Check] = {}

    def serve(self, server: HttpServer) -> None:
        """Add both pages."""
        server.add("/healthz", lambda: _page(self._live))
        server.add("/readyz", lambda: _page(self._ready))

    def live_while(self, name: str, check: Check) -> None:
        """Take this into liveness, in place of an earlier check of the name."""
        self._live[name] = check

    def ready_while(self, name: str, check: Check) -> None:
        """Take this into readiness, in place of an earlier check of the name."""
        self._ready[name] = check

    def forget(self, name: str) -> None:
        """Leave a check out from now on: its part has ended as it should."""
        self._live.pop(name, None)
        self._ready.pop(name, None)


def _page(checks: dict[str, Check]) -> Page:
    troubles = [f"{name}: {trouble}\n" for name, check in checks.items() if (trouble := check()) is not None]
    return Page("".join(troubles) or "ok\n", status=503 if troubles else 200)
