"""The scheduler: it visits everybody who is served, with their company, and one broken database stops nobody."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from trytond.transaction import Transaction

from bss import cron
from bss.tenants import pools, server
from tests.bss.root.client import ApiClient
from tests.bss.root.programs import bss_program
from tests.eventually import eventually

OVERDUE = datetime(2020, 1, 1)


def entries(database: str) -> list[Any]:
    """Each entry's next call and companies."""
    with pools.tenant(database, readonly=True) as pool:
        return [(entry.next_call, len(entry.companies)) for entry in pool.get("ir.cron").search([])]


def make_due(database: str) -> None:
    with pools.tenant(database) as pool:
        entry = pool.get("ir.cron")
        entry.write(entry.search([]), {"next_call": OVERDUE})


def old_error(database: str) -> None:
    """An error of long ago, which the monthly clearing removes."""
    with pools.tenant(database) as pool:
        error = pool.get("ir.error")
        error.create([{"origin": "ir.cron,1", "message": "long ago"}])
        table = error.__table__()
        long_ago = datetime.now() - timedelta(days=400)
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update([table.create_date], [long_ago]))


def errors(database: str) -> list[int]:
    with pools.tenant(database, readonly=True) as pool:
        return [error.id for error in pool.get("ir.error").search([])]


def test_what_is_due_is_done_for_the_distributor_and_for_a_tenant(root: str, operator: ApiClient, key: str) -> None:
    client_id = operator.create(key, "R-1004").json["clientId"]
    for database in (root, client_id):
        make_due(database)
        old_error(database)

    assert cron.run_once() == 0

    for database in (root, client_id):
        assert errors(database) == []
        assert all(next_call > datetime.now() for next_call, _ in entries(database))
        # Billing reads the company from the entry: without one it bills nobody.
        assert {companies for _, companies in entries(database)} == {1}


def test_a_closed_tenant_is_left_alone(operator: ApiClient, key: str) -> None:
    client_id = operator.create(key, "R-1004").json["clientId"]
    make_due(client_id)
    operator.put(f"/organizations/{key}/state", {"state": "Suspended"})

    assert cron.run_once() == 0

    assert {next_call for next_call, _ in entries(client_id)} == {OVERDUE}


def test_a_broken_database_is_told_and_the_others_are_served(
    operator: ApiClient, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = operator.create(key, "R-1004").json["clientId"]
    other_key = f"{key}.other"
    served = operator.create(other_key, "R-1005").json["clientId"]
    try:
        make_due(served)
        pools.forget(broken)
        with server.maintenance() as connection:
            server.drop(connection, broken)

        assert cron.run_once() == 1

        assert f"{broken} could not be visited" in caplog.text
        assert all(next_call > datetime.now() for next_call, _ in entries(served))
    finally:
        operator.delete(f"/organizations/{other_key}")


def test_the_command_makes_rounds_until_it_is_told_to_end(root: str, tmp_path: Path) -> None:
    make_due(root)
    program = bss_program(tmp_path, "cron", "--every", "3600")
    program.start()
    try:
        eventually(lambda: all(when > datetime.now() for when, _ in entries(root)), seconds=120, every=0.5)
        process = program.process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        program.kill()
