"""Processes: tasks and log are made from the calls, shown at the tenant reseller, and outlive it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bss.root.transaction import reading
from tests.bss.root.client import ApiClient

ACCOUNT = "R-1004"


def _announce(operator: ApiClient, identifier: str, key: str, **more: object) -> Any:
    body = {
        "organizationKey": key,
        "account": ACCOUNT,
        "type": "Creation",
        "state": "Running",
        "completed": 0,
        "total": 9,
        **more,
    }
    return operator.put(f"/processes/{identifier}", body)


def _tasks(operator: ApiClient, identifier: str) -> dict[str, str]:
    return {task["name"]: task["state"] for task in operator.get(f"/processes/{identifier}").json["tasks"]}


def test_calls_become_tasks_and_the_copying_ends_its_own(
    operator: ApiClient, key: str, run_queue: Callable[[], None]
) -> None:
    process = f"{key}.run"
    assert _announce(operator, process, key).status_code == 201
    operator.create(key, ACCOUNT, process=process)
    operator.put(f"/organizations/{key}/product-range", {"priceList": "reseller-eur"}, process=process)
    operator.put(f"/organizations/{key}/product-range", {"priceList": "reseller-old"}, process="unknown")
    assert _tasks(operator, process) == {"put_organization": "Completed", "put_product_range": "Running"}

    run_queue()

    assert _tasks(operator, process) == {"put_organization": "Completed", "put_product_range": "Completed"}
    log = [line["text"] for line in operator.get(f"/processes/{process}").json["log"]]
    assert log[0] == "put_organization: completed"
    assert "42 new" in log[-1]


def test_a_refused_call_is_a_failed_task_with_its_cause(operator: ApiClient, key: str) -> None:
    process = f"{key}.run"
    _announce(operator, process, key)
    operator.create(key, "R-1021", process=process)
    (task,) = operator.get(f"/processes/{process}").json["tasks"]
    assert (task["name"], task["state"]) == ("put_organization", "Failed")
    assert task["message"].startswith("OrderingDisabled: ")


def test_it_is_shown_at_the_tenant_reseller_and_outlives_it(operator: ApiClient, key: str) -> None:
    process = f"{key}.run"
    _announce(operator, process, key)
    operator.create(key, ACCOUNT, process=process)
    _announce(operator, process, key, completed=3)
    with reading() as pool:
        (reseller,) = pool.get("tenant.reseller").search([("key", "=", key)])
        (shown,) = reseller.processes
        assert (shown.name, shown.state, round(shown.progress, 2)) == ("Creation", "running", 0.33)
        assert [task.rec_name for task in shown.tasks] == ["Create the organization"]

    operator.delete(f"/organizations/{key}", process=process)

    (kept,) = operator.get(f"/organizations/{key}/processes").json["items"]
    assert kept["id"] == process
    assert _tasks(operator, process)["delete_organization"] == "Completed"


def test_another_client_neither_reads_nor_writes_it(operator: ApiClient, other: ApiClient, key: str) -> None:
    process = f"{key}.run"
    _announce(operator, process, key)
    assert other.get(f"/processes/{process}").status_code == 404
    refused = _announce(other, process, key)
    assert (refused.status_code, refused.json["code"]) == (409, "OwnedByAnother")
    other.create(key, "R-1021", process=process)
    assert _tasks(operator, process) == {}
