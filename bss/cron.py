# SPDX-License-Identifier: GPL-3.0-or-later
"""Tryton's scheduler for the distributor and all tenants: consumption and invoices of subscriptions, quotations that
have expired, and the removal of old errors, logs and tasks.

Tryton's own daemon serves the databases that it was started with and keeps the models of all of them loaded. Here
tenants come and go, and there may be hundreds: they are visited one after the other, and each round is a process of its
own, which takes with it what it has loaded. Several schedulers do no harm: an entry is locked while it runs.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time

from trytond.pool import Pool

from bss.root.transaction import reading
from bss.settings import settings
from bss.tenants import pools

logger = logging.getLogger(__name__)

_STOP_SECONDS = 20
_CLOSED = ("suspended", "deleted")


def run(*, every: float) -> None:
    """Make a round at once, and then one every so many seconds, until the process is told to end.

    What a killed round has not done stays due, and the next one does it.
    """
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    while not told.is_set():
        started = time.monotonic()
        _round(told)
        told.wait(max(0.0, every - (time.monotonic() - started)))


def run_once() -> int:
    """Visit the distributor and every tenant that is served; answers how many could not be visited."""
    return sum(not _visited(database) for database in [settings().root_database, *_tenants()])


def _round(told: threading.Event) -> None:
    child = subprocess.Popen([sys.executable, "-m", "bss", "cron", "--once"])
    while child.poll() is None:
        if told.wait(1):
            child.terminate()
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            return
    if child.returncode:
        logger.error("this round did not do everything (status %s); the next one goes on", child.returncode)


def _tenants() -> list[str]:
    with reading() as pool:
        served = pool.get("tenant.reseller").search([("state", "not in", _CLOSED)], order=[("id", "ASC")])
        return [reseller.client_id for reseller in served]


def _visited(database: str) -> bool:
    try:
        with pools.held(database):
            # Before anything is due for them: without a company, an entry bills nobody.
            _give_companies(database)
            Pool(database).get("ir.cron").run(database)
    except Exception:
        # One tenant, purged or broken a moment ago, must not keep all others from their invoices.
        logger.exception("%s could not be visited", database)
        return False
    finally:
        if database != settings().root_database:
            pools.forget(database)
    return True


def _give_companies(database: str) -> None:
    """Let entries without a company run for each one: they were made before the tenant's company was."""
    with pools.tenant(database) as pool:
        Cron = pool.get("ir.cron")  # noqa: N806 - Tryton's models are classes
        without = Cron.search([("companies", "=", None), ("active", "in", [True, False])])
        companies = [company.id for company in pool.get("company.company").search([])]
        if without and companies:
            Cron.write(without, {"companies": [("add", companies)]})
