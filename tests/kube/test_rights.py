"""The operator's account: what it may not do, so that a stolen token is worth little."""

from __future__ import annotations

import pytest

from local.kubectl import Kubectl
from local.operator import Operator
from tests.cluster import Cluster


@pytest.mark.parametrize(
    "wish",
    [
        "delete tenantresellers",
        "create tenantresellers",
        "update secrets",
        "patch secrets",
        "delete secrets",
        "create configmaps",
        "patch configmaps",
        "list namespaces",
        "create pods",
        "list pods",
        "impersonate users",
        "create clusterrolebindings",
        "create serviceaccounts/token",
        "update customresourcedefinitions",
    ],
)
def test_the_operator_may_not(cluster: Cluster, operator: Operator, wish: str) -> None:
    allowed = Kubectl(operator.kubeconfig).run("auth", "can-i", *wish.split(), "--namespace", cluster.namespace)
    assert allowed.stdout.strip() == "no"


def test_the_operator_may_read_secrets(cluster: Cluster, operator: Operator) -> None:
    # Else the refusals above could come from a token that is worth nothing at all.
    allowed = Kubectl(operator.kubeconfig).run("auth", "can-i", "get", "secrets", "--namespace", cluster.namespace)
    assert allowed.stdout.strip() == "yes"
