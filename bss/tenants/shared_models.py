# SPDX-License-Identifier: GPL-3.0-or-later
"""One set of Tryton's model classes for all tenants that have the same modules.

Tryton builds its classes anew for every database: a second and some 15 MB for each tenant and process. The build reads
nothing of a database but the names of its activated modules, and what classes keep about a database they keep in
`Cache`, by the database's name. So one set serves all; tests/bss/tenant/test_shared_models.py compares a set that has
worked for several tenants with one that was built afresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trytond.cache import _get_modules
from trytond.pool import Pool
from trytond.transaction import Transaction


class _Reports(dict[str, Any]):
    """Tryton's reports by name, closed to names that nobody has described.

    Its pool makes a class for any name that a caller knows, and keeps it: here for all tenants and for good.
    """

    def __setitem__(self, name: str, report: Any) -> None:
        """Raises KeyError for an unknown name, as the pool does for an unknown model."""
        if name not in self and not is_described(name):
            raise KeyError(name)
        super().__setitem__(name, report)


@dataclass(frozen=True)
class _ModelSet:
    classes: Any
    """Tryton's dictionary by type and name."""
    modules: list[str]


_sets: dict[frozenset[str], _ModelSet] = {}


def load(database: str) -> None:
    """Give a database its models in this process: those of another with the same modules, else new ones.

    To be called on a thread without a transaction: Tryton would load the modules of that one's database.
    """
    with Transaction().start(database, 0, readonly=True) as transaction, transaction.connection.cursor() as cursor:
        modules = frozenset(_get_modules(cursor))
    with Pool._lock:
        known = _sets.get(modules)
        if known is None:
            Pool(database).init()
            _close(Pool._pools[database])
            _sets[modules] = _ModelSet(Pool._pools[database], Pool._pool_modules[database])
            return
        Pool._pools[database] = known.classes
        Pool._pool_modules[database] = known.modules
        # Threads that have mentioned the name before look it up again.
        Pool._pool_instances.clear()
    try:
        with Transaction().start(database, 0, readonly=True):
            # As Tryton does when it builds the classes: a database of another series must not be served.
            Pool(database).get("ir.configuration")(1).check()
    except BaseException:
        # Else the next one finds it loaded, and serves it unchecked.
        unload(database)
        raise


def is_described(report: str) -> bool:
    """Whether the transaction's database has a report of this name, which may do without a class of its own.

    False without a transaction.
    """
    transaction = Transaction()
    if transaction.connection is None or "\0" in report:
        return False
    with transaction.set_user(0), transaction.set_context(_check_access=False, active_test=False):
        return bool(Pool().get("ir.action.report").search([("report_name", "=", report)], limit=1))


def unload(database: str) -> None:
    """Take the models away from a database; the classes stay for the others."""
    with Pool._lock:
        Pool.stop(database)
        Pool._pool_modules.pop(database, None)
        # Else threads that know the database would go on with what they have.
        Pool._pool_instances.clear()


def _close(classes: Any) -> None:
    """Let nobody add to a set by asking: neither a kind of classes nor a report."""
    for kind in Pool.classes:
        # Tryton's dictionary makes what is not there yet, and any other kind that somebody asks for.
        classes[kind] = dict(classes[kind])
    classes["report"] = _Reports(classes["report"])
    classes.default_factory = None
