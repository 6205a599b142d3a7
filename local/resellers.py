"""What the demo applies: the samples, or as many resellers as asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from local.errors import LocalError
from local.kubectl import Kubectl
from local.sources import REPOSITORY

SAMPLES = REPOSITORY / "manifests" / "samples"
MOST = 20
"""Accounts R-1001 to R-1020 of the demonstration data may order and are no tenants."""

_LOCALES = (
    ("en", "Europe/Athens", "dd/MM/yyyy"),
    ("de", "Europe/Vienna", "dd.MM.yyyy"),
    ("fr", "Europe/Brussels", "dd/MM/yyyy"),
    ("es", "Europe/Madrid", "dd/MM/yyyy"),
)


@dataclass(frozen=True)
class Name:
    """Where a TenantReseller is."""

    namespace: str
    name: str


def apply_samples(kubectl: Kubectl) -> list[Name]:
    """Apply the manifests of manifests/samples and answer which resellers they declare, the showpiece first."""
    kubectl("apply", "-f", str(SAMPLES))
    declared = kubectl.get("-f", str(SAMPLES))["items"]
    names = [_name(item) for item in declared if item["kind"] == "TenantReseller"]
    return sorted(names, key=lambda name: name.name != "northwind")


def apply_many(kubectl: Kubectl, count: int) -> list[Name]:
    """Declare resellers for the first `count` accounts, all in one request, and answer which they are.

    An account that has a TenantReseller already keeps it, so that this can be repeated and mixed with the samples.
    """
    if not 1 <= count <= MOST:
        raise LocalError(f"N must be between 1 and {MOST}: the demonstration data has so many accounts that may order.")
    there = {item["spec"]["account"]: _name(item) for item in kubectl.get("tenantresellers", "-A")["items"]}
    accounts = [f"R-{1001 + index}" for index in range(count)]
    new = [manifest(account, index) for index, account in enumerate(accounts) if account not in there]
    if new:
        document = {"apiVersion": "v1", "kind": "List", "items": new}
        made = json.loads(kubectl("apply", "-o", "json", "-f", "-", document=json.dumps(document)))
        there |= {item["spec"]["account"]: _name(item) for item in made.get("items", [made])}
    return [there[account] for account in accounts]


def manifest(account: str, index: int, namespace: str = "default") -> dict[str, Any]:
    """A TenantReseller for this account; the index varies edition and locale, so that no two neighbours are alike."""
    language, time_zone, date_format = _LOCALES[index % len(_LOCALES)]
    return {
        "apiVersion": "tenantreseller.io/v1alpha1",
        "kind": "TenantReseller",
        "metadata": {"name": account.lower(), "namespace": namespace},
        "spec": {
            "account": account,
            "priceList": "reseller-eur",
            "edition": "Premium" if index % 2 == 0 else "Basic",
            "locale": {"language": language, "timeZone": time_zone, "dateFormat": date_format},
            "separateInvoices": index % 3 == 0,
            "administrator": {"userName": "owner", "email": f"owner@{account.lower()}.example"},
        },
    }


def _name(item: Any) -> Name:
    return Name(item["metadata"]["namespace"], item["metadata"]["name"])
