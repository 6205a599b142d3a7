# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks among all processes of the BSS, held by a connection to PostgreSQL and so freed when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bss.tenants import server


class LockTakenError(Exception):
    """Another process held the lock for the whole time that we were willing to wait."""

    def __init__(self, subject: str, seconds: float) -> None:
        super().__init__(f"{subject} is being worked on by another process for more than {seconds:g} s")
        self.subject = subject


@contextmanager
def held(subject: str, *, wait: float) -> Iterator[None]:
    """Hold the lock on a subject, waiting up to `wait` seconds for it.

    Raises LockTakenError when that was not enough.
    """
    with server.maintenance() as connection:
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{int(wait * 1000)}ms",))
        try:
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (subject,))
        except psycopg.errors.LockNotAvailable as error:
            raise LockTakenError(subject, wait) from error
        yield


def is_held(subject: str) -> bool:
    """Whether some process holds the lock now."""
    with server.maintenance() as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (subject,)).fetchone()
        return row is not None and not row[0]
