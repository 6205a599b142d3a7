"""One TenantReseller becomes a tenant that a person can log in to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from local.resellers import SAMPLES
from tests.cluster import Cluster
from tests.e2e.environment import Distributor, Environment
from tests.e2e.person import Person, Refusal, names_in_storefront
from tests.eventually import eventually
from tests.manifests import reseller


def log_in(environment: Environment, cluster: Cluster, name: str) -> Person:
    """Log in as the administrator, with what the resource and its Secret say."""
    seen = cluster.see(name)
    secret = cluster.read_secret(seen.status["adminSecret"])
    assert seen.client_id is not None
    return Person(environment.bss_url, seen.client_id, seen.spec["administrator"]["userName"], secret["password"])


def organization(person: Person, *names: str) -> dict[str, object]:
    """The tenant's own record of itself."""
    (found,) = person.search("tenant.organization", [], *names)
    return found


def makes_own_products(person: Person) -> bool:
    """Whether the person may make a product of the tenant's own: only the Premium edition lets them."""
    (unit,) = person.search("product.uom", [["symbol", "=", "u"]], "symbol")
    try:
        person.create("product.template", {"name": "Our own service", "type": "service", "default_uom": unit["id"]})
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_sample_becomes_a_tenant_with_exactly_the_products_of_its_price_list(
    environment: Environment, cluster: Cluster, distributor: Distributor, sample: Path
) -> None:
    declared = next(item for item in yaml.safe_load_all(sample.read_text()) if item["kind"] == "TenantReseller")
    name, spec = declared["metadata"]["name"], declared["spec"]
    cluster.kubectl("apply", "-f", str(sample))
    seen = cluster.until_ready(name, seconds=300)
    assert seen.process["progress"] == "9/9"

    person = log_in(environment, cluster, name)
    own = organization(person, "edition", "time_zone", "date_format", "language.code")
    assert own["edition"] == spec["edition"].lower()
    assert own["time_zone"] == spec["locale"]["timeZone"]
    assert own["date_format"] == spec["locale"]["dateFormat"]
    assert own["language."]["code"] == spec["locale"]["language"]
    assert person.preferences["language"] == spec["locale"]["language"]

    expected = sorted(distributor.products(spec["priceList"]))
    products = person.search("product.template", [], "name", "purchase_price")
    assert sorted(product["name"] for product in products) == expected
    assert all(product["purchase_price"] is not None for product in products)
    assert sorted(names_in_storefront(seen.status["storefrontURL"])) == expected
    assert seen.status["products"]["inherited"] == len(expected)


def test_a_wrong_client_id_user_or_password_gets_the_same_refusal(
    environment: Environment, cluster: Cluster, account: str
) -> None:
    cluster.apply(reseller("guarded", account))
    client_id = cluster.until_ready("guarded", seconds=300).client_id
    assert client_id is not None
    password = cluster.read_secret("guarded-admin")["password"]
    Person(environment.bss_url, client_id, "maria", password)
    refusals = set()
    for wrong in (("aaaaaaaa", "maria", password), (client_id, "nobody", password), (client_id, "maria", "wrong")):
        with pytest.raises(Refusal) as refusal:
            Person(environment.bss_url, *wrong)
        refusals.add((refusal.value.status, refusal.value.body))
    assert len(refusals) == 1
    assert refusals.pop()[0] == 401


def test_a_session_is_worth_nothing_at_another_tenant(
    environment: Environment, cluster: Cluster, distributor: Distributor, account: str
) -> None:
    cluster.apply(reseller("one", account), reseller("two", distributor.account(f"{account}-b")))
    one, two = (cluster.until_ready(name, seconds=300).client_id for name in ("one", "two"))
    assert one is not None
    assert two is not None
    person = log_in(environment, cluster, "one")
    assert person.at(one)
    for elsewhere in (two, environment.root):
        with pytest.raises(Refusal) as refusal:
            person.at(elsewhere)
        assert refusal.value.status in {401, 403}


def test_the_manifest_is_edited_and_the_tenant_follows(
    environment: Environment, cluster: Cluster, distributor: Distributor, account: str
) -> None:
    cluster.apply(reseller("edited", account))
    seen = cluster.until_ready("edited", seconds=300)
    client_id = seen.client_id

    def change_and_wait(**spec: object) -> None:
        cluster.change("edited", spec)
        cluster.kubectl("wait", "--for=condition=Ready", "--timeout=300s", "tenantreseller", "edited")
        assert cluster.see("edited").client_id == client_id

    change_and_wait(priceList="reseller-large")
    expected = sorted(distributor.products("reseller-large"))
    assert sorted(names_in_storefront(seen.status["storefrontURL"])) == expected

    change_and_wait(priceList="reseller-eur")
    expected = sorted(distributor.products("reseller-eur"))
    assert sorted(names_in_storefront(seen.status["storefrontURL"])) == expected

    change_and_wait(locale={"language": "fr", "timeZone": "Europe/Paris", "dateFormat": "dd-MM-yyyy"})
    person = log_in(environment, cluster, "edited")
    own = organization(person, "edition", "time_zone", "date_format", "language.code")
    assert (own["time_zone"], own["date_format"], own["language."]["code"]) == ("Europe/Paris", "dd-MM-yyyy", "fr")
    assert person.preferences["language"] == "fr"
    assert not makes_own_products(person)

    change_and_wait(edition="Premium", displayName="Edited Cloud", separateInvoices=True)
    person = log_in(environment, cluster, "edited")
    assert organization(person, "edition")["edition"] == "premium"
    assert makes_own_products(person)
    (record,) = environment.organizations(account)
    assert record["separate_invoices"] is True

    change_and_wait(edition="Basic")
    assert not makes_own_products(log_in(environment, cluster, "edited"))


def test_a_suspended_tenant_lets_nobody_in_until_it_is_active_again(
    environment: Environment, cluster: Cluster, account: str
) -> None:
    cluster.apply(reseller("resting", account))
    cluster.until_ready("resting", seconds=300)
    log_in(environment, cluster, "resting")
    cluster.change("resting", {"state": "Suspended"})
    cluster.until_ready("resting", seconds=180)
    with pytest.raises(Refusal):
        log_in(environment, cluster, "resting")
    cluster.change("resting", {"state": "Active"})
    cluster.until_ready("resting", seconds=180)
    log_in(environment, cluster, "resting")


def test_a_new_password_in_the_secret_is_the_one_that_works(
    environment: Environment, cluster: Cluster, account: str
) -> None:
    cluster.secret("admin", password="Windward-Harbour-48")
    by_secret = {"userName": "maria", "passwordSecretRef": {"name": "admin"}}
    cluster.apply(reseller("keyed", account, administrator=by_secret))
    client_id = cluster.until_ready("keyed", seconds=300).client_id
    assert client_id is not None
    Person(environment.bss_url, client_id, "maria", "Windward-Harbour-48")
    cluster.secret("admin", password="Leeward-Lighthouse-49")

    def works() -> bool:
        try:
            Person(environment.bss_url, client_id, "maria", "Leeward-Lighthouse-49")
        except Refusal:
            return False
        return True

    eventually(works, seconds=180, every=0.5)
    with pytest.raises(Refusal):
        Person(environment.bss_url, client_id, "maria", "Windward-Harbour-48")


def test_deleting_the_resource_closes_the_tenant_and_keeps_its_data(
    environment: Environment, cluster: Cluster, account: str
) -> None:
    cluster.apply(reseller("retained", account))
    seen = cluster.until_ready("retained", seconds=300)
    assert seen.client_id is not None
    password = cluster.read_secret("retained-admin")["password"]
    cluster.kubectl("delete", "tenantreseller", "retained", "--timeout=180s")
    (record,) = environment.organizations(account)
    assert (record["client_id"], record["state"]) == (seen.client_id, "deleted")
    with pytest.raises(Refusal):
        Person(environment.bss_url, seen.client_id, "maria", password)


def test_deletion_policy_delete_purges_the_tenant_and_frees_the_account(
    environment: Environment, cluster: Cluster, account: str
) -> None:
    cluster.apply(reseller("purged", account, deletionPolicy="Delete"))
    seen = cluster.until_ready("purged", seconds=300)
    cluster.kubectl("delete", "tenantreseller", "purged", "--timeout=180s")
    assert environment.organizations(account) == []
    cluster.apply(reseller("again", account))
    assert cluster.until_ready("again", seconds=300).client_id != seen.client_id
