"""Mistakes that people make, against the real BSS: each is told by its own reason and heals when it is mended."""

from __future__ import annotations

from datetime import date, timedelta

from tests.cluster import Cluster
from tests.e2e.environment import Distributor
from tests.manifests import reseller

LOCALE = {"language": "en", "timeZone": "Europe/Athens", "dateFormat": "dd/MM/yyyy"}
TOLD_SECONDS = 120
HEALED_SECONDS = 300


def day(when: date | None) -> dict[str, object] | None:
    """A date as the BSS's protocol writes it."""
    return when and {"__class__": "date", "year": when.year, "month": when.month, "day": when.day}


def test_mistakes_in_the_manifest(cluster: Cluster, distributor: Distributor, account: str) -> None:
    mistakes = {
        "inactive": ("PriceListInactive", {"priceList": "reseller-old"}, {"priceList": "reseller-eur"}),
        "expired": ("PriceListNotValidToday", {"priceList": "reseller-expired"}, {"priceList": "reseller-eur"}),
        "dollars": ("CurrencyMismatch", {"priceList": "reseller-usd"}, {"priceList": "reseller-eur"}),
        "no-list": ("PriceListNotFound", {"priceList": "no-such-list"}, {"priceList": "reseller-eur"}),
        "klingon": ("LanguageNotSupported", {"locale": LOCALE | {"language": "tlh"}}, {"locale": LOCALE}),
        "atlantis": ("TimeZoneNotSupported", {"locale": LOCALE | {"timeZone": "Europe/Atlantis"}}, {"locale": LOCALE}),
        "format": ("DateFormatNotSupported", {"locale": LOCALE | {"dateFormat": "yy/dd"}}, {"locale": LOCALE}),
    }
    for name, (_, wrong, _) in mistakes.items():
        cluster.apply(reseller(name, distributor.account(f"{account}-{name}"), **wrong))
    for name, (reason, _, _) in mistakes.items():
        message = cluster.until_told(name, "PrerequisitesMet", reason, seconds=TOLD_SECONDS)
        assert "spec." in message
    for name, (_, _, right) in mistakes.items():
        cluster.change(name, right)
    cluster.until_all_ready(len(mistakes), seconds=480)


def test_an_account_that_may_not_order(cluster: Cluster, distributor: Distributor, account: str) -> None:
    distributor.account(account, ordering_enabled=False)
    cluster.apply(reseller("idle", account))
    message = cluster.until_told("idle", "PrerequisitesMet", "OrderingDisabled", seconds=TOLD_SECONDS)
    assert "Enable ordering" in message
    distributor.account(account, ordering_enabled=True)
    cluster.until_ready("idle", seconds=HEALED_SECONDS)


def test_an_account_that_does_not_exist(cluster: Cluster, distributor: Distributor, account: str) -> None:
    missing = f"{account}-missing"
    cluster.apply(reseller("unknown", missing))
    assert missing in cluster.until_told("unknown", "PrerequisitesMet", "AccountNotFound", seconds=TOLD_SECONDS)
    distributor.account(missing)
    cluster.until_ready("unknown", seconds=HEALED_SECONDS)


def test_an_account_that_is_a_tenant_already(cluster: Cluster) -> None:
    # The demonstration data has one that was made by hand.
    cluster.apply(reseller("taken", "R-1023"))
    message = cluster.until_told("taken", "PrerequisitesMet", "AccountIsTenant", seconds=TOLD_SECONDS)
    assert "spec.adopt.clientID" in message
    assert cluster.see("taken").condition("Stalled")["status"] == "True"


def test_a_price_list_that_has_expired_is_prolonged(cluster: Cluster, distributor: Distributor, account: str) -> None:
    before = date(2024, 12, 31)
    cluster.apply(reseller("late", account, priceList="reseller-expired"))
    cluster.until_told("late", "PrerequisitesMet", "PriceListNotValidToday", seconds=TOLD_SECONDS)
    distributor.price_list("reseller-expired", valid_to=day(date.today() + timedelta(days=30)))
    try:
        cluster.until_ready("late", seconds=HEALED_SECONDS)
    finally:
        distributor.price_list("reseller-expired", valid_to=day(before))


def test_a_secret_that_is_missing_and_then_too_weak(cluster: Cluster, account: str) -> None:
    by_secret = {"userName": "maria", "passwordSecretRef": {"name": "admin"}}
    cluster.apply(reseller("weak", account, administrator=by_secret))
    message = cluster.until_told("weak", "PrerequisitesMet", "SecretNotFound", seconds=TOLD_SECONDS)
    assert "Create the Secret" in message
    cluster.secret("admin", password="maria1")
    message = cluster.until_told("weak", "AdministratorCreated", "PasswordTooWeak", seconds=HEALED_SECONDS)
    assert "stronger password" in message
    assert "maria1" not in message
    cluster.secret("admin", password="Windward-Harbour-48")
    cluster.until_ready("weak", seconds=HEALED_SECONDS)


def test_a_user_name_that_is_taken(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("taken", account, administrator={"userName": "admin"}))
    message = cluster.until_told("taken", "AdministratorCreated", "UserNameTaken", seconds=HEALED_SECONDS)
    assert "another name" in message
    cluster.change("taken", {"deletionPolicy": "Delete"})
    cluster.kubectl("delete", "tenantreseller", "taken", "--timeout=60s")
    cluster.apply(reseller("taken", account, administrator={"userName": "maria"}))
    cluster.until_ready("taken", seconds=HEALED_SECONDS)
