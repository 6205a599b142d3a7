# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of the BSS a request is for, by its path and by the host that the person typed."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trytond import backend
from trytond.config import get_hostname
from trytond.transaction import Transaction
from werkzeug.wrappers import Response

from bss.settings import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

_PROVISIONING = "/provisioning/v1"
_STOREFRONTS = "/s/"
_HEALTH = "/healthz"


@dataclass(frozen=True)
class Entrances:
    """Chooses between the parts; none of them sees a request of another.

    The Storefronts get every request for a host that is not the BSS's own, and answer 404 where it is no tenant's. A
    host without a dot, an IP address and the public address's host are the BSS's own: no Storefront can have such a
    name, while people on the machine and probes in a cluster use them. The Tenant Provisioning API answers under any
    name, since its client may know the BSS by one that is valid inside a cluster only.
    """

    bss: WSGIApplication
    provisioning: WSGIApplication
    storefronts: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the right part answer."""
        return self._part(environ)(environ, start_response)

    def _part(self, environ: WSGIEnvironment) -> WSGIApplication:
        path = environ.get("PATH_INFO", "")
        if path == _HEALTH:
            return _health()
        if path == _PROVISIONING or path.startswith(f"{_PROVISIONING}/"):
            return self.provisioning
        if path.startswith(_STOREFRONTS) or not _is_own(get_hostname(environ.get("HTTP_HOST", ""))):
            return self.storefronts
        return self.bss


def _is_own(host: str) -> bool:
    name = host.lower().rstrip(".")
    if name == urlsplit(settings().public_url).hostname or "." not in name:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _health() -> Response:
    """Whether this process reaches the root database: without it nobody can log in."""
    try:
        with Transaction().start(settings().root_database, 0, readonly=True) as transaction:
            transaction.connection.cursor().execute("SELECT 1")
    except backend.DatabaseOperationalError:
        logger.exception("the root database does not answer")
        return Response("the root database does not answer\n", 503)
    return Response("ok\n")
