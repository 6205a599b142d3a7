"""Tenants in a process: how many stay, who goes first, and that nobody goes who is in use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from bss.settings import settings
from bss.tenants import farewells, pools, server
from bss.tenants.errors import TenantNotFound
from bss.tenants.facts import facts
from bss.tenants.pools import tenant
from tests.bss.tenant.conftest import MakeTenant
from tests.eventually import eventually

_KEPT = 2


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that keeps two tenants only, and none at the start."""
    few = settings().model_copy(update={"loaded_tenants": _KEPT})
    monkeypatch.setattr(pools, "settings", lambda: few)
    pools.let_idle_go(0)
    yield
    pools.let_idle_go(0)


def _connections(client_id: str) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    with server.maintenance() as connection:
        (count,) = connection.execute(query, (client_id,)).fetchone()
    return count


def test_the_least_recently_used_goes_with_its_connections_and_comes_back_when_asked_for(
    make_tenant: MakeTenant,
) -> None:
    first, second, third = made = [make_tenant() for _ in range(3)]
    pools.let_idle_go(0)
    for client_id in (first, second, first, third):
        assert facts(client_id).name == "Northwind Cloud"

    assert pools.loaded_tenants() == [first, third]
    eventually(lambda: _connections(second), lambda count: count == 0, seconds=60)
    assert not pools.is_loaded(second)

    assert facts(second).name == "Northwind Cloud"
    assert pools.loaded_tenants() == [third, second]
    assert sum(_connections(client_id) > 0 for client_id in made) <= _KEPT


def test_what_is_in_use_stays_whatever_else_is_asked_for(make_tenant: MakeTenant) -> None:
    used, *others = [make_tenant() for _ in range(4)]
    pools.let_idle_go(0)
    with tenant(used) as pool:
        pool.get("party.party")(name="half done").save()
        for client_id in others:
            facts(client_id)
        pools.let_idle_go(0)
        assert pools.loaded_tenants() == [used]
        assert pool.get("party.party").search([("name", "=", "half done")], count=True) == 1
    with tenant(used, readonly=True) as pool:
        assert pool.get("party.party").search([("name", "=", "half done")], count=True) == 1


def test_many_threads_that_push_each_others_tenants_out_all_get_their_answers(make_tenant: MakeTenant) -> None:
    made = [make_tenant() for _ in range(4)]
    start = threading.Barrier(8)

    def ask(number: int) -> int:
        start.wait()
        answered = 0
        for turn in range(12):
            client_id = made[(number + turn) % len(made)]
            with tenant(client_id) as pool:
                assert pool.database_name == client_id
                assert pool.get("tenant.organization")(1).account_code == "R-1001"
                answered += 1
        return answered

    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(ask, range(8))) == [12] * 8
    assert len(pools.loaded_tenants()) <= _KEPT


def test_an_error_of_another_tenant_that_goes_does_not_hit_the_one_that_was_used(
    make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, third = [make_tenant() for _ in range(3)]
    pools.let_idle_go(0)
    for client_id in (first, second):
        facts(client_id)

    def fail(database: str) -> None:
        raise psycopg.OperationalError("the listener is gone")

    with monkeypatch.context() as broken:
        broken.setattr(pools.Cache, "drop", fail)
        with tenant(third) as pool:
            pool.get("party.party")(name="done").save()
    assert f"{first} could not be let go of" in caplog.text
    # All but the caches was let go of nevertheless.
    assert not pools.is_loaded(first)
    with tenant(third) as pool:
        assert pool.get("party.party").search([("name", "=", "done")], count=True) == 1
    assert facts(first).name == "Northwind Cloud"
    assert len(pools.loaded_tenants()) == _KEPT


def test_a_database_that_does_not_exist_is_told_and_not_kept() -> None:
    with pytest.raises(TenantNotFound), pools.held("t0nobody"):
        pass
    assert "t0nobody" not in pools.loaded_tenants()


def test_who_holds_a_tenant_lets_go_of_it_before_it_is_dropped(
    client_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    facts(client_id)
    with server.maintenance() as connection:
        # The word is heard by this process as by any other that has the tenant loaded.
        eventually(lambda: _left(connection, client_id), lambda left: left, seconds=60)
    assert client_id not in pools.loaded_tenants()
    assert not pools.is_loaded(client_id)
    assert "crashed" not in caplog.text


def _left(connection: psycopg.Connection, client_id: str) -> bool:
    farewells.say(connection, client_id)
    return _connections(client_id) == 0
