"""The end: the documented commands leave nothing of the installation, and nothing that hangs."""

from __future__ import annotations

from local.kind.installation import BSS_NAMESPACE, OPERATOR_NAMESPACE, OVERLAY, Installation
from tests.cluster import Cluster
from tests.e2e.environment import Distributor, Environment
from tests.manifests import reseller

NAMESPACE = "uninstalled"


def test_nothing_is_left(environment: Environment, installation: Installation, distributor: Distributor) -> None:
    kubectl = installation.kubectl
    cluster = Cluster(environment.kubeconfig, NAMESPACE)
    kubectl("create", "namespace", NAMESPACE)
    cluster.apply(
        reseller("kept", distributor.account("U-0001")),
        reseller("purged", distributor.account("U-0002"), deletionPolicy="Delete"),
        # One that never becomes a tenant must not hold anything up.
        reseller("mistaken", "U-0003-missing"),
    )
    for name in ("kept", "purged"):
        cluster.until_ready(name, seconds=240)
    installed = kubectl("get", "--kustomize", str(OVERLAY), "--ignore-not-found", "-o", "name").split()
    assert f"namespace/{OPERATOR_NAMESPACE}" in installed

    # As docs/cluster.md says.
    kubectl("delete", "tenantresellers", "--all", "--all-namespaces", "--timeout=300s")
    kubectl("delete", "--kustomize", str(OVERLAY), "--ignore-not-found", "--timeout=600s")

    kubectl("delete", "namespace", NAMESPACE, "--timeout=120s")
    namespaces = {item["metadata"]["name"]: item["status"]["phase"] for item in kubectl.get("namespaces")["items"]}
    assert not namespaces.keys() & {OPERATOR_NAMESPACE, BSS_NAMESPACE, NAMESPACE}
    assert set(namespaces.values()) == {"Active"}
    for kind in ("customresourcedefinitions", "clusterroles", "clusterrolebindings", "persistentvolumes"):
        left = kubectl("get", kind, "-o", "name").split()
        assert not set(left) & set(installed)
        assert not [name for name in left if "tenant" in name], kind
    claims = kubectl.get("persistentvolumes")["items"]
    assert claims == []
