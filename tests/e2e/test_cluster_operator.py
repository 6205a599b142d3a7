"""The operator's pod goes in the middle of a Creation: deleted, or moved off a node that is drained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from local.kind.cluster import NODE
from local.kind.installation import OPERATOR_NAMESPACE, Installation
from local.kubectl import Kubectl
from tests.cluster import Cluster
from tests.e2e.creation import in_the_middle, went_on
from tests.e2e.environment import Environment
from tests.eventually import eventually


@contextmanager
def cordoned(kubectl: Kubectl) -> Iterator[None]:
    """The node takes no new pods meanwhile."""
    kubectl("cordon", NODE)
    try:
        yield
    finally:
        kubectl("uncordon", NODE)


def evicted(kubectl: Kubectl, pod: str) -> bool:
    """Ask for a pod's eviction as `kubectl drain` does; False when the disruption budget says: not now."""
    path = f"/api/v1/namespaces/{OPERATOR_NAMESPACE}/pods/{pod}/eviction"
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": OPERATOR_NAMESPACE},
    }
    answer = kubectl.run("create", "--raw", path, "-f", "-", document=json.dumps(eviction))
    assert answer.returncode == 0 or "disruption budget" in answer.stderr, answer.stderr
    return answer.returncode == 0


def gone(kubectl: Kubectl, pod: str) -> bool:
    return kubectl("--namespace", OPERATOR_NAMESPACE, "get", "pod", pod, "--ignore-not-found", "-o", "name") == ""


def test_its_pods_are_deleted(
    environment: Environment, installation: Installation, cluster: Cluster, account: str
) -> None:
    before = in_the_middle(cluster, "deleted-pod", account)
    pods = installation.operator_pods()

    installation.kubectl("--namespace", OPERATOR_NAMESPACE, "delete", "pod", *pods, "--wait=false")

    assert not cluster.see("deleted-pod").ready, "they were deleted too late to show anything"
    eventually(lambda: all(gone(installation.kubectl, pod) for pod in pods), seconds=180, every=0.5)
    installation.wait_for_operator()
    assert not set(pods) & set(installation.operator_pods())
    went_on(environment, cluster, before)


def test_the_node_is_drained_of_it(
    environment: Environment, installation: Installation, cluster: Cluster, account: str
) -> None:
    kubectl = installation.kubectl
    before = in_the_middle(cluster, "drained", account)
    pods = installation.operator_pods()

    # One after the other: with one node, the replacement of the first can only come when the node takes pods again.
    for pod in pods:
        with cordoned(kubectl):
            eventually(lambda pod=pod: evicted(kubectl, pod), seconds=180, every=1)
            assert pod != pods[0] or not cluster.see("drained").ready, "it was drained too late to show anything"
            eventually(lambda pod=pod: gone(kubectl, pod), seconds=180, every=0.5)
        installation.wait_for_operator()

    assert not set(pods) & set(installation.operator_pods())
    went_on(environment, cluster, before)
