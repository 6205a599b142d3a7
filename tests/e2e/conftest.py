"""The scenarios' place, shared by all of them: the complete stack on this machine, or the kind cluster."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from local.kind.installation import ADDRESS, Installation
from local.kind.places import places
from local.kind.scenarios import PLACE
from local.kubectl import Kubectl
from local.stack import Stack
from tests.cluster import Cluster
from tests.e2e.environment import Distributor, Environment

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def environment(request: pytest.FixtureRequest) -> Environment:
    """Where the scenarios run: see `local.kind.scenarios`."""
    return _on_kind() if os.environ.get(PLACE) == "kind" else _on_stack(request.getfixturevalue("stack"))


def _on_kind() -> Environment:
    kubeconfig = places().kubeconfig
    installed = Installation(Kubectl(kubeconfig))
    return Environment(
        bss_url=ADDRESS,
        kubeconfig=kubeconfig,
        root="distributor",
        administrator=installed.administrator,
        kill_operator=installed.kill_operator,
        start_operator=installed.wait_for_operator,
    )


def _on_stack(stack: Stack) -> Environment:
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
