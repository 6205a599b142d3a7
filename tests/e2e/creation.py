"""A Creation that something happens to, and what has to be true of it afterwards."""

from __future__ import annotations

from tests.cluster import Cluster, Seen
from tests.e2e.environment import Environment
from tests.manifests import reseller

RANGE = "reseller-large"
"""So many products that their copying takes seconds."""
MIDDLE_SECONDS = 240
READY_SECONDS = 480


def in_the_middle(cluster: Cluster, name: str, account: str) -> Seen:
    """Declare a reseller, and see its Creation while some of its tasks are done and others are not."""
    cluster.apply(reseller(name, account, priceList=RANGE))
    return cluster.until(name, is_in_the_middle, seconds=MIDDLE_SECONDS)


def is_in_the_middle(seen: Seen) -> bool:
    """Whether some tasks of its Creation are done and others are not."""
    process = seen.process
    return process.get("state") == "Running" and 1 <= process["completed"] < process["total"]


def went_on(environment: Environment, cluster: Cluster, before: Seen) -> None:
    """Assert that the same process came to its end, once, and made one tenant."""
    name, account = before.item["metadata"]["name"], before.spec["account"]
    seen = cluster.until_ready(name, seconds=READY_SECONDS)
    assert (seen.process["id"], seen.process["progress"]) == (before.process["id"], "9/9")
    (organization,) = environment.organizations(account)
    assert organization["client_id"] == seen.client_id
    recorded = environment.processes(account)
    assert [(process["identifier"], process["state"]) for process in recorded] == [(seen.process["id"], "completed")]
