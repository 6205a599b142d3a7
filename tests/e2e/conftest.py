"""The scenarios' place, shared by all of them: the complete stack on this machine, or the kind cluster."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.kind.installation import ADDRESS, Installation
from local.kind.places import places
from local.kind.scenarios import PLACE
from local.kubectl import Kubectl
from local.stack import Stack
from tests.cluster import Cluster
from tests.e2e.environment import Distributor, Environment

_numbers = itertools.count(1)
_ON_KIND = os.environ.get(PLACE) == "kind"
_LAST = "test_cluster_rights"
"""Looks back on what all others made the operator do."""

# Nodes, pods, images and pod security are only there.
collect_ignore_glob = [] if _ON_KIND else ["test_cluster_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give scenarios the time that they wait for at most on a busy machine, and put the look back to the end."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(1800))
    items.sort(key=lambda item: _LAST in item.nodeid)


@pytest.fixture(scope="session")
def environment(request: pytest.FixtureRequest) -> Environment:
    """Where the scenarios run: see `local.kind.scenarios`."""
    if _ON_KIND:
        return _on_kind(request.getfixturevalue("installation"))
    return _on_stack(request.getfixturevalue("stack"))


@pytest.fixture(scope="session")
def installation() -> Installation:
    """Operator and BSS on the kind cluster; for `test_cluster_*.py` alone."""
    return Installation(Kubectl(places().kubeconfig))


def _on_kind(installed: Installation) -> Environment:
    return Environment(
        bss_url=ADDRESS,
        kubeconfig=installed.kubectl.kubeconfig,
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
    namespace.kubectl("delete", "tenantresellers", "--all", "--timeout=300s")


@pytest.fixture
def distributor(environment: Environment) -> Distributor:
    """The distributor's administrator at work."""
    return environment.distributor


@pytest.fixture
def account(distributor: Distributor) -> str:
    """Code of an account that no other scenario uses."""
    return distributor.account(f"E-{next(_numbers):04}")
