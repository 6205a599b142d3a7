# SPDX-License-Identifier: GPL-3.0-or-later
"""The names in remote calls: only what exists is looked up.

Tryton looks up what a call names before it asks whether that may be called, and its pool makes a class for any report
and keeps it. The classes serve all tenants for as long as the process runs: anybody who may sign in to one of them
could fill the memory of all, and show names to the others.
"""

from __future__ import annotations

from typing import Any

from trytond.pool import Pool
from trytond.protocols import dispatcher
from trytond.protocols.wrappers import Request
from trytond.transaction import Transaction
from werkzeug.exceptions import Forbidden

from bss.tenants import shared_models

_KINDS = frozenset({"model", "wizard", "report"})
_LONGEST_NAME = 256
"""Characters; Tryton's own names have at most some 80."""


def install() -> None:
    """Take the place of Tryton's function, which its dispatcher looks up by name at every call."""
    dispatcher.get_object_method = get_object_method


def get_object_method(request: Request, pool: Pool) -> tuple[Any, str]:
    """Answer the class that a call such as `model.party.party.read` names, and the name of the method.

    Raises Forbidden for a class that does not exist, as Tryton does for a method that may not be called.
    """
    kind, _, rest = str(request.rpc_method).partition(".")
    name, _, method = rest.rpartition(".")
    if kind not in _KINDS or len(name) > _LONGEST_NAME:
        raise Forbidden
    if kind == "report" and not _has_report(pool, name):
        raise Forbidden
    try:
        return pool.get(name, type=kind), method
    except KeyError:
        raise Forbidden from None


def _has_report(pool: Pool, name: str) -> bool:
    """Whether a report is a module's, or one that this database describes without a class of its own.

    Then its class is made here, in a transaction, and found from now on.
    """
    if any(name == known for known, _ in list(pool.iterobject(type="report"))):
        return True
    with Transaction().start(pool.database_name, 0, readonly=True):
        if not shared_models.is_described(name):
            return False
        pool.get(name, type="report")
        return True
