# SPDX-License-Identifier: GPL-3.0-or-later
"""The PostgreSQL server seen from outside of its databases: which exist, making, renaming, dropping.

Plain connections of psycopg to the maintenance database, not Tryton's: these statements run outside of a transaction,
and Tryton's connection pool would wait half a minute for a database that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from bss.settings import settings

MAINTENANCE_DATABASE = "postgres"

_busy = retry(
    retry=retry_if_exception_type(psycopg.errors.ObjectInUse),
    wait=wait_exponential_jitter(multiplier=0.1, max=2.0),
    stop=stop_after_delay(60),
    reraise=True,
)
"""Somebody is still connected (55006): a backup, or a connection that is just closing."""


def address(database: str) -> str:
    """Connection address of one database of the server."""
    return urlsplit(settings().database_url)._replace(path=f"/{database}").geturl()


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """A connection for statements about databases; each statement commits itself."""
    with psycopg.connect(address(MAINTENANCE_DATABASE), autocommit=True, application_name="tenant-bss") as connection:
        yield connection


@contextmanager
def exclusive(subject: str) -> Iterator[psycopg.Connection]:
    """The same, alone among all processes of the BSS with this subject; waits for its turn."""
    with maintenance() as connection:
        # Freed by the end of the connection, so that a killed process never leaves it locked.
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (subject,))
        yield connection


def exists(connection: psycopg.Connection, database: str) -> bool:
    """Whether a database of this name exists, whatever is in it."""
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is not None


def names(connection: psycopg.Connection, prefix: str) -> list[str]:
    """Names of the databases that start with a prefix."""
    rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", (prefix,))
    return [name for (name,) in rows]


def major_version(connection: psycopg.Connection) -> int:
    """Major version of the server, such as 18."""
    return connection.info.server_version // 10_000


@_busy
def create(connection: psycopg.Connection, database: str, template: str = "template0") -> None:
    """Make a database as a copy of another, waiting up to a minute for the other to be free.

    Raises psycopg.errors.DuplicateDatabase when it exists.
    """
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
            sql.Identifier(database), sql.Identifier(template)
        )
    )


@_busy
def rename(connection: psycopg.Connection, database: str, name: str) -> None:
    """Give a database another name, waiting up to a minute for its connections to end."""
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(database), sql.Identifier(name)))


def close_to_connections(connection: psycopg.Connection, database: str) -> None:
    """Let nobody connect to a database any more: it can then be copied at any time, and never be served."""
    connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(database)))


def is_connected(connection: psycopg.Connection, database: str) -> bool:
    """Whether some process of ours has a session in a database."""
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND usename = current_user LIMIT 1"
    return connection.execute(query, (database,)).fetchone() is not None


@_busy
def drop(connection: psycopg.Connection, database: str) -> None:
    """Delete a database and its data for good, ending the sessions in it; nothing happens when there is none."""
    if not exists(connection, database):
        return
    # Not WITH (FORCE): that is denied to a role that is no superuser while autovacuum is in the database, because it
    # counts as a superuser's session. The plain statement asks autovacuum to leave and waits for it.
    close_to_connections(connection, database)
    ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    connection.execute(ours, (database,))
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))
