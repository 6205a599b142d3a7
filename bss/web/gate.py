# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before Tryton: only paths that are needed, only Client IDs that are served, one face for all others.

Left alone, Tryton tells strangers which databases exist: by 404 against 401, by 503 with PostgreSQL's own message, by
half a minute of waiting. Here a request for a Client ID that is not served is answered by the root database instead,
with credentials that cannot be right: the same code does the same work and gives the same answer as a tenant's would.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
import secrets
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import quote

from trytond.protocols.wrappers import TRYTON_SESSION_COOKIE
from werkzeug.exceptions import HTTPException, NotFound, UnsupportedMediaType
from werkzeug.wsgi import ClosingIterator

from bss.settings import settings
from bss.tenants import pools
from bss.tenants.errors import TenantNotFound
from bss.web.directory import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    Writer = Callable[[bytes], object]

logger = logging.getLogger(__name__)

REFUSED_CLIENT_ID = "bss.refused_client_id"
"""Key of the WSGI environment: the Client ID that was asked for and is not served."""

# Left out on purpose: `user/application` makes records for strangers and tells tenants from others (API keys are made
# in the user's form), `ir/html` loads an editor from a third party, `bus` is not switched on.
_TENANT_PATH = re.compile(
    r"/(?P<client_id>[^/]+)/"
    r"(?:rpc/|session/(?:login|logout)|data/[^/]+|rest/model/[^/]+(?:/\d+(?:/[^/]+)?)?|rest/report/[^/]+/\d+)"
)
_AVATAR_PATH = re.compile(r"/avatar/(?P<database>[^/]+)/[^/]+")
_SERVER_PATH = "/rpc/"


class TenantGate:
    """Middleware around Tryton's application."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on to the right database, or answer as if there were none."""
        with ExitStack() as until_answered:
            try:
                answer = self._admit(environ, until_answered)(environ, start_response)
            except HTTPException as refusal:
                # Tryton also raises some outside of its own net: a call from a foreign origin, for example.
                return refusal(environ, start_response)
            return ClosingIterator(answer, until_answered.pop_all().close)

    def _admit(self, environ: WSGIEnvironment, until_answered: ExitStack) -> WSGIApplication:
        path = environ["PATH_INFO"]
        _forget_basic(environ)
        if "xml" in environ.get("CONTENT_TYPE", ""):
            # XML-RPC would be a second way in, with a parser that strangers can reach.
            raise UnsupportedMediaType
        if path == _SERVER_PATH:
            return self._app
        if avatar := _AVATAR_PATH.fullmatch(path):
            if not _is_served(_decode(avatar["database"]), until_answered):
                raise NotFound
            return self._app
        tenant = _TENANT_PATH.fullmatch(path)
        if tenant is None:
            raise NotFound
        if not _is_served(tenant["client_id"], until_answered):
            return _Nobody(self._app, tenant["client_id"])
        return self._app


class _Nobody:
    """The root database's answers to a stranger, under the name of a Client ID that is not served."""

    def __init__(self, app: WSGIApplication, client_id: str) -> None:
        self._app = app
        self._client_id = client_id

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        root = settings().root_database
        asked, answering = (f"Path=/{quote(name)}" for name in (self._client_id, root))

        def start(status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /) -> Writer:
            # Signing out names the path of the cookie that is to be forgotten.
            renamed = [
                (name, value.replace(answering, asked) if name == "Set-Cookie" else value) for name, value in headers
            ]
            return start_response(status, renamed, exc_info)

        # A copy, since the access log reads the original.
        refused = {**environ, REFUSED_CLIENT_ID: self._client_id}
        refused["PATH_INFO"] = f"/{root}" + environ["PATH_INFO"].removeprefix(f"/{self._client_id}")
        _replace_credentials(refused)
        return self._app(refused, start)


def _is_served(client_id: str, until_answered: ExitStack) -> bool:
    """Whether Tryton can answer for this Client ID; then its models stay until the answer is out."""
    found = standing(client_id)
    if found is Standing.UNKNOWN and pools.is_loaded(client_id):
        # Purged since this process last served it: its models and connections would stay forever.
        pools.forget(client_id)
    if found is not Standing.SERVED:
        return False
    try:
        # A database made while this process runs. Tryton itself would load it inside an open transaction, and fail.
        until_answered.enter_context(pools.held(client_id))
    except TenantNotFound:
        logger.warning("tenant %s is known to the root database, but its own database does not exist", client_id)
        return False
    return True


def _decode(database: str) -> str:
    try:
        return base64.urlsafe_b64decode(database + "=" * (-len(database) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _forget_basic(environ: WSGIEnvironment) -> None:
    """User name and password are taken by the login only, where every refusal is the same."""
    if environ.get("HTTP_AUTHORIZATION", "").lower().startswith("basic"):
        del environ["HTTP_AUTHORIZATION"]


def _replace_credentials(environ: WSGIEnvironment) -> None:
    # Credentials of the same kind that cannot be right: what the given ones might open in the root database stays
    # shut, and the work of looking them up is still done. No session belongs to user 0.
    nonsense = secrets.token_hex(32)
    if "HTTP_COOKIE" in environ:
        has_session = f"{TRYTON_SESSION_COOKIE}=" in environ["HTTP_COOKIE"]
        environ["HTTP_COOKIE"] = f"{TRYTON_SESSION_COOKIE}=nobody:0:{nonsense}" if has_session else ""
    kind, _, _ = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    match kind.lower():
        case "session":
            token = base64.b64encode(f"nobody:0:{nonsense}".encode()).decode()
            environ["HTTP_AUTHORIZATION"] = f"{kind} {token}"
        case "bearer":
            environ["HTTP_AUTHORIZATION"] = f"{kind} {nonsense}"
        case _:
            environ.pop("HTTP_AUTHORIZATION", None)
