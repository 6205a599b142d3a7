# SPDX-License-Identifier: GPL-3.0-or-later
"""The making of the root database, and bringing an existing one to the modules and data as they are now."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from pathlib import Path

from psycopg import sql
from trytond import __series__, backend
from trytond.pool import Pool

import bss
from bss.root import demo
from bss.root.transaction import commit, write
from bss.settings import settings
from bss.tenants import books, server
from bss.tenants.databases import cached_database

Progress = Callable[[str], None]

MODULES = ("tenant_reseller",)
"""Modules of the root database; what they depend on comes with them."""
_SOURCES = {".py", ".xml", ".cfg", ".svg"}


def prepare(progress: Progress, *, with_demo: bool) -> None:
    """Make the root database, or bring the existing one to the modules and data as they are now; safe to repeat."""
    name = settings().root_database
    fingerprint = _modules_fingerprint()
    progress("preparing the distributor's root database")
    archive = _archive_fingerprint(with_demo)
    made = cached_database(name, archive, lambda database: _build(database, progress, with_demo))
    if made:
        write(_set_administrator_password)
    elif _recorded_fingerprint(name) != fingerprint:
        progress("updating the modules of the root database")
        Pool(name).init(update=["ir"])
    _record_fingerprint(name, fingerprint)
    if with_demo:
        write(demo.load)
    progress("the root database is ready")


def is_prepared() -> bool:
    """Whether the root database is there, with the modules as they are now."""
    return _recorded_fingerprint(settings().root_database) == _modules_fingerprint()


def _build(database: str, progress: Progress, with_demo: bool) -> None:
    backend.Database(database).connect().init()
    progress("installing the modules of the root database")
    Pool(database).init(update=[*MODULES], lang=["en"], activatedeps=True)
    commit(database, _configure)
    if with_demo:
        progress("loading the demo distributor")
        commit(database, demo.load)


def _configure(pool: Pool) -> None:
    configuration = pool.get("ir.configuration")(1)
    configuration.series = __series__
    configuration.language = "en"
    configuration.save()


def _set_administrator_password(pool: Pool) -> None:
    path = settings().admin_password_file
    # Without a file nobody can log in as admin until one is set with trytond-admin: there is never a known password.
    password = path.read_text(encoding="utf-8").strip() if path is not None else secrets.token_urlsafe(32)
    User = pool.get("res.user")  # noqa: N806 - Tryton's models are classes
    (administrator,) = User.search([("login", "=", "admin")])
    User.write([administrator], {"password": password})


def _versions() -> Iterator[str]:
    yield from sorted(
        f"{distribution.name}=={distribution.version}"
        for distribution in distributions()
        if distribution.name and distribution.name.lower().startswith("trytond")
    )


def _digest(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for part in (*_versions(), *MODULES):
        digest.update(part.encode() + b"\n")
    root = Path(bss.__file__).parent
    for path in paths:
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _module_files() -> Iterator[Path]:
    folder = Path(bss.__file__).parent / "modules"
    for name in MODULES:
        yield from sorted(path for path in (folder / name).rglob("*") if path.suffix in _SOURCES)


def _modules_fingerprint() -> str:
    """Stands for the modules and versions: another one means that an existing database must be updated."""
    return _digest(_module_files())


def _archive_fingerprint(with_demo: bool) -> str:
    """Stands for the whole content of a freshly made root database."""

    def files() -> Iterator[Path]:
        yield from _module_files()
        yield Path(__file__)
        if with_demo:
            yield Path(demo.__file__)
            yield Path(books.__file__)
            yield from sorted(demo.DATA.rglob("*.csv"))

    return _digest(files()) + ("-demo" if with_demo else "")


def _recorded_fingerprint(name: str) -> str | None:
    with server.maintenance() as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name,)
        ).fetchone()
    return str(row[0]) if row and row[0] else None


def _record_fingerprint(name: str, fingerprint: str) -> None:
    # As a comment on the database: it needs no table, and is written only after the update went through.
    with server.maintenance() as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(fingerprint))
        )
