# SPDX-License-Identifier: GPL-3.0-or-later
"""Word from the process that is about to drop a tenant's database, to all others: let go of it.

Whoever holds connections to a database that is dropped under them tries for minutes to get them back, and fills the
log. One thread in each process waits for the word, and tidies up in between.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

import psycopg
from psycopg import sql

from bss.tenants import server

logger = logging.getLogger(__name__)

_CHANNEL = "tenant_bss_farewell"
_TIDY_SECONDS = 20.0
_RETRY_SECONDS = 5.0
_LEAVE_SECONDS = 5.0

_lock = threading.Lock()
_listening: set[int] = set()
"""Ids of the processes in which the thread runs: a fork inherits this, but not the thread."""


def say(connection: psycopg.Connection, database: str) -> None:
    """Tell all processes of the BSS, and wait a few seconds for them to leave the database.

    Who does not leave in time is left to `server.drop`, which ends the sessions.
    """
    connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, database))
    deadline = time.monotonic() + _LEAVE_SECONDS
    while server.is_connected(connection, database) and time.monotonic() < deadline:
        time.sleep(0.05)


def listen(*, forget: Callable[[str], None], tidy: Callable[[], None]) -> None:
    """From now on call `forget` with each database that goes, and `tidy` every now and then, on a thread of their own.

    Nothing happens when this process listens already.
    """
    process = os.getpid()
    with _lock:
        if process in _listening:
            return
        _listening.add(process)
        threading.Thread(target=_listen, args=(forget, tidy), name="farewells", daemon=True).start()


def _listen(forget: Callable[[str], None], tidy: Callable[[], None]) -> None:
    while True:
        try:
            with server.maintenance() as connection:
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(_CHANNEL)))
                while True:
                    for notification in connection.notifies(timeout=_TIDY_SECONDS):
                        forget(notification.payload)
                    tidy()
        except psycopg.Error as error:
            # The server is away. What goes meanwhile is noticed when somebody asks for it.
            logger.warning("no word of tenants that go for the next %g s: %s", _RETRY_SECONDS, str(error).strip())
            time.sleep(_RETRY_SECONDS)
        except Exception:
            # One database that cannot be left must not end the listening for all others.
            logger.exception("a tenant could not be let go of")
            time.sleep(_RETRY_SECONDS)
