"""What is wrong beside the manifest: its own reason, a message with the remedy, and it heals when it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.cluster import Cluster
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

Json = dict[str, Any]
Act = Callable[[Cluster, WatchedFake, str], object]
LOCALE = {"language": "en", "timeZone": "Europe/Athens", "dateFormat": "dd/MM/yyyy"}
BY_SECRET: Json = {"administrator": {"userName": "maria", "passwordSecretRef": {"name": "admin"}}}


def nothing(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    """No preparation is needed."""


def change(**spec: object) -> Act:
    """The user mends the manifest."""
    return lambda cluster, fake, account: cluster.change("bad", spec)


@dataclass(frozen=True)
class Case:
    """A mistake, what is told, and how it is mended."""

    reason: str
    says: str
    spec: Json
    mend: Act
    before: Act = nothing
    condition: str = "PrerequisitesMet"
    stalled: bool = False
    tags: tuple[str, ...] = field(default=())


CASES = [
    Case(
        reason="OrderingDisabled",
        says="Enable ordering",
        spec={},
        before=lambda cluster, fake, account: fake.account(account, ordering_enabled=False),
        mend=lambda cluster, fake, account: fake.account(account, ordering_enabled=True),
    ),
    Case(
        reason="PriceListNotFound",
        says="spec.priceList",
        spec={"priceList": "no-such-list"},
        mend=change(priceList="reseller-eur"),
    ),
    Case(
        reason="PriceListInactive",
        says="Activate the price list",
        spec={"priceList": "reseller-old"},
        mend=change(priceList="reseller-eur"),
    ),
    Case(
        reason="PriceListNotValidToday",
        says="Change the dates",
        spec={"priceList": "reseller-expired"},
        mend=change(priceList="reseller-eur"),
    ),
    Case(
        reason="CurrencyMismatch",
        says="USD",
        spec={"priceList": "reseller-usd"},
        mend=change(priceList="reseller-eur"),
    ),
    Case(
        reason="LanguageNotSupported",
        says="spec.locale.language",
        spec={"locale": LOCALE | {"language": "tlh"}},
        mend=change(locale={"language": "de"}),
    ),
    Case(
        reason="TimeZoneNotSupported",
        says="spec.locale.timeZone",
        spec={"locale": LOCALE | {"timeZone": "Europe/Atlantis"}},
        mend=change(locale={"timeZone": "Europe/Paris"}),
    ),
    Case(
        reason="DateFormatNotSupported",
        says="spec.locale.dateFormat",
        spec={"locale": LOCALE | {"dateFormat": "yy/dd"}},
        mend=change(locale={"dateFormat": "yyyy-MM-dd"}),
    ),
    Case(
        reason="SecretNotFound",
        says="Create the Secret",
        spec=BY_SECRET,
        mend=lambda cluster, fake, account: cluster.secret("admin", password="Windward-Harbour-48"),
    ),
    Case(
        reason="SecretKeyMissing",
        says="under the key",
        spec=BY_SECRET,
        before=lambda cluster, fake, account: cluster.secret("admin", other="Windward-Harbour-48"),
        mend=lambda cluster, fake, account: cluster.secret("admin", password="Windward-Harbour-48"),
    ),
    Case(
        reason="LogoNotFound",
        says="spec.storefront.logo",
        spec={
            "edition": "Premium",
            "storefront": {"logo": {"configMapKeyRef": {"name": "brand", "key": "logo.svg"}}},
        },
        mend=lambda cluster, fake, account: cluster.apply(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "brand"},
                "data": {"logo.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>'},
            }
        ),
    ),
    Case(
        condition="AdministratorCreated",
        reason="PasswordTooWeak",
        says="Put a stronger password into the Secret",
        spec=BY_SECRET,
        before=lambda cluster, fake, account: cluster.secret("admin", password="short"),
        mend=lambda cluster, fake, account: cluster.secret("admin", password="Windward-Harbour-48"),
        stalled=True,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.reason)
def test_a_mistake_is_told_with_its_remedy_and_heals_when_it_is_mended(
    cluster: Cluster, fake: WatchedFake, account: str, case: Case
) -> None:
    case.before(cluster, fake, account)
    cluster.apply(reseller("bad", account, **case.spec))

    message = cluster.until_told("bad", case.condition, case.reason)
    assert case.says in message
    seen = cluster.see("bad")
    assert not seen.ready
    assert case.reason == seen.condition("Ready")["reason"]
    assert case.says in seen.condition("Ready")["message"]
    assert bool(seen.condition("Stalled")) == case.stalled
    assert bool(seen.condition("Reconciling")) != case.stalled

    case.mend(cluster, fake, account)
    seen = cluster.until_ready("bad")
    assert not seen.condition("Stalled")
    assert not seen.condition("Reconciling")


def test_an_account_that_does_not_exist_yet_may_come_later(cluster: Cluster, fake: WatchedFake) -> None:
    cluster.apply(reseller("early", "T-to-come"))
    message = cluster.until_told("early", "PrerequisitesMet", "AccountNotFound")
    assert "T-to-come" in message
    assert "Create the account in the BSS" in message
    fake.account("T-to-come", currency="EUR")
    cluster.until_ready("early")


def test_an_account_that_is_a_tenant_already_is_left_alone(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.apply(reseller("first", account))
    first = cluster.until_ready("first").client_id
    cluster.apply(reseller("second", account))
    assert "another account" in cluster.until_told("second", "PrerequisitesMet", "AccountIsTenant")
    assert cluster.see("second").condition("Stalled")["status"] == "True"
    assert [tenant["clientId"] for tenant in fake.organizations() if tenant["account"] == account] == [first]
    # It heals when the first one is purged.
    cluster.change("first", {"deletionPolicy": "Delete"})
    cluster.until_ready("first")
    cluster.kubectl("delete", "tenantreseller", "first", "--timeout=90s")
    assert cluster.until_ready("second").client_id != first


def test_a_user_name_that_is_taken_is_told(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("taken", account, administrator={"userName": "admin"}))
    message = cluster.until_told("taken", "AdministratorCreated", "UserNameTaken")
    assert "admin" in message
    assert "another name" in message
    # The name is immutable: the remedy is a new object, and nothing of the old one is in its way.
    cluster.change("taken", {"deletionPolicy": "Delete"})
    cluster.kubectl("delete", "tenantreseller", "taken", "--timeout=90s")
    cluster.apply(reseller("taken", account, administrator={"userName": "maria"}))
    cluster.until_ready("taken")


def test_a_hostname_that_another_storefront_has_is_told_and_heals(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    host = f"shop.{cluster.namespace}.example"
    cluster.apply(reseller("first", account, edition="Premium", storefront={"hostname": host}))
    assert cluster.until_ready("first").status["storefrontURL"] == f"https://{host}/"
    other = fake.account(f"{account}-b", currency="EUR")
    cluster.apply(reseller("second", other, edition="Premium", storefront={"hostname": host}))
    assert host in cluster.until_told("second", "StorefrontCreated", "HostnameTaken")
    cluster.change("first", {"storefront": None})
    cluster.until_ready("second")


def test_a_secret_that_somebody_else_made_is_not_taken_over(cluster: Cluster, account: str) -> None:
    cluster.secret("bad-admin", password="Somebody-Elses-99")
    cluster.apply(reseller("bad", account))
    assert "passwordSecretRef" in cluster.until_told("bad", "PrerequisitesMet", "SecretNotOurs")
    assert cluster.read_secret("bad-admin") == {"password": "Somebody-Elses-99"}
    cluster.kubectl("delete", "secret", "bad-admin")
    cluster.until_ready("bad")
    assert cluster.read_secret("bad-admin")["username"] == "maria"
