"""What `kubectl apply` refuses: each bad field by itself, with a message that names it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster import Cluster
from tests.manifests import reseller

Json = dict[str, Any]
PREMIUM = {"edition": "Premium"}
LOCALE = {"language": "en", "timeZone": "Europe/Athens", "dateFormat": "dd/MM/yyyy"}
FILE = {"name": "brand", "key": "logo.svg"}


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"account": ""}, "spec.account"),
        ({"account": None}, "spec.account"),
        ({"account": "no spaces"}, "spec.account"),
        ({"account": "x" * 65}, "spec.account"),
        ({"displayName": ""}, "spec.displayName"),
        ({"displayName": "x" * 201}, "spec.displayName"),
        ({"priceList": None}, "spec.priceList"),
        ({"priceList": "-starts-with-a-dash"}, "spec.priceList"),
        ({"edition": "Gold"}, "spec.edition"),
        ({"edition": "premium"}, "spec.edition"),
        ({"edition": None}, "spec.edition"),
        ({"locale": None}, "spec.locale"),
        ({"locale": LOCALE | {"language": "e"}}, "spec.locale.language"),
        ({"locale": LOCALE | {"timeZone": ""}}, "spec.locale.timeZone"),
        ({"locale": LOCALE | {"dateFormat": "d" * 33}}, "spec.locale.dateFormat"),
        ({"locale": {"language": "en"}}, "spec.locale.timeZone"),
        ({"separateInvoices": "yes"}, "spec.separateInvoices"),
        ({"administrator": None}, "spec.administrator"),
        ({"administrator": {}}, "spec.administrator.userName"),
        ({"administrator": {"userName": "two words"}}, "spec.administrator.userName"),
        ({"administrator": {"userName": "maria", "email": "no-address"}}, "spec.administrator.email"),
        (
            {"administrator": {"userName": "maria", "passwordSecretRef": {"key": "password"}}},
            "spec.administrator.passwordSecretRef.name",
        ),
        (
            {"administrator": {"userName": "maria", "passwordSecretRef": {"name": "a", "key": "not a key"}}},
            "spec.administrator.passwordSecretRef.key",
        ),
        ({**PREMIUM, "storefront": {"hostname": "no_host_name"}}, "spec.storefront.hostname"),
        ({**PREMIUM, "storefront": {"hostname": "UPPER.example"}}, "spec.storefront.hostname"),
        ({**PREMIUM, "storefront": {"primaryColor": "blue"}}, "spec.storefront.primaryColor"),
        ({**PREMIUM, "storefront": {"logo": {}}}, "spec.storefront.logo"),
        (
            {**PREMIUM, "storefront": {"logo": {"configMapKeyRef": FILE, "secretKeyRef": FILE}}},
            "spec.storefront.logo",
        ),
        ({**PREMIUM, "storefront": {"logo": {"configMapKeyRef": {"name": "a"}}}}, "spec.storefront.logo"),
        ({"storefront": {"hostname": "shop.northwind.example"}}, "spec.storefront.hostname needs the Premium edition"),
        ({"storefront": {"primaryColor": "#0b5fff"}}, "spec.storefront.primaryColor needs the Premium edition"),
        ({"storefront": {"logo": {"configMapKeyRef": FILE}}}, "spec.storefront.logo needs the Premium edition"),
        ({"productUpdate": {"trigger": ""}}, "spec.productUpdate.trigger"),
        ({"productUpdate": {"trigger": "x" * 65}}, "spec.productUpdate.trigger"),
        ({"productUpdate": {"scope": "Some"}}, "spec.productUpdate.scope"),
        ({"productUpdate": {"overwriteSellPrices": "no"}}, "spec.productUpdate.overwriteSellPrices"),
        ({"backOrdering": 1}, "spec.backOrdering"),
        ({"state": "Deleted"}, "spec.state"),
        ({"paused": "true"}, "spec.paused"),
        ({"deletionPolicy": "Orphan"}, "spec.deletionPolicy"),
        ({"adopt": {"clientID": "NOT-AN-ID"}}, "spec.adopt.clientID"),
        ({"adopt": {}}, "spec.adopt.clientID"),
    ],
    ids=str,
)
def test_a_bad_field_is_refused_by_name(cluster: Cluster, spec: Json, field: str) -> None:
    assert field in cluster.refusal(reseller("bad", "R-1001", **spec))


def test_a_misspelt_field_is_refused_by_name(cluster: Cluster) -> None:
    assert 'unknown field "spec.pricelist"' in cluster.refusal(reseller("bad", "R-1001", pricelist="reseller-eur"))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"account": "R-1002"}, "spec.account cannot be changed"),
        ({"administrator": {"userName": "nikos"}}, "spec.administrator.userName cannot be changed"),
        ({"backOrdering": False}, "spec.backOrdering cannot be switched off"),
        ({"backOrdering": None}, "spec.backOrdering cannot be switched off"),
        ({"edition": "Basic"}, "spec.storefront.primaryColor needs the Premium edition"),
    ],
    ids=str,
)
def test_what_cannot_be_changed_is_refused_with_the_remedy(cluster: Cluster, spec: Json, message: str) -> None:
    stored = {"edition": "Premium", "backOrdering": True, "storefront": {"primaryColor": "#0b5fff"}, "paused": True}
    cluster.apply(reseller("stored", "R-1001", **stored))
    refused = cluster.refusal(reseller("stored", "R-1001", **(stored | spec)))
    assert message in refused
    # After the colon stands what to do instead.
    assert refused.split(message)[1].split(":", 1)[1].strip()


def test_everything_a_user_may_write_is_accepted(cluster: Cluster) -> None:
    everything = reseller(
        "full",
        "R-1001",
        displayName="Northwind Cloud",
        edition="Premium",
        separateInvoices=True,
        administrator={
            "userName": "maria",
            "email": "maria@northwind.example",
            "passwordSecretRef": {"name": "northwind-admin", "key": "password"},
        },
        storefront={
            "hostname": "shop.northwind.example",
            "primaryColor": "#0b5fff",
            "logo": {"configMapKeyRef": FILE},
        },
        productUpdate={
            "trigger": "2026-11-23",
            "scope": "Partial",
            "overwriteSellPrices": True,
            "overwriteNames": False,
        },
        backOrdering=False,
        state="Suspended",
        paused=True,
        deletionPolicy="Delete",
        adopt={"clientID": "t7k2m9qd"},
    )
    cluster.apply(everything)
    # Nothing was added: a default in the stored object would show in every diff of a GitOps tool.
    assert cluster.see("full").spec == everything["spec"]


def test_a_fresh_object_is_never_taken_for_current(cluster: Cluster) -> None:
    cluster.apply(reseller("fresh", "R-1001", paused=True))
    assert cluster.see("fresh").status["observedGeneration"] != cluster.see("fresh").item["metadata"]["generation"]
