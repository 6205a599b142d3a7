"""The making of databases: the cache of prepared ones, the template, tenants from it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from bss.tenants import archive, databases, pools, server
from bss.tenants.errors import TemplateMissing, TenantNotFound
from bss.tenants.pools import tenant
from tests.bss.tenant.conftest import MakeTenant

NAME = "prepared_by_test"


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """An empty cache, and the names of the databases that were built rather than restored."""
    monkeypatch.setenv("TENANT_BSS_CACHE", str(tmp_path))
    from bss.settings import Settings

    monkeypatch.setattr(archive, "settings", lambda: Settings())
    yield []
    _drop(NAME)


def _drop(name: str) -> None:
    with server.maintenance() as connection:
        server.drop(connection, name)


def _build_into(built: list[str]) -> databases.Callable[[str], None]:
    def build(database: str) -> None:
        with psycopg.connect(server.address(database)) as connection:
            connection.execute("CREATE TABLE answer AS SELECT 42 AS value")
        built.append(database)

    return build


def _answer() -> int:
    with psycopg.connect(server.address(NAME)) as connection:
        row = connection.execute("SELECT value FROM answer").fetchone()
    assert row is not None
    return int(row[0])


def test_a_prepared_database_is_built_once_and_then_restored(prepared: list[str]) -> None:
    assert databases.cached_database(NAME, "one", _build_into(prepared))
    assert not databases.cached_database(NAME, "one", _build_into(prepared)), "it exists already"
    _drop(NAME)

    assert databases.cached_database(NAME, "one", _build_into(prepared))

    assert len(prepared) == 1
    assert _answer() == 42


def test_another_content_is_built_anew(prepared: list[str]) -> None:
    databases.cached_database(NAME, "one", _build_into(prepared))
    _drop(NAME)
    databases.cached_database(NAME, "two", _build_into(prepared))
    assert len(prepared) == 2


def test_a_damaged_archive_is_built_anew(prepared: list[str], tmp_path: Path) -> None:
    databases.cached_database(NAME, "one", _build_into(prepared))
    _drop(NAME)
    (content,) = tmp_path.glob("*.dump/toc.dat")
    content.write_bytes(b"half of it")

    databases.cached_database(NAME, "one", _build_into(prepared))

    assert len(prepared) == 2
    assert _answer() == 42


def test_a_failed_build_leaves_nothing_under_the_name(prepared: list[str], tmp_path: Path) -> None:
    def fail(database: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        databases.cached_database(NAME, "one", fail)
    assert not databases.exists(NAME)
    assert not list(tmp_path.iterdir())

    databases.cached_database(NAME, "one", _build_into(prepared))
    assert _answer() == 42


def test_without_tools_of_the_servers_version_it_is_built_each_time(
    prepared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_folders", list)
    for _ in range(2):
        databases.cached_database(NAME, "one", _build_into(prepared))
        _drop(NAME)
    assert len(prepared) == 2


def test_many_who_prepare_the_same_database_at_once_build_it_once(prepared: list[str]) -> None:
    with ThreadPoolExecutor(4) as executor:
        made = list(executor.map(lambda _: databases.cached_database(NAME, "one", _build_into(prepared)), range(4)))
    assert sorted(made) == [False, False, False, True]
    assert len(prepared) == 1


def test_the_template_lets_nobody_connect(template: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(server.address(template))


def test_preparing_the_template_again_is_quick_and_changes_nothing(template: str) -> None:
    databases.ensure_template(print)
    assert databases.template_name() == template
    assert databases.exists(template)


def test_a_tenant_is_made_once_and_dropped_once(template: str) -> None:
    databases.create("t0once00")
    with tenant("t0once00") as pool:
        pool.get("party.party")(name="kept").save()
    databases.create("t0once00")
    with tenant("t0once00") as pool:
        assert pool.get("party.party").search([("name", "=", "kept")], count=True) == 1

    databases.drop("t0once00")
    databases.drop("t0once00")

    assert not databases.exists("t0once00")
    with pytest.raises(TenantNotFound), tenant("t0once00"):
        pass


def test_eight_at_once_with_one_client_id_make_one_tenant(template: str) -> None:
    try:
        with ThreadPoolExecutor(8) as executor:
            list(executor.map(databases.create, ["t0eight0"] * 8))
        assert databases.exists("t0eight0")
    finally:
        databases.drop("t0eight0")


def test_several_tenants_are_made_at_once(template: str) -> None:
    names = [f"t0many0{number}" for number in range(4)]
    try:
        with ThreadPoolExecutor(4) as executor:
            list(executor.map(databases.create, names))
        assert all(databases.exists(name) for name in names)
    finally:
        for name in names:
            databases.drop(name)


def test_dropping_ends_the_sessions_of_others(client_id: str) -> None:
    with psycopg.connect(server.address(client_id)) as stranger:
        databases.drop(client_id)
        with pytest.raises(psycopg.OperationalError):
            stranger.execute("SELECT 1")


def test_without_a_template_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "template_name", lambda: "tenant_template_missing")
    with pytest.raises(TemplateMissing, match="python -m bss init"):
        databases.create("t0missin")


def test_a_tenants_models_load_inside_a_transaction_of_another(make_tenant: MakeTenant) -> None:
    one, two = make_tenant(), make_tenant()
    pools.forget(two)
    with tenant(one) as pool:
        outer = pool.get("party.party")(name="of the first")
        outer.save()
        with tenant(two) as other:
            assert other.get("party.party").search([("name", "=", "of the first")], count=True) == 0
        assert pool.get("party.party").search([("name", "=", "of the first")], count=True) == 1
