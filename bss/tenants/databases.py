# SPDX-License-Identifier: GPL-3.0-or-later
"""The making of databases: prepared ones through the cache, the template of tenants, and tenants from it.

A tenant's database has its Client ID as name. Whatever is killed in the middle, a database under its final name is
complete: it is filled under another name and renamed last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import psycopg

from bss.tenants import archive, farewells, pools, server, template
from bss.tenants.errors import TemplateMissing
from bss.tenants.template import Progress, template_fingerprint

__all__ = ["cached_database", "create", "drop", "ensure_template", "exists", "template_fingerprint", "template_name"]

logger = logging.getLogger(__name__)

_TEMPLATE_PREFIX = "tenant_template_"


def template_name() -> str:
    """Name of the template database for the modules as they are now."""
    return _TEMPLATE_PREFIX + template_fingerprint()


def cached_database(
    name: str, fingerprint: str, build: Callable[[str], None], *, archive_name: str | None = None
) -> bool:
    """Make the database `name` unless it exists: from the archive with this fingerprint, else with `build`.

    `build` gets the name of an empty database to fill; it is not `name` yet. What it writes is archived on disk: no
    secrets. One process at a time does this for a name, the others wait. True when this call made the database.
    `archive_name` is the name in the cache where it differs.
    """
    with server.exclusive(f"database {name}") as connection:
        if server.exists(connection, name):
            return False
        version = server.major_version(connection)
        unfinished = f"unfinished_{name}"
        server.drop(connection, unfinished)
        server.create(connection, unfinished)
        key = archive_name or name
        if not archive.restore(unfinished, name=key, fingerprint=fingerprint, major_version=version):
            server.drop(connection, unfinished)
            server.create(connection, unfinished)
            try:
                build(unfinished)
            finally:
                pools.forget(unfinished)
            archive.store(unfinished, name=key, fingerprint=fingerprint, major_version=version)
        server.rename(connection, unfinished, name)
        return True


def ensure_template(progress: Progress) -> None:
    """Make the template database of tenants for the modules as they are now; quick when it is there or in the cache."""
    name = template_name()
    progress("preparing the template of tenants")
    cached_database(
        name,
        template_fingerprint(),
        lambda database: template.build(database, progress),
        archive_name="tenant_template",
    )
    with server.exclusive(f"database {name}") as connection:
        # Always, so that a kill right after the renaming is mended by the next run.
        server.close_to_connections(connection, name)
        for other in server.names(connection, _TEMPLATE_PREFIX):
            if other != name:
                server.drop(connection, other)
    progress("the template of tenants is ready")


def exists(client_id: str) -> bool:
    """Whether a tenant's database exists."""
    with server.maintenance() as connection:
        return server.exists(connection, client_id)


def create(client_id: str) -> None:
    """Make a tenant's database from the template, with no data of anybody; nothing happens when it exists.

    Raises TemplateMissing before `ensure_template` has been run for this version of the modules.
    """
    with server.maintenance() as connection:
        if server.exists(connection, client_id):
            return
        try:
            server.create(connection, client_id, template_name())
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            # Somebody else made it between the question and now; both errors mean that.
            logger.info("database %s was made by another process meanwhile", client_id)
        except psycopg.errors.InvalidCatalogName as error:
            raise TemplateMissing(template_name()) from error


def drop(client_id: str) -> None:
    """Delete a tenant's database and all its data for good; nothing happens when there is none.

    Other processes are told to let go of it, and lose their connections after a few seconds.
    """
    if not exists(client_id):
        return
    pools.forget(client_id)
    with server.maintenance() as connection:
        farewells.say(connection, client_id)
        server.drop(connection, client_id)
