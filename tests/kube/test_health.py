"""Objects as a real API server has them: kstatus and Argo CD answer what the documentation says."""

from __future__ import annotations

import pytest
import yaml

from local.control_plane import ControlPlane
from local.kubectl import Kubectl
from tests.cluster import Cluster, Json
from tests.health.tools import HEALTH_CHECK, PAGE, Argo, Kstatus, expected
from tests.kube.fake import WatchedFake
from tests.manifests import reseller


@pytest.fixture
def objects(cluster: Cluster, fake: WatchedFake, account: str) -> dict[str, Json]:
    """One object at each of these stages."""
    names = ("ready", "suspended", "paused", "deleting", "operational", "vanished")
    cluster.secret("weak", password="short")
    by_secret = {"userName": "maria", "passwordSecretRef": {"name": "weak"}}
    cluster.apply(
        *(reseller(name, fake.account(f"{account}-{name}", currency="EUR")) for name in names),
        reseller("fresh", account, paused=True),
        reseller("stalled", account, administrator=by_secret),
        reseller("waiting-for-account", "T-never-to-come"),
    )
    for name in names:
        cluster.until_ready(name, seconds=60)
    cluster.change("suspended", {"state": "Suspended"})
    cluster.change("operational", {"backOrdering": True})
    cluster.change("paused", {"paused": True, "edition": "Premium"})
    fake.remove_organization(fake.organization(cluster.see("vanished").client_id)["key"])
    cluster.annotate("vanished", reconcile_at="now")
    cluster.until_told("vanished", "Ready", "OrganizationMissing")
    cluster.until("suspended", lambda seen: seen.ready)
    cluster.until("operational", lambda seen: seen.ready and seen.is_true("Operational"))
    cluster.until("stalled", lambda seen: seen.condition("Stalled"))
    cluster.until_told("waiting-for-account", "Ready", "AccountNotFound")
    found = {seen.item["metadata"]["name"]: seen.item for seen in cluster.see_all()}
    # Only now: the BSS being away is told by all others too at their next look.
    fake.trouble({"kind": "Unavailable", "retryAfter": 1})
    cluster.kubectl("delete", "tenantreseller", "deleting", "--wait=false")
    deleting = cluster.until("deleting", lambda seen: seen.condition("Ready").get("reason") == "Deleting")
    return {**found, "deleting": deleting.item}


def test_kstatus_and_argo_cd(objects: dict[str, Json], kstatus: Kstatus) -> None:
    # `fresh` had to be paused to stay so; Argo CD tells that first.
    wanted = {name: expected()[name] for name in objects}
    wanted["fresh"] = wanted["fresh"]._replace(argo=expected()["paused"].argo)
    answers = dict(zip(objects, kstatus(*objects.values()), strict=True))
    argo = Argo()
    told = {name: (answers[name][0], argo(item)[0]) for name, item in objects.items()}
    assert told == {name: tuple(words) for name, words in wanted.items()}


def test_the_health_check_is_installed_as_the_documentation_says(control_plane: ControlPlane) -> None:
    kubectl = Kubectl(control_plane.kubeconfig)
    kubectl("create", "namespace", "argocd")
    settings = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-cm", "namespace": "argocd"},
        "data": {"url": "https://argocd.example"},
    }
    kubectl("apply", "--server-side", "--filename", "-", document=yaml.safe_dump(settings))
    entry = "resource.customizations.health.tenantreseller.io_TenantReseller"
    create, apply = (f"{entry}=manifests/argocd/health.lua", "--field-manager tenant-reseller-operator")
    assert create in PAGE.read_text()
    assert apply in PAGE.read_text()
    made = kubectl(
        *("create", "configmap", "argocd-cm", "--namespace", "argocd", "--dry-run=client", "--output", "yaml"),
        *("--from-file", f"{entry}={HEALTH_CHECK}"),
    )
    kubectl("apply", "--server-side", "--field-manager", "tenant-reseller-operator", "--filename", "-", document=made)
    stored = yaml.safe_load(kubectl("get", "configmap", "argocd-cm", "--namespace", "argocd", "--output", "yaml"))
    assert stored["data"] == {"url": "https://argocd.example", entry: HEALTH_CHECK.read_text()}
