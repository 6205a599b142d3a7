"""The operator dies, the API server dies, the BSS fails: nothing is lost, nothing is made twice."""

from __future__ import annotations

from collections import Counter

import pytest

from local.control_plane import ControlPlane
from local.operator import Operator
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


@pytest.mark.parametrize("done", [0, 3, 12])
def test_killing_the_operator_in_the_middle_loses_and_doubles_nothing(
    cluster: Cluster, fake: WatchedFake, operator: Operator, account: str, done: int
) -> None:
    accounts = declare_many(cluster, fake, account)

    def ready() -> int:
        return sum(seen.ready for seen in cluster.see_all())

    eventually(ready, lambda count: count >= done, seconds=60)
    operator.daemon.kill()
    assert not operator.running
    operator.start()
    assert_one_tenant_each(fake, accounts, cluster.until_all_ready(MANY, seconds=90))


def test_the_operator_waits_for_an_api_server_that_was_killed(
    cluster: Cluster, fake: WatchedFake, control_plane: ControlPlane, account: str
) -> None:
    accounts = declare_many(cluster, fake, account, 8)
    eventually(lambda: any(seen.client_id for seen in cluster.see_all()), seconds=60)
    control_plane.apiserver.kill()
    control_plane.start()
    assert_one_tenant_each(fake, accounts, cluster.until_all_ready(8, seconds=90))


@pytest.mark.parametrize("restart", [True, False], ids=["while the operator was away", "under its eyes"])
def test_a_status_that_was_lost_is_found_again_by_the_key(
    cluster: Cluster, fake: WatchedFake, operator: Operator, account: str, restart: bool
) -> None:
    cluster.apply(reseller("restored", account))
    client_id = cluster.until_ready("restored").client_id
    if restart:
        operator.stop()
    # As after a restore from a backup that keeps no status.
    lost = ("--subresource=status", "--type=merge", '--patch={"status":null}')
    cluster.kubectl("patch", "tenantreseller", "restored", *lost)
    if restart:
        operator.start()
    assert cluster.until("restored", lambda seen: seen.ready and seen.client_id).client_id == client_id
    assert [tenant["clientId"] for tenant in fake.organizations() if tenant["account"] == account] == [client_id]


@pytest.mark.parametrize("kind", ["AnswerLost", "ServerError", "Reset", "NotJson", "WrongType", "Huge", "Unavailable"])
def test_trouble_of_the_bss_passes_and_leaves_one_tenant_each(
    cluster: Cluster, fake: WatchedFake, account: str, kind: str
) -> None:
    fake.trouble({"kind": kind, "probability": 0.15, "retryAfter": 0})
    accounts = declare_many(cluster, fake, account, 4)
    assert_one_tenant_each(fake, accounts, cluster.until_all_ready(4, seconds=90))


def test_an_unreachable_bss_is_told_and_provisioning_goes_on_afterwards(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    fake.trouble({"kind": "Unavailable", "retryAfter": 1})
    cluster.apply(reseller("waiting", account))
    seen = cluster.until("waiting", lambda seen: seen.condition("Reconciling").get("reason") == "ProgressingWithRetry")
    assert not seen.condition("Stalled")
    assert not seen.ready
    fake.calm()
    cluster.until_ready("waiting")


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
