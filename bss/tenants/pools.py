# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenant databases in this process: loading their models, opening transactions, letting go of them.

A process keeps at most `Settings.loaded_tenants` tenants that nobody is using; the one that was used longest ago goes
first. Who works with a tenant holds it, and what is held is never let go of.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from trytond import backend
from trytond.cache import Cache
from trytond.pool import Pool
from trytond.transaction import Transaction

from bss.settings import settings
from bss.tenants import farewells, server, shared_models
from bss.tenants.errors import TenantNotFound

logger = logging.getLogger(__name__)

SUPERUSER = 0
"""Tryton's own user: no access rules apply to it, and nobody can log in as it."""

IDLE_SECONDS = 300.0
"""How long a tenant nobody uses keeps its connections in this process."""


@dataclass
class _Resident:
    """A database that this process has loaded, or is loading or letting go of."""

    busy: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is loaded or let go of. Taken before `_guard`, never after it."""
    users: int = 0
    used_at: float = 0.0
    """By `time.monotonic()`."""


_guard = threading.Lock()
_residents: dict[str, _Resident] = {}
"""In the order of their last use."""


def is_loaded(database: str) -> bool:
    """Whether this process has the models of a database.

    An entry in Tryton's list is not enough: it may be empty, made by a mere mention of the name.
    """
    return database in Pool.database_list() and any(True for _ in Pool(database).iterobject())


def loaded_tenants() -> list[str]:
    """Tenants that this process keeps, the one that was used longest ago first."""
    with _guard:
        return [name for name in _residents if name != settings().root_database]


@contextmanager
def held(database: str) -> Iterator[None]:
    """Have the models of a database, and keep them as long as the `with` lasts.

    Raises TenantNotFound when there is no such database.
    """
    resident = _take(database)
    loaded = False
    try:
        with resident.busy:
            _load(database)
        loaded = True
        yield
    finally:
        with _guard:
            resident.users -= 1
            resident.used_at = time.monotonic()
        if not loaded:
            _remove_unless_used(database, resident)
        _let_surplus_go()


@contextmanager
def tenant(
    client_id: str,
    user: int = SUPERUSER,
    *,
    context: Mapping[str, object] | None = None,
    readonly: bool = False,
    locking: Sequence[str] = (),
) -> Iterator[Pool]:
    """A transaction of its own in a tenant's database, also inside another one; it commits unless an error leaves.

    `locking` names the tables that nobody else may write meanwhile.

    Raises TenantNotFound when there is no such tenant.
    """
    extras = {"_lock_tables": list(locking)} if locking else {}
    with (
        held(client_id),
        Transaction(new=True).start(client_id, user, context=dict(context or {}), readonly=readonly, **extras),
    ):
        yield Pool(client_id)


def forget(database: str) -> None:
    """Drop everything that this process holds of a database: models, caches, connections.

    Whoever is using it loses the connection; for a database that is about to go.
    """
    with _guard:
        resident = _residents.setdefault(database, _Resident())
    with resident.busy:
        _forget(database)
        _remove_unless_used(database, resident)


def let_idle_go(seconds: float = IDLE_SECONDS) -> None:
    """Let go of the tenants that nobody has used for some seconds."""
    before = time.monotonic() - seconds
    with _guard:
        idle = [name for name, one in _residents.items() if one.used_at < before and _may_go(name, one)]
    for name in idle:
        _let_go(name)


def _take(database: str) -> _Resident:
    if database != settings().root_database:
        farewells.listen(forget=_forget_for_good, tidy=let_idle_go)
    with _guard:
        resident = _residents.pop(database, None) or _Resident()
        _residents[database] = resident
        resident.users += 1
    return resident


def _load(database: str) -> None:
    if is_loaded(database):
        return
    with server.maintenance() as connection:
        # Asked first: Tryton's connection pool would keep trying for half a minute.
        if not server.exists(connection, database):
            raise TenantNotFound(database)
    # In a thread of its own: inside somebody's open transaction, Tryton would load the modules of *that* database.
    with ThreadPoolExecutor(1, thread_name_prefix="load-pool") as executor:
        executor.submit(shared_models.load, database).result()


def _let_surplus_go() -> None:
    """Called after a use, so that nobody has to wait for it.

    An error stays here: it has to do with another tenant than the one whose work has just been done and committed.
    """
    while True:
        with _guard:
            loaded = len(_residents.keys() - {settings().root_database})
            going = [name for name, one in _residents.items() if _may_go(name, one)]
            going = going if loaded > settings().loaded_tenants else []
        if not going:
            return
        try:
            if not _let_go(going[0]):
                return
        except Exception:
            logger.exception("%s could not be let go of; the next use of a tenant tries again", going[0])
            return


def _may_go(database: str, resident: _Resident) -> bool:
    return resident.users == 0 and database != settings().root_database


def _let_go(database: str) -> bool:
    """Forget a tenant unless somebody has come back to it."""
    with _guard:
        resident = _residents.get(database)
    if resident is None:
        return True
    with resident.busy:
        with _guard:
            if resident.users or _residents.get(database) is not resident:
                return False
        # Who comes now waits for `busy`, and loads it again.
        _forget(database)
        _remove_unless_used(database, resident)
    return True


def _remove_unless_used(database: str, resident: _Resident) -> None:
    with _guard:
        if resident.users == 0 and _residents.get(database) is resident:
            del _residents[database]


def _forget_for_good(database: str) -> None:
    with _guard:
        known = database in _residents
    if known:
        forget(database)


def _forget(database: str) -> None:
    # In this order: letting go of the caches ends a listener, which still needs a connection.
    try:
        Cache.drop(database)
    finally:
        try:
            shared_models.unload(database)
        finally:
            backend.Database(database).close()
