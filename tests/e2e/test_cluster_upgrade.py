"""The operator is upgraded in place: another image, and a definition that has changed, while processes run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from local.kind.images import NEXT_OPERATOR
from local.kind.installation import OPERATOR, OPERATOR_NAMESPACE, OPERATOR_PODS, Installation
from local.kind.places import PROJECT
from tests.cluster import Cluster
from tests.e2e.creation import MIDDLE_SECONDS, RANGE, is_in_the_middle, went_on
from tests.e2e.environment import Distributor, Environment
from tests.eventually import eventually
from tests.manifests import reseller

MANY = 6
DEFINITION = PROJECT / "crds" / "tenantresellers.tenantreseller.io.yaml"


def next_definition() -> dict[str, Any]:
    """The definition as a later version may have it: one more field that may be left out, and one more column."""
    definition: dict[str, Any] = yaml.safe_load(DEFINITION.read_text())
    (version,) = definition["spec"]["versions"]
    fields = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    fields["note"] = {"type": "string", "maxLength": 200, "description": "For people only."}
    version["additionalPrinterColumns"].append({"name": "Note", "type": "string", "jsonPath": ".spec.note"})
    return definition


@pytest.fixture
def present_definition(installation: Installation) -> Iterator[None]:
    """The definition of this version again, after the test."""
    yield
    installation.kubectl("apply", "-f", str(DEFINITION))


def images(installation: Installation) -> set[str]:
    """The images that the operator's pods run."""
    pods = installation.kubectl.get("--namespace", OPERATOR_NAMESPACE, "pods", OPERATOR_PODS)["items"]
    return {pod["spec"]["containers"][0]["image"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}


@pytest.mark.usefixtures("present_definition")
def test_processes_go_on_and_stored_objects_stay(
    environment: Environment, installation: Installation, cluster: Cluster, distributor: Distributor, account: str
) -> None:
    kubectl = installation.kubectl
    cluster.apply(reseller("settled", account))
    settled = cluster.until_ready("settled", seconds=240)
    accounts = [distributor.account(f"{account}-{number}") for number in range(MANY)]
    cluster.apply(*(reseller(f"moving-{number}", code, priceList=RANGE) for number, code in enumerate(accounts)))
    seen = eventually(
        cluster.see_all, lambda all_seen: any(map(is_in_the_middle, all_seen)), seconds=MIDDLE_SECONDS, every=0.2
    )
    running = [one for one in seen if one.process.get("state") == "Running"]

    kubectl("apply", "-f", "-", document=json.dumps(next_definition()))
    kubectl("--namespace", OPERATOR_NAMESPACE, "set", "image", OPERATOR, f"operator={NEXT_OPERATOR.reference}")
    assert not all(one.ready for one in cluster.see_all()), "the upgrade came too late to show anything"
    installation.wait_for_operator()
    # A rollout is over when the new pods run, and the last old one may still be ending.
    eventually(lambda: images(installation), lambda found: found == {NEXT_OPERATOR.reference}, seconds=120)

    cluster.until_all_ready(MANY + 1, seconds=600)
    for one in running:
        went_on(environment, cluster, one)
    for code in accounts:
        assert len(environment.organizations(code)) == 1
        assert len(environment.processes(code)) == 1

    after = cluster.see("settled")
    assert (after.uid, after.spec, after.status) == (settled.uid, settled.spec, settled.status)
    cluster.change("settled", {"note": "moved to the new version"})
    assert cluster.until_ready("settled", seconds=120).client_id == settled.client_id
    heading, *rows = cluster.kubectl("get", "tenantresellers").splitlines()
    assert "NOTE" in heading
    assert any("moved to the new version" in row for row in rows)
