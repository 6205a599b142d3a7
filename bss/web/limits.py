# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a request may be. Tryton then holds strangers to far less (`[request] max_size`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANYBODY = 64 * 1024
"""Bytes of a call without a session: a login needs less than one thousand."""
SIGNED_IN = 32 * 1024 * 1024
"""Bytes of any request: an attachment or an import of a signed-in person."""


class LimitedRequests:
    """Middleware that refuses a body that is too large, or whose length nobody knows, before it is read."""

    def __init__(self, app: WSGIApplication, limit: int = SIGNED_IN) -> None:
        self._app = app
        self._limit = limit

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse with 411 or 413, or pass the request on."""
        length = environ.get("CONTENT_LENGTH") or "0"
        if environ.get("HTTP_TRANSFER_ENCODING"):
            return LengthRequired()(environ, start_response)
        if not length.isascii() or not length.isdigit() or int(length) > self._limit:
            return RequestEntityTooLarge()(environ, start_response)
        return self._app(environ, start_response)
