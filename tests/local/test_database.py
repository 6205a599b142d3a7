"""The embedded PostgreSQL: who gets in, with which rights, and what survives."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from local.database import URL_VARIABLE, EmbeddedDatabase, ExternalDatabase, database
from local.errors import LocalError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps everything."""
    return tmp_path_factory.mktemp("database")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[EmbeddedDatabase]:
    """A server with an empty data folder."""
    embedded = EmbeddedDatabase(folder, durable=False)
    try:
        embedded.start()
        yield embedded
    finally:
        embedded.stop()


def connect(server: EmbeddedDatabase, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(f"{server.url}{database}", autocommit=True)


def test_it_runs_without_the_rights_of_root(server: EmbeddedDatabase) -> None:
    process = server.daemon.process
    assert process is not None
    assert process.uids().effective != 0


def test_the_role_of_the_bss_makes_databases_and_is_no_superuser(server: EmbeddedDatabase) -> None:
    with connect(server) as connection:
        connection.execute("CREATE DATABASE made")
        connection.execute("CREATE DATABASE copy TEMPLATE made")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY (SELECT 1) TO '/tmp/written-by-postgresql'")


def test_nobody_gets_in_without_the_password(server: EmbeddedDatabase) -> None:
    parts = urlsplit(server.url)
    for user in ("bss", "postgres"):
        for password in ("", "wrong"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(
                    host="127.0.0.1", port=parts.port, user=user, password=password, dbname="postgres", passfile="/"
                )


def test_data_survives_a_stop_and_a_crash(server: EmbeddedDatabase) -> None:
    with connect(server) as connection:
        connection.execute("CREATE DATABASE survivor")
    with connect(server, "survivor") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'as it was' AS words")
    for end in (server.stop, server.daemon.kill):
        url = server.url
        end()
        assert not server.running
        assert server.start()
        assert server.url == url
        with connect(server, "survivor") as connection:
            assert connection.execute("SELECT words FROM kept").fetchone() == ("as it was",)


def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "data" / "base").mkdir(parents=True)
    embedded = EmbeddedDatabase(tmp_path, durable=False)
    try:
        assert embedded.start()
    finally:
        embedded.stop()


def test_the_checkout_may_be_in_a_closed_folder(tmp_path: Path) -> None:
    # As in root's home: the account that runs PostgreSQL then has no right to pass through, and nothing is opened up.
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    embedded = EmbeddedDatabase(closed / "database", durable=False)
    try:
        assert embedded.start()
    finally:
        embedded.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_an_own_server_is_used_when_the_environment_names_one(
    server: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(URL_VARIABLE, server.url)
    chosen = database(tmp_path)
    assert isinstance(chosen, ExternalDatabase)
    assert chosen.start() is False
    assert chosen.running
    chosen.stop()
    assert server.running
    assert os.listdir(tmp_path) == []


def test_an_own_server_that_does_not_answer_is_named_without_its_password() -> None:
    absent = ExternalDatabase("postgresql://user:hidden-words@127.0.0.1:1/")
    assert not absent.running
    with pytest.raises(LocalError, match=r"PostgreSQL at 127\.0\.0\.1:1 does not answer") as error:
        absent.start()
    assert "hidden-words" not in str(error.value)


def test_a_role_that_may_not_create_databases_is_refused_with_the_remedy(
    server: EmbeddedDatabase, folder: Path
) -> None:
    parts = urlsplit(server.url)
    password = (folder / "superuser-password").read_text().strip()
    superuser = parts._replace(netloc=f"postgres:{password}@127.0.0.1:{parts.port}", path="/postgres").geturl()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE modest LOGIN PASSWORD 'modest'")
    with pytest.raises(LocalError, match="CREATEDB"):
        ExternalDatabase(parts._replace(netloc=f"modest:modest@127.0.0.1:{parts.port}").geturl()).start()
