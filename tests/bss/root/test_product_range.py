"""The copying of products: it survives killed workers, and the newest wish wins."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from trytond.pool import Pool

from bss.provisioning import copying
from bss.root import locks
from bss.root.transaction import reading, write
from local.processes import Daemon
from tests.bss.root.client import ApiClient
from tests.eventually import eventually

ACCOUNT = "R-1003"


def _ask(operator: ApiClient, key: str, price_list: str = "reseller-eur", **more: object) -> Any:
    return operator.put(f"/organizations/{key}/product-range", {"priceList": price_list, **more})


def _range(operator: ApiClient, key: str) -> Any:
    return operator.organization(key)["productRange"]


def _pretend_that_a_worker_took_it(key: str, *, ago: timedelta) -> None:
    """What a killed worker leaves: a task that was taken from the queue and never ended."""

    def work(pool: Pool) -> None:
        (reseller,) = pool.get("tenant.reseller").search([("key", "=", key)])
        queue = pool.get("ir.queue")
        queue.write([queue(reseller.range_queue_task)], {"dequeued_at": datetime.now() - ago})

    write(work)


def _queued(key: str) -> int:
    with reading() as pool:
        (reseller,) = pool.get("tenant.reseller").search([("key", "=", key)])
        tasks = pool.get("ir.queue").search([("dequeued_at", "=", None)])
        return sum(1 for task in tasks if tuple(task.data["instances"]) == (reseller.id,))


def test_products_are_copied_from_the_queue(operator: ApiClient, key: str, run_queue: Callable[[], None]) -> None:
    operator.create(key, ACCOUNT)
    asked = _ask(operator, key)
    assert asked.status_code == 202
    assert asked.headers["Location"].endswith(f"/organizations/{key}")
    assert asked.json["productRange"]["state"] == "Running"
    assert asked.json["productRange"]["total"] == 42

    run_queue()

    done = _ask(operator, key)
    assert done.status_code == 200
    copied = done.json["productRange"]
    assert (copied["state"], copied["completed"], copied["inherited"]) == ("Completed", 42, 42)


def test_a_list_in_dollars_is_copied_in_dollars(operator: ApiClient, key: str, run_queue: Callable[[], None]) -> None:
    operator.create(key, "R-1024")
    refused = _ask(operator, key)
    assert (refused.status_code, refused.json["code"]) == (409, "CurrencyMismatch")
    _ask(operator, key, "reseller-usd")
    run_queue()
    copied = _range(operator, key)
    assert (copied["state"], copied["inherited"]) == ("Completed", 40)


def test_an_interrupted_run_is_told_and_starts_anew_when_asked(
    operator: ApiClient, key: str, run_queue: Callable[[], None]
) -> None:
    operator.create(key, ACCOUNT)
    _ask(operator, key)
    _pretend_that_a_worker_took_it(key, ago=timedelta(seconds=5))
    assert _range(operator, key)["state"] == "Running", "the worker may be starting"

    _pretend_that_a_worker_took_it(key, ago=timedelta(minutes=5))
    interrupted = _range(operator, key)
    assert interrupted["state"] == "Failed"
    assert "interrupted" in interrupted["message"]

    assert _ask(operator, key).status_code == 202
    assert _queued(key) == 1
    run_queue()
    assert _range(operator, key)["state"] == "Completed"


def test_a_run_that_holds_the_lock_is_alive(operator: ApiClient, key: str) -> None:
    operator.create(key, ACCOUNT)
    _ask(operator, key)
    _pretend_that_a_worker_took_it(key, ago=timedelta(minutes=5))
    with reading() as pool:
        (reseller,) = pool.get("tenant.reseller").search([("key", "=", key)])
        subject = f"product range {reseller.id}"
    with locks.held(subject, wait=1):
        assert _range(operator, key)["state"] == "Running"


def test_a_failure_is_told_and_retried(
    operator: ApiClient, key: str, run_queue: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise copying.TenantError("the tenant has no company yet")

    operator.create(key, ACCOUNT)
    _ask(operator, key)
    with monkeypatch.context() as patch:
        patch.setattr(copying, "copy_products", fail)
        run_queue()
    failed = _range(operator, key)
    assert (failed["state"], failed["message"]) == ("Failed", "the tenant has no company yet")

    assert _ask(operator, key).status_code == 202
    run_queue()
    assert _range(operator, key)["state"] == "Completed"


def test_a_newer_wish_during_a_run_is_done_too(
    operator: ApiClient, key: str, run_queue: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.create(key, ACCOUNT)
    _ask(operator, key)
    copy_products = copying.copy_products
    sizes: list[int] = []

    def ask_meanwhile(client_id: str, products: Any, **named: Any) -> Any:
        sizes.append(len(products))
        if len(sizes) == 1:
            _ask(operator, key, "reseller-large")
        return copy_products(client_id, products, **named)

    monkeypatch.setattr(copying, "copy_products", ask_meanwhile)
    run_queue()

    assert sizes == [42, 300]
    copied = _range(operator, key)
    assert (copied["priceList"], copied["state"], copied["inherited"]) == ("reseller-large", "Completed", 300)


def test_the_worker_copies_and_takes_up_what_a_killed_one_left(operator: ApiClient, key: str, worker: Daemon) -> None:
    operator.create(key, ACCOUNT)
    _ask(operator, key)
    _pretend_that_a_worker_took_it(key, ago=timedelta(minutes=5))
    worker.start()
    eventually(lambda: _range(operator, key)["state"] == "Completed", seconds=120)
    assert "start anew" in worker.log.read_text()

    # And what is asked for while it runs.
    _ask(operator, key, trigger="again")
    eventually(lambda: _range(operator, key)["state"] == "Completed", seconds=120)
    assert _range(operator, key)["trigger"] == "again"


def test_a_worker_has_no_threads_when_it_forks(operator: ApiClient, key: str) -> None:
    operator.create(key, ACCOUNT)
    _ask(operator, key)
    _pretend_that_a_worker_took_it(key, ago=timedelta(minutes=5))
    script = """if True:
        import threading
        from bss.settings import configure
        configure()
        from bss import queue_worker
        queue_worker.take_up_interrupted()
        print([thread.name for thread in threading.enumerate()])
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert "start anew" in done.stderr
    assert done.stdout.strip() == "['MainThread']"
