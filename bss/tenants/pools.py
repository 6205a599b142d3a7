# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenant databases in this process: loading their models, opening transactions, letting go of them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from trytond import backend
from trytond.cache import Cache
from trytond.pool import Pool
from trytond.transaction import Transaction

from bss.tenants import server
from bss.tenants.errors import TenantNotFound

SUPERUSER = 0
"""Tryton's own user: no access rules apply to it, and nobody can log in as it."""

_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
_locks_guard = threading.Lock()


def is_loaded(database: str) -> bool:
    """Whether this process has the models of a database.

    An entry in Tryton's list is not enough: it may be empty, made by a mere mention of the name.
    """
    return database in Pool.database_list() and any(True for _ in Pool(database).iterobject())


def ensure_pool(database: str) -> None:
    """Load the models of a database (about a second) unless this process has them.

    Raises TenantNotFound when there is no such database.
    """
    if is_loaded(database):
        return
    with _locks_guard:
        lock = _locks[database]
    with lock:
        if is_loaded(database):
            return
        with server.maintenance() as connection:
            # Asked first: Tryton's connection pool would keep trying for half a minute.
            if not server.exists(connection, database):
                raise TenantNotFound(database)
        # In a thread of its own: inside somebody's open transaction, Tryton would load the modules of *that* database.
        with ThreadPoolExecutor(1, thread_name_prefix="load-pool") as executor:
            executor.submit(_load, database).result()


def _load(database: str) -> None:
    Pool(database).init()


def forget(database: str) -> None:
    """Drop everything that this process holds of a database: models, caches, connections."""
    # In this order: letting go of the caches ends a listener, which still needs a connection.
    Cache.drop(database)
    Pool.stop(database)
    backend.Database(database).close()


@contextmanager
def tenant(
    client_id: str,
    user: int = SUPERUSER,
    *,
    context: Mapping[str, object] | None = None,
    readonly: bool = False,
) -> Iterator[Pool]:
    """A transaction of its own in a tenant's database, also inside another one; it commits unless an error leaves.

    Raises TenantNotFound when there is no such tenant.
    """
    ensure_pool(client_id)
    with Transaction(new=True).start(client_id, user, context=dict(context or {}), readonly=readonly):
        yield Pool(client_id)
