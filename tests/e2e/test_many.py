"""Many at once, and the operator dies in the middle: each reseller gets one tenant, and only one."""

from __future__ import annotations

from tests.cluster import Cluster
from tests.e2e.environment import Distributor, Environment
from tests.eventually import eventually
from tests.manifests import reseller

MANY = 20


def test_twenty_at_once_with_a_crash_in_the_middle_become_twenty_tenants(
    environment: Environment, cluster: Cluster, distributor: Distributor, account: str
) -> None:
    accounts = [distributor.account(f"{account}-{number:02}") for number in range(MANY)]
    cluster.apply(*(reseller(f"many-{number:02}", code) for number, code in enumerate(accounts)))

    eventually(lambda: sum(seen.ready for seen in cluster.see_all()), lambda ready: ready >= 3, seconds=300, every=0.5)
    environment.kill_operator()
    assert sum(seen.ready for seen in cluster.see_all()) < MANY, "it was killed too late to show anything"
    environment.start_operator()

    all_seen = cluster.until_all_ready(MANY, seconds=900)
    ids = {seen.client_id for seen in all_seen}
    assert len(ids) == MANY
    made = [record for code in accounts for record in environment.organizations(code)]
    assert len(made) == MANY
    assert {record["client_id"] for record in made} == ids
    assert all(seen.process["progress"] == "9/9" for seen in all_seen)
    cluster.kubectl("wait", "--for=condition=Ready", "--timeout=180s", "tenantreseller", "--all")
