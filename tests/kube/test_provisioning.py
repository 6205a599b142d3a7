"""From a manifest to a tenant, on a real API server, with the fake BSS."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from local.operator import SERVICE_ACCOUNT, Operator
from local.resellers import SAMPLES
from tests.cluster import Cluster
from tests.eventually import eventually
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

PHASES = (
    "PrerequisitesMet",
    "OrganizationCreated",
    "EditionApplied",
    "LocaleApplied",
    "ProductsInherited",
    "InvoicingConfigured",
    "AdministratorCreated",
    "StorefrontCreated",
    "LoginVerified",
)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_sample_becomes_a_tenant(cluster: Cluster, fake: WatchedFake, sample: Path) -> None:
    declared = next(item for item in yaml.safe_load_all(sample.read_text()) if item["kind"] == "TenantReseller")
    cluster.kubectl("apply", "-f", str(sample))
    seen = cluster.until_ready(declared["metadata"]["name"])

    assert all(seen.is_true(phase) for phase in PHASES)
    assert seen.process["progress"] == "9/9"
    assert (seen.process["type"], seen.process["state"]) == ("Creation", "Completed")
    assert not seen.condition("Stalled")
    assert not seen.condition("Reconciling")
    tenant = fake.organization(seen.client_id)
    spec = declared["spec"]
    assert tenant["account"] == spec["account"]
    assert tenant["edition"] == spec["edition"]
    assert tenant["locale"] == spec["locale"]
    assert tenant["productRange"]["priceList"] == spec["priceList"]
    assert tenant["productRange"]["inherited"] == seen.status["products"]["inherited"]
    assert tenant["invoicing"]["separateInvoices"] == spec.get("separateInvoices", False)
    assert tenant["administrator"]["userName"] == spec["administrator"]["userName"]
    assert tenant["administrator"]["loginVerified"] is True
    assert seen.status["storefrontURL"] == tenant["storefront"]["url"]


def test_a_new_tenant_is_not_operational_before_back_ordering_is_active(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("new", account))
    seen = cluster.until_ready("new")
    assert seen.condition("BackOrderingActive")["status"] == "False"
    assert seen.condition("Operational")["status"] == "False"
    cluster.change("new", {"backOrdering": True})
    cluster.until("new", lambda seen: seen.ready and seen.is_true("Operational"))


def test_the_columns_of_kubectl_get_tell_what_a_person_asks_first(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("listed", account, edition="Premium"))
    seen = cluster.until_ready("listed")
    header, row = cluster.kubectl("get", "tr").splitlines()
    assert header.split() == [
        *("NAME", "READY", "STATUS", "PROGRESS", "CLIENT", "ID", "EDITION", "PRICE", "LIST", "AGE"),
    ]
    for shown in ("True", "9/9", str(seen.client_id), "Premium", "reseller-eur"):
        assert shown in row


def test_a_generated_password_is_in_a_secret_that_goes_with_its_owner(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("generated", account))
    seen = cluster.until_ready("generated")
    assert seen.status["adminSecret"] == "generated-admin"
    secret = cluster.read_secret("generated-admin")
    assert secret["username"] == "maria"
    assert len(secret["password"]) >= 20
    cluster.kubectl("delete", "tenantreseller", "generated", "--timeout=90s")
    eventually(lambda: cluster.attempt("get", "secret", "generated-admin")[0] != 0)


def test_a_new_password_in_the_secret_reaches_the_tenant(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.secret("admin", password="First-Harbour-71")
    cluster.apply(
        reseller("given", account, administrator={"userName": "maria", "passwordSecretRef": {"name": "admin"}})
    )
    first = fake.organization(cluster.until_ready("given").client_id)["administrator"]["passwordFingerprint"]
    cluster.secret("admin", password="Second-Harbour-72")
    eventually(
        lambda: fake.organization(cluster.see("given").client_id)["administrator"],
        lambda administrator: administrator["passwordFingerprint"] != first and administrator["loginVerified"],
    )
    cluster.until_ready("given")


def test_no_password_stands_anywhere_but_in_secrets(
    cluster: Cluster, fake: WatchedFake, account: str, operator: Operator
) -> None:
    cluster.secret("admin", password="Unspoken-Harbour-73")
    cluster.apply(
        reseller("secretive", account, administrator={"userName": "maria", "passwordSecretRef": {"name": "admin"}})
    )
    cluster.until_ready("secretive")
    told = cluster.kubectl("get", "tenantreseller", "secretive", "-o", "yaml", "--show-managed-fields")
    events = cluster.kubectl("get", "events", "-o", "yaml")
    log = operator.daemon.log.read_text()
    assert f"{cluster.namespace}/secretive" in log
    for place in (told, events, log):
        assert "Unspoken-Harbour-73" not in place
    assert fake.api_key.read_text().strip() not in log


def test_the_operator_works_with_its_own_account(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("accounted", account))
    cluster.until_ready("accounted")
    shown = cluster.kubectl("get", "tenantreseller", "accounted", "-o", "json", "--show-managed-fields")
    assert SERVICE_ACCOUNT in shown


@pytest.mark.parametrize(
    ("spec", "member", "value"),
    [
        ({"priceList": "reseller-large"}, ("productRange", "priceList"), "reseller-large"),
        ({"edition": "Premium"}, ("edition",), "Premium"),
        ({"separateInvoices": True}, ("invoicing", "separateInvoices"), True),
        ({"displayName": "Another Name"}, ("name",), "Another Name"),
        (
            {"locale": {"language": "de", "timeZone": "Europe/Berlin", "dateFormat": "dd.MM.yyyy"}},
            ("locale", "timeZone"),
            "Europe/Berlin",
        ),
        ({"state": "Suspended"}, ("state",), "Suspended"),
        ({"backOrdering": True}, ("backOrdering",), True),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_change_of_the_manifest_reaches_the_tenant(
    cluster: Cluster, fake: WatchedFake, account: str, spec: dict[str, object], member: tuple[str, ...], value: object
) -> None:
    cluster.apply(reseller("changing", account))
    client_id = cluster.until_ready("changing").client_id
    cluster.change("changing", spec)
    # No look in between can be fooled: the condition counts only for the generation that the change made.
    cluster.kubectl("wait", "--for=condition=Ready", "--timeout=90s", "tenantreseller", "changing")
    tenant: object = fake.organization(client_id)
    for name in member:
        assert isinstance(tenant, dict)
        tenant = tenant[name]
    assert tenant == value


def test_products_are_updated_on_request_only(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    price_list = fake.price_list(f"list-{account}", currency="EUR", products=10)
    cluster.apply(reseller("updated", account, priceList=price_list))
    seen = cluster.until_ready("updated")
    assert seen.status["products"]["inherited"] == 10
    fake.price_list(price_list, products=12)
    cluster.annotate("updated", reconcile_at="now")
    cluster.until("updated", lambda seen: seen.status.get("lastHandledReconcileAt") == "now")
    assert fake.organization(seen.client_id)["productRange"]["inherited"] == 10
    cluster.change("updated", {"productUpdate": {"trigger": "2026-11"}})
    seen = cluster.until("updated", lambda seen: seen.ready and seen.status["products"]["inherited"] == 12)
    assert seen.process["type"] == "ProductUpdate"
    assert seen.status["history"][0]["type"] == "Creation"


def test_nothing_happens_while_paused(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.apply(reseller("paused", account, paused=True), reseller("other", fake.account(f"{account}-b")))
    cluster.until_ready("other")
    assert cluster.see("paused").client_id is None
    assert account not in {tenant["account"] for tenant in fake.organizations()}
    cluster.change("paused", {"paused": False})
    client_id = cluster.until_ready("paused").client_id
    cluster.change("paused", {"paused": True, "edition": "Premium"})
    cluster.change("other", {"edition": "Premium"})
    cluster.until_ready("other")
    assert fake.organization(client_id)["edition"] == "Basic"
    assert not cluster.see("paused").ready


def test_kubectl_diff_is_empty_after_a_reconcile(cluster: Cluster, fake: WatchedFake) -> None:
    for sample in sorted(SAMPLES.glob("*.yaml")):
        # Other accounts, since the samples' own may be tenants of other tests by now.
        text = sample.read_text()
        for document in yaml.safe_load_all(text):
            if document["kind"] == "TenantReseller":
                account = document["spec"]["account"]
                text = text.replace(account, fake.account(f"D-{account}", currency="EUR"))
                name = document["metadata"]["name"]
        cluster.kubectl("apply", "-f", "-", document=text)
        cluster.until_ready(name)
        code, output = cluster.attempt("diff", "-f", "-", document=text)
        assert (code, output) == (0, "")


def test_deleting_the_resource_keeps_the_tenants_data_marked_as_deleted(
    cluster: Cluster, fake: WatchedFake, account: str
) -> None:
    cluster.apply(reseller("retained", account))
    client_id = cluster.until_ready("retained").client_id
    cluster.kubectl("delete", "tenantreseller", "retained", "--timeout=90s")
    assert fake.organization(client_id)["state"] == "Deleted"


def test_deletion_policy_delete_purges_the_tenant(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    cluster.apply(reseller("purged", account, deletionPolicy="Delete"))
    client_id = cluster.until_ready("purged").client_id
    cluster.kubectl("delete", "tenantreseller", "purged", "--timeout=90s")
    assert client_id not in {tenant["clientId"] for tenant in fake.organizations()}
    # The account is free again.
    cluster.apply(reseller("again", account))
    assert cluster.until_ready("again").client_id != client_id


def test_a_resource_that_never_became_a_tenant_can_be_deleted(cluster: Cluster) -> None:
    cluster.apply(reseller("hopeless", "no-such-account"))
    cluster.until_told("hopeless", "PrerequisitesMet", "AccountNotFound")
    cluster.kubectl("delete", "tenantreseller", "hopeless", "--timeout=90s")
