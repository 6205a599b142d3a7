"""Manifests that tests declare."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def reseller(name: str, account: str, /, **spec: object) -> Json:
    """A valid TenantReseller; members of `spec` replace those of the least that is needed, None takes one away."""
    least: Json = {
        "account": account,
        "priceList": "reseller-eur",
        "edition": "Basic",
        "locale": {"language": "en", "timeZone": "Europe/Athens", "dateFormat": "dd/MM/yyyy"},
        "administrator": {"userName": "maria"},
    }
    wanted = {key: value for key, value in (least | spec).items() if value is not None}
    return {
        "apiVersion": "tenantreseller.io/v1alpha1",
        "kind": "TenantReseller",
        "metadata": {"name": name},
        "spec": wanted,
    }
