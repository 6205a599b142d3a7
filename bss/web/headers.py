# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers that every answer carries, and faults that tell nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers

from bss.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    Writer = Callable[[bytes], object]

logger = logging.getLogger(__name__)

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Content policy of answers that are no page: nothing in them may ever be run or loaded."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}
_ONE_YEAR = 365 * 24 * 60 * 60


class StrictHeaders:
    """Middleware around everything: what an inner application has set stays, except for the secrecy of cookies."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._https = settings().public_url.startswith("https://")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Add what is missing to the answer's headers."""

        def start(status: str, fields: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /) -> Writer:
            headers = Headers(fields)
            headers.setdefault("Content-Security-Policy", NOTHING)
            headers.setdefault("Cache-Control", "no-store")
            for name, value in _ALWAYS.items():
                headers.setdefault(name, value)
            if self._https:
                headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
            cookies = headers.getlist("Set-Cookie")
            headers.remove("Set-Cookie")
            for cookie in cookies:
                headers.add("Set-Cookie", self._cookie(cookie))
            return start_response(status, headers.to_wsgi_list(), exc_info)

        return self._app(environ, start)

    def _cookie(self, cookie: str) -> str:
        """Over https a cookie never leaves in the clear; over plain http such a cookie would not come back at all."""
        parts = [part for part in cookie.split("; ") if part.lower() != "secure"]
        return "; ".join([*parts, "Secure"] if self._https else parts)


class QuietFaults:
    """Middleware that replaces the text of a server fault: Tryton's names databases and addresses of the server."""

    _TEXT = b'{"error": "The server cannot answer this request now."}\n'

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the answer on, unless its status is 500 or above."""
        faulty = False

        def start(status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /) -> Writer:
            nonlocal faulty
            faulty = status >= "500"
            if faulty:
                kept = [(name, value) for name, value in headers if name.lower() == "retry-after"]
                headers = [*kept, ("Content-Type", "application/json"), ("Content-Length", str(len(self._TEXT)))]
            return start_response(status, headers, exc_info)

        answer = self._app(environ, start)
        if not faulty:
            return answer
        text = b"".join(answer).decode(errors="replace")
        if hasattr(answer, "close"):
            answer.close()
        logger.error("fault while answering %s %s: %s", environ["REQUEST_METHOD"], environ["PATH_INFO"], text)
        return [self._TEXT]
