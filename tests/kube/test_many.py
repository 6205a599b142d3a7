"""Many at once: nothing is lost, nothing is made twice. What breaks meanwhile is in `faults/`."""

from __future__ import annotations

from collections import Counter

from tests.cluster import Cluster, Seen
from tests.eventually import eventually
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

MANY = 20


def declare_many(cluster: Cluster, fake: WatchedFake, account: str, count: int = MANY) -> set[str]:
    """Declare so many resellers in one request; answers their accounts."""
    accounts = [fake.account(f"{account}-{number:02}", currency="EUR") for number in range(count)]
    cluster.apply(*(reseller(f"many-{number:02}", code) for number, code in enumerate(accounts)))
    return set(accounts)


def assert_one_tenant_each(fake: WatchedFake, accounts: set[str], all_seen: list[Seen]) -> None:
    """Each reseller has one organization, each organization one reseller."""
    made = Counter(tenant["account"] for tenant in fake.organizations() if tenant["account"] in accounts)
    assert made == Counter(accounts)
    ids = {seen.client_id for seen in all_seen}
    assert len(ids) == len(accounts)
    assert ids == {tenant["clientId"] for tenant in fake.organizations() if tenant["account"] in accounts}


def test_twenty_at_once_become_twenty_tenants(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    accounts = declare_many(cluster, fake, account)
    assert_one_tenant_each(fake, accounts, cluster.until_all_ready(MANY, seconds=90))


def test_at_most_four_processes_run_at_once_and_the_others_know_their_place(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    declare_many(cluster, fake, account)
    queued: set[str] = set()

    def look() -> list[Seen]:
        all_seen = cluster.see_all()
        running = [seen for seen in all_seen if seen.process.get("state") == "Running"]
        assert len(running) <= 4
        queued.update(seen.condition("Ready")["message"] for seen in all_seen if seen.process.get("state") == "Queued")
        return all_seen

    eventually(look, lambda all_seen: all(seen.ready for seen in all_seen), seconds=90)
    assert any("ahead" in message for message in queued), queued


def test_a_foreign_organization_is_left_untouched(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.apply(reseller("foreign", account))
    seen = cluster.until_ready("foreign")
    key = fake.organization(seen.client_id)["key"]
    fake.change_organization(key, owner="somebody-else")
    cluster.change("foreign", {"edition": "Premium"})
    stalled = cluster.until("foreign", lambda seen: seen.observed and seen.condition("Stalled"))
    assert not stalled.ready
    fake.change_organization(key, owner="operator")
    assert fake.organization(seen.client_id)["edition"] == "Basic"
    cluster.annotate("foreign", reconcile_at="now")
    cluster.until_ready("foreign")
