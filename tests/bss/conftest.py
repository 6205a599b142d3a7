"""A PostgreSQL server of the tests' own for everything of the BSS, and the template of tenants on it.

Tryton decides at its import which database it uses, and pytest imports all tests before it runs the first one:
therefore the server's address is settled here, at import, while the server is started by a fixture.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.database import EmbeddedDatabase

_FOLDER = Path(tempfile.mkdtemp(prefix="tests-bss-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
# Else initdb, which may run as another user, cannot look into it.
_FOLDER.chmod(0o711)
_SERVER = EmbeddedDatabase(_FOLDER, durable=False)
os.environ["TENANT_BSS_DATABASE_URL"] = _SERVER.url
os.environ["DB_NAME"] = "module_tests"

from bss.settings import configure  # noqa: E402 - reads the address from the environment

configure()


@pytest.fixture(scope="session", autouse=True)
def postgres() -> Iterator[str]:
    """Address of the running server, without a database name."""
    _SERVER.start()
    try:
        yield _SERVER.url
    finally:
        from trytond.pool import Pool

        from bss.tenants import pools

        # Else listeners and connection pools complain about a server that has gone.
        for database in Pool.database_list():
            pools.forget(database)
        _SERVER.stop()


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """Name of the template database of tenants, made through the cache of prepared databases."""
    from bss.tenants import databases

    databases.ensure_template(print)
    return databases.template_name()
