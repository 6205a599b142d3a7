# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Client IDs are served at all, as the root database knows at this moment."""

from __future__ import annotations

import re
from enum import Enum

from trytond.pool import Pool
from trytond.transaction import Transaction

from bss.settings import settings

_TENANT = re.compile(r"[a-z][a-z0-9]{7}")
_CLOSED_STATES = frozenset({"suspended", "deleted"})


class Standing(Enum):
    """What a Client ID is to this BSS. Strangers must not be able to tell the last three apart."""

    SERVED = "served"
    CLOSED = "closed"
    """A tenant that is suspended or marked as deleted."""
    UNKNOWN = "unknown"
    """No tenant, or none any more."""
    IMPOSSIBLE = "impossible"
    """Not even the form of a Client ID: a template, a database of somebody else, or a typing error."""


def standing(client_id: str) -> Standing:
    """Ask the root database. Nothing is kept: a suspension counts from the next request on, and so does a new tenant.

    It costs one read by a unique index. A cache of wrong guesses would save nothing, since each guess is another one,
    and could keep a tenant out that is made a moment later.
    """
    root = settings().root_database
    if client_id == root:
        return Standing.SERVED
    if not _TENANT.fullmatch(client_id):
        return Standing.IMPOSSIBLE
    with Transaction().start(root, 0, readonly=True) as transaction:
        reseller = Pool(root).get("tenant.reseller").__table__()
        cursor = transaction.connection.cursor()
        cursor.execute(*reseller.select(reseller.state, where=reseller.client_id == client_id))
        row = cursor.fetchone()
    if row is None:
        return Standing.UNKNOWN
    return Standing.CLOSED if row[0] in _CLOSED_STATES else Standing.SERVED
