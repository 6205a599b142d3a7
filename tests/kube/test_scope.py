"""An operator that serves a part of the cluster: what is outside is left alone, and rights in its part are enough."""

from __future__ import annotations

import itertools
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from local.control_plane import ControlPlane
from local.errors import LocalError
from local.kubectl import Kubectl
from local.operator import NAMESPACE, Operator
from local.sources import REPOSITORY
from tests.cluster import Cluster
from tests.eventually import eventually
from tests.kube.conftest import QUICK
from tests.kube.fake import WatchedFake
from tests.manifests import Json, reseller

OVERLAY = REPOSITORY / "manifests" / "overlays" / "namespaced"

_namespaces = (f"scope-{number}" for number in itertools.count(1))

PATIENT = {f"{kind}_{end}": "80000" for kind in ("prerequisite_retry", "retry") for end in ("base", "max")}
"""Waiting times that no test outlasts."""

Start = Callable[..., Operator]


@pytest.fixture(scope="module")
def bss(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedFake]:
    process = WatchedFake(tmp_path_factory.mktemp("scope-bss"))
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def start(other_plane: ControlPlane, bss: WatchedFake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts an operator with these settings; all are stopped afterwards."""
    with ExitStack() as stack:

        def start(rights: Callable[[], None] = lambda: None, **settings: str) -> Operator:
            chosen = QUICK | {f"TENANT_RESELLER_{name.upper()}": value for name, value in settings.items()}
            operator = Operator(tmp_path_factory.mktemp("scoped"), other_plane, bss.url, bss.api_key, chosen)
            operator.install()
            rights()
            stack.callback(operator.stop)
            operator.start()
            return operator

        yield start


@pytest.fixture
def make_namespace(other_plane: ControlPlane) -> Callable[[], Cluster]:
    def make() -> Cluster:
        made = Cluster(other_plane.kubeconfig, next(_namespaces))
        made.kubectl("create", "namespace", made.namespace)
        return made

    return make


def labelled(manifest: Json, **labels: str) -> Json:
    return manifest | {"metadata": manifest["metadata"] | {"labels": labels}}


def rights_in(plane: ControlPlane, namespace: str) -> None:
    """Only the Roles of the overlay, for this namespace, instead of the ClusterRole."""
    kubectl = Kubectl(plane.kubeconfig)
    objects = [
        item | {"metadata": item["metadata"] | ({"namespace": namespace} if is_served(item) else {})}
        for item in yaml.safe_load_all(kubectl("kustomize", str(OVERLAY)))
        if item["kind"] in {"Role", "RoleBinding"}
    ]
    kubectl("apply", "-f", "-", document=yaml.safe_dump_all(objects))
    kubectl("delete", "clusterrolebinding", "tenant-reseller-operator")


def is_served(item: Json) -> bool:
    return bool(item["metadata"]["namespace"] == "tenants")


def test_rights_in_one_namespace_are_enough_and_others_are_left_alone(
    other_plane: ControlPlane, bss: WatchedFake, start: Start, make_namespace: Callable[[], Cluster]
) -> None:
    served, other = make_namespace(), make_namespace()
    accounts = [bss.account(f"N-{number}", currency="EUR") for number in range(2)]
    start(lambda: rights_in(other_plane, served.namespace), namespaces=served.namespace, cluster_id="tests")
    other.apply(reseller("outside", accounts[0]))
    served.secret("given", password="A password of 24 letters")
    secret = {"name": "given", "key": "password"}
    served.apply(reseller("inside", accounts[1], administrator={"userName": "maria", "passwordSecretRef": secret}))

    served.until_ready("inside", seconds=90)
    assert other.see("outside").item.get("metadata", {}).get("finalizers") is None
    assert not other.see("outside").status.get("conditions")


def test_each_object_belongs_to_the_operator_whose_selector_it_matches(
    bss: WatchedFake, start: Start, make_namespace: Callable[[], Cluster]
) -> None:
    namespace = make_namespace()
    accounts = [bss.account(f"S-{number}", currency="EUR") for number in range(3)]
    first = start(selector="shard=a")
    namespace.apply(
        labelled(reseller("mine", accounts[0]), shard="a"),
        labelled(reseller("others", accounts[1]), shard="b"),
        reseller("nobodys", accounts[2]),
    )
    client_id = namespace.until_ready("mine", seconds=90).client_id
    assert not namespace.see("others").status.get("conditions")

    start(selector="shard=b")
    namespace.until_ready("others", seconds=90)
    assert not namespace.see("nobodys").status.get("conditions")

    # Moved to the other: the first lets go of it, the second takes it as it is.
    namespace.kubectl("label", "--overwrite", "tenantreseller", "mine", "shard=b")
    namespace.change("mine", {"edition": "Premium"})
    moved = namespace.until_ready("mine", seconds=90)
    assert moved.client_id == client_id
    first.stop()
    namespace.kubectl("delete", "--timeout=90s", "tenantreseller", "mine")


def test_a_selector_that_the_api_server_refuses_ends_the_start(start: Start) -> None:
    with pytest.raises(LocalError) as refused:
        start(selector="shard in")
    assert "TENANT_RESELLER_SELECTOR: the API server refuses it" in str(refused.value.remedy)


def test_a_new_api_key_is_used_without_a_restart(
    other_plane: ControlPlane,
    bss: WatchedFake,
    start: Start,
    make_namespace: Callable[[], Cluster],
    tmp_path: Path,
) -> None:
    namespace = make_namespace()
    account = bss.account("K-1", currency="EUR")
    key = tmp_path / "api-key"
    key.write_text("of-yesterday")
    start(namespaces=namespace.namespace, bss_api_key_file=str(key), **PATIENT)
    namespace.apply(reseller("waiting", account))
    namespace.until_told("waiting", "Ready", "Unauthorized", seconds=60)

    key.write_text(bss.api_key.read_text())

    namespace.until_ready("waiting", seconds=60)


def test_a_first_signal_ends_in_order_and_a_second_one_at_once(
    other_plane: ControlPlane, bss: WatchedFake, start: Start, make_namespace: Callable[[], Cluster]
) -> None:
    operator = start(namespaces=make_namespace().namespace, leader_election="true")
    process = operator.daemon.process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    lease = json.loads(Kubectl(other_plane.kubeconfig)("get", "leases", "--namespace", NAMESPACE, "-o", "json"))
    assert [item["spec"].get("holderIdentity") for item in lease["items"]] == [None]

    operator.start()
    eventually(lambda: operator.daemon.log.read_text().count("Leading as"), lambda count: count == 2, seconds=60)
    process = operator.daemon.process
    assert process is not None
    # The API server answers nothing, so that the giving back of the Lease takes its time.
    other_plane.apiserver.freeze()
    try:
        process.send_signal(signal.SIGTERM)
        eventually(lambda: operator.daemon.log.read_text().count("SIGTERM: finishing"), lambda count: count == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
    finally:
        other_plane.apiserver.thaw()
