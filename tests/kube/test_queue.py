"""The queue on a real API server: fair among namespaces, passed by urgent work, not blocked by a process that hangs."""

from __future__ import annotations

from pathlib import Path

from local.control_plane import ControlPlane
from local.operator import Operator
from tests.cluster import Cluster
from tests.eventually import eventually
from tests.kube.conftest import QUICK
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

FLOOD = 40


def flood(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    """So many resellers that they take a while: each needs a second or more, and four are served at once."""
    fake.trouble({"kind": "Delay", "route": "put_edition", "seconds": 1})
    accounts = [fake.account(f"{account}-{number:02}", currency="EUR") for number in range(FLOOD)]
    cluster.apply(*(reseller(f"flood-{number:02}", code) for number, code in enumerate(accounts)))


def unready(cluster: Cluster) -> int:
    return sum(not seen.ready for seen in cluster.see_all() if seen.item["metadata"]["name"].startswith("flood"))


def test_a_namespace_that_floods_does_not_keep_another_waiting(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    calm = Cluster(cluster.kubeconfig, f"{cluster.namespace}-calm")
    calm.kubectl("create", "namespace", calm.namespace)
    flood(cluster, fake, account)
    calm.apply(reseller("patient", fake.account(f"{account}-patient", currency="EUR")))
    calm.until_ready("patient", seconds=120)
    # It came last, and is served in the second turn: most of those that came before still wait.
    assert unready(cluster) > FLOOD // 2


def test_suspension_and_deletion_do_not_wait_behind_creations(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    for name in ("resting", "leaving"):
        cluster.apply(reseller(name, fake.account(f"{account}-{name}", currency="EUR")))
        cluster.until_ready(name)
    flood(cluster, fake, account)
    cluster.change("resting", {"state": "Suspended"})
    cluster.until("resting", lambda seen: seen.ready and seen.process["type"] == "Suspension", seconds=60)
    cluster.kubectl("delete", "tenantreseller", "leaving", "--timeout=60s")
    assert unready(cluster) > FLOOD // 2


def test_after_a_restart_the_oldest_still_go_first(
    cluster: Cluster, fake: WatchedFake, operator: Operator, account: str
) -> None:
    flood(cluster, fake, account)
    eventually(lambda: unready(cluster), lambda left: left < FLOOD - 8, seconds=60)
    operator.daemon.kill()
    operator.start()
    all_seen = cluster.until_all_ready(FLOOD, seconds=180)
    # Created one after the other, their names are the order; four run at once, and ends are told to the second.
    ends = sorted(all_seen, key=lambda seen: (seen.process["finishedAt"], seen.item["metadata"]["name"]))
    order = [int(seen.item["metadata"]["name"].removeprefix("flood-")) for seen in ends]
    assert max(abs(place - number) for place, number in enumerate(order)) <= 8


def test_pausing_gives_the_slot_to_others(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    fake.trouble({"kind": "Delay", "route": "put_edition", "seconds": 2})
    names = [f"paused-{number}" for number in range(4)]
    accounts = {name: fake.account(f"{account}-{name}", currency="EUR") for name in (*names, "next")}
    cluster.apply(*(reseller(name, accounts[name]) for name in names))
    for name in names:
        cluster.until(name, lambda seen: seen.process.get("state") == "Running")
        cluster.change(name, {"paused": True})
    cluster.apply(reseller("next", accounts["next"]))
    cluster.until_ready("next", seconds=60)
    fake.calm()
    assert not any(cluster.see(name).ready for name in names)
    for name in names:
        cluster.change(name, {"paused": False})
    for name in names:
        assert cluster.until_ready(name, seconds=60).process["type"] == "Creation"


def test_a_process_that_hangs_is_failed_with_its_task_and_its_slot_serves_others(
    cluster: Cluster,
    control_plane: ControlPlane,
    operator: Operator,
    fake: WatchedFake,
    account: str,
    tmp_path: Path,
) -> None:
    operator.stop()
    strict = {**QUICK, "TENANT_RESELLER_PROCESS_DEADLINE": "3", "TENANT_RESELLER_PROCESS_SLOTS": "1"}
    impatient = Operator(tmp_path, control_plane, fake.url, fake.api_key, strict)
    impatient.install()
    try:
        impatient.start()
        fake.trouble({"kind": "Unavailable", "route": "put_storefront", "retryAfter": 0})
        cluster.apply(reseller("hanging", account))
        # On a slow machine it may be late before it comes to the task that hangs.
        seen = cluster.until(
            "hanging",
            lambda seen: (
                seen.condition("Ready").get("reason") == "DeadlineExceeded"
                and seen.condition("StorefrontCreated").get("reason") == "Unavailable"
            ),
            seconds=60,
        )
        assert (seen.process["state"], seen.process["task"]) == ("Failed", "Create storefront")
        assert "Not done within 3 s" in seen.process["message"]
        assert seen.condition("StorefrontCreated")["reason"] == "Unavailable"
        assert seen.condition("Reconciling")["reason"] == "ProgressingWithRetry"
        assert not seen.condition("Stalled")
        # The only slot is free between its attempts.
        cluster.apply(reseller("next", fake.account(f"{account}-next", currency="EUR")))
        cluster.until("next", lambda seen: seen.is_true("AdministratorCreated"), seconds=60)
        fake.calm()
        seen = cluster.until_ready("hanging", seconds=60)
        assert seen.process["state"] == "Completed"
        cluster.until_ready("next", seconds=60)
    finally:
        impatient.stop()
