"""A tenant's life after its creation, on a real API server: changes, drift, suspension, loss, take-over, the end."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.cluster import Cluster, Json, Seen
from tests.eventually import eventually
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{}"/>'
GERMAN = {"language": "de", "timeZone": "Europe/Berlin", "dateFormat": "dd.MM.yyyy"}


def digest(picture: str) -> str:
    return hashlib.sha256(picture.encode()).hexdigest()


def config_map(name: str, **data: str) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"logo.svg": data["logo"]}}


def last_run(seen: Seen) -> tuple[str, str, str]:
    run: Json = seen.status["history"][0]
    return run["type"], run["state"], run["message"]


@pytest.mark.parametrize(
    ("spec", "part", "member", "value"),
    [
        ({"administrator": {"userName": "maria", "email": "m@n.example"}}, "administrator", "email", "m@n.example"),
        ({"storefront": {"primaryColor": "#00aa00"}}, "storefront", "primaryColor", "#00aa00"),
        ({"storefront": {"hostname": "{account}.example"}}, "storefront", "url", "https://{account}.example/"),
        (
            {"storefront": {"logo": {"configMapKeyRef": {"name": "brand", "key": "logo.svg"}}}},
            *("storefront", "logoDigest", digest(SVG.format(1))),
        ),
    ],
    ids=["email", "primaryColor", "hostname", "logo"],
)
def test_a_change_of_a_nested_field_reaches_the_tenant(
    cluster: Cluster, fake: WatchedFake, account: str, spec: Json, part: str, member: str, value: str
) -> None:
    cluster.apply(config_map("brand", logo=SVG.format(1)), reseller("changing", account, edition="Premium"))
    client_id = cluster.until_ready("changing").client_id

    def filled(given: Any) -> Any:
        if isinstance(given, dict):
            return {key: filled(content) for key, content in given.items()}
        return given.format(account=account.lower()) if isinstance(given, str) else given

    cluster.change("changing", filled(spec))
    seen = cluster.until_ready("changing")
    assert fake.organization(client_id)[part][member] == filled(value)
    assert seen.process["type"] == "Update"


def test_several_fields_at_once_are_one_process(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.apply(reseller("changing", account))
    client_id = cluster.until_ready("changing").client_id
    cluster.change(
        "changing",
        {
            "displayName": "Another Name",
            "edition": "Premium",
            "locale": GERMAN,
            "priceList": "reseller-large",
            "separateInvoices": True,
            "storefront": {"primaryColor": "#00aa00"},
        },
    )
    cluster.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "tenantreseller", "changing")
    tenant = fake.organization(client_id)
    assert (tenant["name"], tenant["edition"], tenant["locale"]) == ("Another Name", "Premium", GERMAN)
    assert tenant["productRange"]["priceList"] == "reseller-large"
    assert tenant["invoicing"]["separateInvoices"] is True
    assert tenant["storefront"]["primaryColor"] == "#00aa00"
    seen = cluster.see("changing")
    assert (seen.process["type"], seen.process["state"], seen.process["generation"]) == ("Update", "Completed", 2)
    assert [run["type"] for run in seen.status["history"]] == ["Creation"]


def test_a_newer_spec_supersedes_an_update_that_is_under_way(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.apply(reseller("changing", account))
    client_id = cluster.until_ready("changing").client_id
    fake.trouble({"kind": "Delay", "route": "put_edition", "seconds": 3})
    cluster.change("changing", {"locale": GERMAN, "edition": "Premium"})
    cluster.until("changing", lambda seen: seen.process["state"] == "Running" and seen.process["generation"] == 2)
    cluster.change("changing", {"separateInvoices": True})
    fake.calm()
    seen = cluster.until_ready("changing", seconds=60)
    assert seen.process["generation"] == 3
    assert last_run(seen) == ("Update", "Failed", "Superseded by generation 3.")
    tenant = fake.organization(client_id)
    assert (tenant["locale"], tenant["edition"]) == (GERMAN, "Premium")
    assert tenant["invoicing"]["separateInvoices"] is True


def test_a_creation_takes_a_newer_spec_over(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    fake.trouble({"kind": "Delay", "route": "put_locale", "seconds": 3})
    cluster.apply(reseller("changing", account))
    cluster.until("changing", lambda seen: seen.process.get("state") == "Running")
    cluster.change("changing", {"edition": "Premium", "displayName": "Another Name"})
    fake.calm()
    seen = cluster.until_ready("changing", seconds=60)
    assert (seen.process["type"], seen.process["generation"]) == ("Creation", 2)
    assert "history" not in seen.status
    (tenant,) = (tenant for tenant in fake.organizations() if tenant["account"] == account)
    assert (tenant["edition"], tenant["name"]) == ("Premium", "Another Name")


def test_a_suspended_tenant_keeps_changes_until_it_is_active_again(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    cluster.apply(reseller("resting", account))
    client_id = cluster.until_ready("resting").client_id
    cluster.change("resting", {"state": "Suspended"})
    seen = cluster.until_ready("resting")
    assert fake.organization(client_id)["state"] == "Suspended"
    assert seen.process["type"] == "Suspension"
    assert seen.condition("Operational")["reason"] == "Suspended"
    cluster.change("resting", {"edition": "Premium"})
    assert "suspended" in cluster.until_told("resting", "EditionApplied", "OrganizationNotActive")
    assert fake.organization(client_id)["edition"] == "Basic"
    cluster.change("resting", {"state": "Active"})
    seen = cluster.until_ready("resting")
    tenant = fake.organization(client_id)
    assert (tenant["state"], tenant["edition"]) == ("Active", "Premium")
    assert last_run(seen) == ("Suspension", "Completed", "Completed.")


def test_ours_is_corrected_and_theirs_is_left_alone(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.secret("admin", password="First-Harbour-71")
    by_secret = {"userName": "maria", "passwordSecretRef": {"name": "admin"}}
    cluster.apply(reseller("drifting", account, displayName="Ours", separateInvoices=True, administrator=by_secret))
    client_id = cluster.until_ready("drifting").client_id
    key = fake.organization(client_id)["key"]
    fake.change_organization(
        key, name="Theirs", edition="Premium", locale=GERMAN, separate_invoices=False, password="Own-Harbour-74"
    )
    cluster.annotate("drifting", reconcile_at="now")
    cluster.until("drifting", lambda seen: seen.ready and seen.status.get("lastHandledReconcileAt") == "now")
    tenant = fake.organization(client_id)
    assert (tenant["name"], tenant["edition"]) == ("Ours", "Basic")
    assert tenant["locale"]["language"] == "en"
    assert tenant["invoicing"]["separateInvoices"] is True
    assert fake.logs_in(client_id, "maria", "Own-Harbour-74")
    assert not fake.logs_in(client_id, "maria", "First-Harbour-71")


def test_a_name_that_is_not_declared_is_theirs(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.apply(reseller("named", account))
    client_id = cluster.until_ready("named").client_id
    fake.change_organization(fake.organization(client_id)["key"], name="Theirs")
    cluster.annotate("named", reconcile_at="now")
    cluster.until("named", lambda seen: seen.ready and seen.status.get("lastHandledReconcileAt") == "now")
    assert fake.organization(client_id)["name"] == "Theirs"


@pytest.mark.parametrize("kind", ["configMapKeyRef", "secretKeyRef"])
def test_a_new_logo_is_noticed_by_itself(cluster: Cluster, fake: WatchedFake, account: str, kind: str) -> None:
    def brand(width: int) -> Json:
        if kind == "configMapKeyRef":
            return config_map("brand", logo=SVG.format(width))
        content = {"logo.svg": SVG.format(width)}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "brand"}, "stringData": content}

    logo = {"logo": {kind: {"name": "brand", "key": "logo.svg"}}}
    cluster.apply(brand(1), reseller("branded", account, edition="Premium", storefront=logo))
    client_id = cluster.until_ready("branded").client_id
    assert fake.organization(client_id)["storefront"]["logoDigest"] == digest(SVG.format(1))
    cluster.apply(brand(2))
    # The next drift check would come after ten minutes.
    eventually(
        lambda: fake.organization(client_id)["storefront"]["logoDigest"], lambda seen: seen == digest(SVG.format(2))
    )
    cluster.until_ready("branded")


def test_a_tenant_that_vanished_is_made_anew_only_when_the_user_says_so(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    cluster.apply(reseller("lost", account))
    client_id = cluster.until_ready("lost").client_id
    fake.remove_organization(fake.organization(client_id)["key"])
    cluster.annotate("lost", reconcile_at="now")
    message = cluster.until_told("lost", "OrganizationCreated", "OrganizationMissing")
    assert f"tenantreseller.io/recreate={client_id}" in message
    assert cluster.see("lost").condition("Stalled")["status"] == "True"
    assert account not in {tenant["account"] for tenant in fake.organizations()}
    cluster.annotate("lost", recreate=str(client_id))
    assert cluster.until_ready("lost").client_id != client_id


def test_a_deletion_waits_for_the_bss_unless_the_tenant_is_abandoned(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    cluster.apply(reseller("left", account))
    client_id = cluster.until_ready("left").client_id
    fake.trouble({"kind": "Unavailable"})
    cluster.kubectl("delete", "tenantreseller", "left", "--wait=false")
    seen = cluster.until("left", lambda seen: seen.condition("Ready").get("reason") == "Deleting")
    assert seen.process["type"] == "Deletion"
    assert "look at the BSS" in seen.condition("Reconciling")["message"]
    cluster.annotate("left", abandon="true")
    eventually(lambda: not cluster.exists("left"), seconds=60)
    fake.calm()
    assert fake.organization(client_id)["state"] == "Active"


def test_only_a_free_organization_of_the_same_account_is_adopted(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    other = cluster_tenant(cluster, fake, account)
    # legacy23 was made by hand for account R-1023; `other` belongs to another object.
    cluster.apply(reseller("wrong", fake.account(f"{account}-b", currency="EUR"), adopt={"clientID": "legacy23"}))
    cluster.until("wrong", lambda seen: seen.condition("Stalled").get("reason") == "OwnedByAnother")
    cluster.apply(reseller("foreign", "R-1023", adopt={"clientID": other}))
    cluster.until("foreign", lambda seen: seen.condition("Stalled").get("reason") == "OwnedByAnother")
    cluster.change("foreign", {"adopt": {"clientID": "nobody99"}})
    cluster.until("foreign", lambda seen: seen.condition("Stalled").get("reason") == "OrganizationNotFound")
    cluster.change("foreign", {"adopt": {"clientID": "legacy23"}})
    assert cluster.until_ready("foreign").client_id == "legacy23"
    assert fake.organization(other)["account"] == account
    # What was adopted once is not adopted again.
    cluster.apply(reseller("second", "R-1023", adopt={"clientID": "legacy23"}))
    cluster.until("second", lambda seen: seen.condition("Stalled"))
    assert cluster.see("second").client_id is None


def cluster_tenant(cluster: Cluster, fake: WatchedFake, account: str) -> str:
    """A tenant of another object; answers its Client ID."""
    cluster.apply(reseller("other", account))
    return str(cluster.until_ready("other").client_id)
