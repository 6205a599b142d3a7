"""The scenarios' place: the complete stack on this machine, shared by all of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from local.stack import Stack
from tests.cluster import Cluster
from tests.e2e.environment import Distributor, Environment

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def environment(stack: Stack) -> Environment:
    """Where the scenarios run."""
    return Environment(
        bss_url=stack.bss.url,
        kubeconfig=stack.kubeconfig,
        root=stack.bss.root,
        administrator=stack.bss.administrator,
        kill_operator=stack.operator.daemon.kill,
        start_operator=stack.operator.start,
    )


@pytest.fixture
def cluster(environment: Environment) -> Iterator[Cluster]:
    """A namespace of the scenario's own; its tenants are purged afterwards, so that their accounts are free again."""
    namespace = Cluster(environment.kubeconfig, f"scenario-{next(_numbers)}")
    namespace.kubectl("create", "namespace", namespace.namespace)
    yield namespace
    for seen in namespace.see_all():
        name = seen.item["metadata"]["name"]
        namespace.change(name, {"deletionPolicy": "Delete"})
    namespace.kubectl("delete", "tenantresellers", "--all", "--timeout=120s")


@pytest.fixture
def distributor(environment: Environment) -> Distributor:
    """The distributor's administrator at work."""
    return environment.distributor


@pytest.fixture
def account(distributor: Distributor) -> str:
    """Code of an account that no other scenario uses."""
    return distributor.account(f"E-{next(_numbers):04}")
