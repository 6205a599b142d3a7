"""The manifests: whole, accepted by an API server, and as restricted as their namespaces demand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.control_plane import ControlPlane
from local.kubectl import Kubectl

Json = dict[str, Any]

MANIFESTS = Path(__file__).parents[2] / "manifests"
FOLDERS = sorted(file.parent.relative_to(MANIFESTS) for file in MANIFESTS.rglob("kustomization.yaml"))
BASES = [folder for folder in FOLDERS if folder.parts[0] != "components"]
WORKLOADS = {"Deployment", "StatefulSet", "Job"}


def built(kubectl: Kubectl, folder: Path) -> list[Json]:
    """The objects of a folder, as `kubectl apply -k` sends them."""
    return [item for item in yaml.safe_load_all(kubectl("kustomize", str(MANIFESTS / folder))) if item]


def pods_of(objects: list[Json]) -> list[Json]:
    """Pods as the workloads would make them, each named after its workload."""
    return [_pod(item["metadata"], item["spec"]) for item in objects if item["kind"] in WORKLOADS]


def _pod(metadata: Json, workload: Json) -> Json:
    template = workload["template"]
    claims = [claim["metadata"]["name"] for claim in workload.get("volumeClaimTemplates", [])]
    claimed = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": template["metadata"]["labels"],
        },
        "spec": template["spec"] | {"volumes": template["spec"]["volumes"] + claimed},
    }


def containers(pod: Json) -> list[Json]:
    """All containers of a pod, those of its start included."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


@pytest.fixture(scope="module")
def kubectl(control_plane: ControlPlane) -> Kubectl:
    return Kubectl(control_plane.kubeconfig)


@pytest.fixture(scope="module")
def whole(kubectl: Kubectl) -> list[Json]:
    """Everything that the overlay for kind installs."""
    return built(kubectl, Path("overlays/kind"))


@pytest.mark.parametrize("folder", BASES, ids=str)
def test_every_folder_can_be_built(kubectl: Kubectl, folder: Path) -> None:
    assert built(kubectl, folder)


def test_an_api_server_accepts_everything(kubectl: Kubectl, whole: list[Json]) -> None:
    namespaces = [item for item in whole if item["kind"] == "Namespace"]
    kubectl("apply", "--server-side", "-f", "-", document=yaml.safe_dump_all(namespaces))

    answer = kubectl(
        *("apply", "--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts", "-f", "-"),
        document=yaml.safe_dump_all(whole),
    )

    assert len(answer.splitlines()) == len(whole)


def test_every_pod_may_run_in_its_namespace(kubectl: Kubectl, whole: list[Json]) -> None:
    needed = [item for item in whole if item["kind"] in {"Namespace", "ServiceAccount"}]
    kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", document=yaml.safe_dump_all(needed))
    namespaces = [item for item in needed if item["kind"] == "Namespace"]
    pods = pods_of(whole)

    assert {item["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] for item in namespaces} == {"restricted"}
    assert {pod["metadata"]["namespace"] for pod in pods} == {item["metadata"]["name"] for item in namespaces}
    for pod in pods:
        kubectl("create", "--dry-run=server", "-f", "-", document=json.dumps(pod))


def test_no_container_can_write_to_its_image_or_gain_rights(whole: list[Json]) -> None:
    for pod in pods_of(whole):
        for container in containers(pod):
            where = f"{pod['metadata']['name']}/{container['name']}"
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True, where
            assert context["capabilities"] == {"drop": ["ALL"]}, where
            assert context["allowPrivilegeEscalation"] is False, where


def test_every_container_says_what_it_needs_and_of_which_version_it_is(whole: list[Json]) -> None:
    for pod in pods_of(whole):
        for container in containers(pod):
            where = f"{pod['metadata']['name']}/{container['name']}"
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}, where
            assert "memory" in container["resources"]["limits"], where
            tag = container["image"].partition(":")[2]
            assert tag not in {"", "latest"}, where


def test_only_pods_that_speak_with_the_api_server_get_a_token(whole: list[Json]) -> None:
    accounts = {
        item["metadata"]["name"]: item.get("automountServiceAccountToken", True)
        for item in whole
        if item["kind"] == "ServiceAccount"
    }
    with_token = {
        pod["metadata"]["name"]
        for pod in pods_of(whole)
        if pod["spec"].get("automountServiceAccountToken", accounts[pod["spec"]["serviceAccountName"]])
    }

    assert with_token == {"tenant-reseller-operator", "generated-secrets"}


def test_no_secret_stands_in_the_manifests(whole: list[Json]) -> None:
    assert not [item for item in whole if item["kind"] == "Secret"]


@pytest.mark.parametrize("folder", ["overlays/kind", "overlays/external-database"])
def test_every_secret_and_setting_that_a_pod_names_has_a_source(kubectl: Kubectl, folder: str) -> None:
    objects = built(kubectl, Path(folder))
    maps = {item["metadata"]["name"] for item in objects if item["kind"] == "ConfigMap"}
    named_maps, named_secrets = set(), set()
    for pod in pods_of(objects):
        for volume in pod["spec"]["volumes"]:
            named_maps |= {volume["configMap"]["name"]} if "configMap" in volume else set()
            named_secrets |= {volume["secret"]["secretName"]} if "secret" in volume else set()
        for container in containers(pod):
            named_maps |= {source["configMapRef"]["name"] for source in container.get("envFrom", [])}
            sources = [variable.get("valueFrom", {}) for variable in container.get("env", [])]
            named_secrets |= {source["secretKeyRef"]["name"] for source in sources if "secretKeyRef" in source}

    assert named_maps <= maps
    assert named_secrets == {"bss-database", "bss-admin", "bss-api-key", "tenant-reseller-operator-bss"}


def test_people_of_a_cluster_get_their_rights_by_aggregation(whole: list[Json]) -> None:
    prefix = "rbac.authorization.k8s.io/aggregate-to-"
    granted = {
        label.removeprefix(prefix): set(rule["verbs"])
        for item in whole
        if item["kind"] == "ClusterRole"
        for label in item["metadata"]["labels"]
        if label.startswith(prefix)
        for rule in item["rules"]
    }

    assert granted["view"] == {"get", "list", "watch"}
    assert granted["edit"] == {"create", "update", "patch", "delete"}
    assert granted["admin"] == granted["edit"] | {"deletecollection"}


def test_an_api_server_accepts_the_installation_with_rights_in_one_namespace(kubectl: Kubectl) -> None:
    objects = built(kubectl, Path("overlays/namespaced"))
    names = {"tenants"} | {item["metadata"]["name"] for item in objects if item["kind"] == "Namespace"}
    namespaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names]
    kubectl("apply", "-f", "-", document=yaml.safe_dump_all(namespaces))

    answer = kubectl(
        *("apply", "--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts", "-f", "-"),
        document=yaml.safe_dump_all(objects),
    )

    assert len(answer.splitlines()) == len(objects)


def test_rights_in_one_namespace_are_those_in_all_without_the_cluster_itself(kubectl: Kubectl) -> None:
    objects = built(kubectl, Path("overlays/namespaced"))
    everywhere = built(kubectl, Path("operator"))
    (whole,) = (item["rules"] for item in everywhere if item["kind"] == "ClusterRole")
    (here,) = (item["rules"] for item in objects if item["kind"] == "Role" and is_named(item, "tenants"))
    bound = [item for item in objects if item["kind"] == "RoleBinding"]

    assert here == [rule for rule in whole if rule["resources"] != ["namespaces"]]
    assert not [item for item in objects if item["kind"] == "ClusterRoleBinding"]
    assert {item["subjects"][0]["namespace"] for item in bound} == {"tenant-reseller-system"}


def is_named(item: Json, namespace: str) -> bool:
    """Whether it is the operator's own in this namespace."""
    return item["metadata"]["name"] == "tenant-reseller-operator" and item["metadata"]["namespace"] == namespace
