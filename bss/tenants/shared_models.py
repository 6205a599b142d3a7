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
            _sets[modules] = _ModelSet(Pool._pools[database], Pool._pool_modules[database])
            return
        Pool._pools[database] = known.classes
        Pool._pool_modules[database] = known.modules
        # Threads that have mentioned the name before look it up again.
        Pool._pool_instances.clear()
    with Transaction().start(database, 0, readonly=True):
        # As Tryton does when it builds the classes: a database of another series must not be served.
        Pool(database).get("ir.configuration")(1).check()


def unload(database: str) -> None:
    """Take the models away from a database; the classes stay for the others."""
    with Pool._lock:
        Pool.stop(database)
        Pool._pool_modules.pop(database, None)
        # Else threads that know the database would go on with what they have.
        Pool._pool_instances.clear()
