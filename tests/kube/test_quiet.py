"""Nothing to do means no writes: counted in the API server's audit log."""

from __future__ import annotations

import json

from local.control_plane import ControlPlane
from local.operator import NAMESPACE, SERVICE_ACCOUNT, Operator
from tests.cluster import Cluster
from tests.eventually import eventually
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

OPERATOR = f"system:serviceaccount:{NAMESPACE}:{SERVICE_ACCOUNT}"


def writes(control_plane: ControlPlane, namespace: str, name: str | None = None) -> list[str]:
    """What the operator wrote in a namespace so far, beside events; with a name, to the objects of that name only."""
    records = [json.loads(line) for line in control_plane.audit_log.read_text().splitlines()]
    return [
        f"{record['verb']} {record['objectRef']['resource']}/{record['objectRef'].get('subresource', '')}"
        for record in records
        if record["user"]["username"] == OPERATOR and record["objectRef"].get("namespace") == namespace
        if record["objectRef"]["resource"] != "events"
        if name is None or record["objectRef"].get("name") == name
    ]


def settled(cluster: Cluster, name: str, account: str) -> None:
    cluster.apply(reseller(name, account))
    cluster.until_ready(name)


def test_a_look_that_finds_nothing_to_do_writes_only_its_echo(
    cluster: Cluster, control_plane: ControlPlane, account: str
) -> None:
    settled(cluster, "calm", account)
    before = writes(control_plane, cluster.namespace)
    cluster.annotate("calm", reconcile_at="now")
    cluster.until("calm", lambda seen: seen.status.get("lastHandledReconcileAt") == "now")
    after = writes(control_plane, cluster.namespace)
    assert after[len(before) :] == ["patch tenantresellers/status"]


def test_a_label_or_a_foreign_annotation_causes_no_write(
    cluster: Cluster, fake: WatchedFake, control_plane: ControlPlane, account: str
) -> None:
    settled(cluster, "calm", account)
    before = writes(control_plane, cluster.namespace, "calm")
    assert before, "its provisioning was written"
    cluster.kubectl("label", "tenantreseller", "calm", "team=sales")
    cluster.kubectl("annotate", "tenantreseller", "calm", "example.com/note=seen")
    # Its events are handled in order: once the next object is Ready, the labels were seen.
    settled(cluster, "next", fake.account(f"{account}-b", currency="EUR"))
    assert writes(control_plane, cluster.namespace, "calm") == before


def test_a_restart_writes_nothing(
    cluster: Cluster, fake: WatchedFake, operator: Operator, control_plane: ControlPlane, account: str
) -> None:
    for number in range(3):
        settled(cluster, f"calm-{number}", fake.account(f"{account}-{number}", currency="EUR"))
    versions = {seen.uid: seen.version for seen in cluster.see_all()}
    before = writes(control_plane, cluster.namespace)
    fake.forget_calls()
    operator.daemon.restart()
    operator.start()
    # Each tenant is looked at once after the start.
    eventually(lambda: fake.calls().get("organization", 0) >= 3)
    assert {seen.uid: seen.version for seen in cluster.see_all()} == versions
    assert writes(control_plane, cluster.namespace) == before


def test_a_creation_costs_few_writes(cluster: Cluster, control_plane: ControlPlane, account: str) -> None:
    settled(cluster, "thrifty", account)
    seen = writes(control_plane, cluster.namespace)
    # The finalizer, the generated Secret, and progress at most every 250 ms.
    assert seen.count("patch tenantresellers/") == 1
    assert seen.count("create secrets/") == 1
    assert seen.count("patch tenantresellers/status") <= 10
    assert len(seen) == seen.count("patch tenantresellers/status") + 2
