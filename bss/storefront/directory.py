# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tenant a Storefront's address belongs to, as the root database knows at this moment."""

from __future__ import annotations

import re

from trytond.transaction import Transaction

from bss.settings import settings
from bss.tenants import pools

_CLIENT_ID = re.compile(r"[a-z][a-z0-9]{7}")
_HOSTNAME = re.compile(r"[a-z0-9.-]{1,253}")
_CLOSED_STATES = ("suspended", "deleted")


def by_client_id(client_id: str) -> str | None:
    """The Client ID, if it is one of an open tenant."""
    return _find("client_id", client_id) if _CLIENT_ID.fullmatch(client_id) else None


def by_hostname(hostname: str) -> str | None:
    """Client ID of the open tenant whose Storefront has this hostname."""
    name = hostname.lower().rstrip(".")
    return _find("storefront_hostname", name) if _HOSTNAME.fullmatch(name) else None


def _find(column: str, value: str) -> str | None:
    root = settings().root_database
    with pools.tenant(root, readonly=True) as pool:
        reseller = pool.get("tenant.reseller").__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(
            *reseller.select(
                reseller.client_id,
                where=(getattr(reseller, column) == value) & ~reseller.state.in_(_CLOSED_STATES),
            )
        )
        row = cursor.fetchone()
    return None if row is None else str(row[0])
