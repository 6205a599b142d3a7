"""What must hold after every fault: nothing lost, nothing doubled, the truth told, and quiet."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.cluster import Seen
from tests.eventually import eventually
from tests.kube.faults.site import Key, Site

QUIET_SECONDS = 2.5
"""Longer than any wait between two attempts that the settings of a site allow."""


def assert_well(
    site: Site, *, refused: Mapping[Key, str] | None = None, seconds: float = 120.0, quiet: float = QUIET_SECONDS
) -> None:
    """Wait until all is as it should be, and fail with what is not.

    `refused`: objects that cannot be Ready, with the reason that Ready tells for each.
    """
    refused = refused or {}
    begun = time.monotonic()
    seen = await_truth(site, refused, seconds=seconds)
    print(f"well after {time.monotonic() - begun:.1f} s")
    assert_one_tenant_each(site, seen, refused)
    assert_quiet(site, quiet, calls=not refused)
    # What was quiet must still be well: a late write could have undone it.
    seen = site.see_all()
    assert not untruths(site, seen, refused)
    assert_one_tenant_each(site, seen, refused)


def await_truth(site: Site, refused: Mapping[Key, str] | None = None, *, seconds: float = 600.0) -> dict[Key, Seen]:
    """All objects as soon as there is nothing untrue about them; fails with what is, and with the operator's log."""
    seen: dict[Key, Seen] = {}

    def look() -> list[str]:
        assert site.operator.running, site.operator.daemon.log_hint()
        seen.clear()
        seen.update(site.see_all())
        return untruths(site, seen, refused or {})

    eventually(look, lambda found: not found, seconds=seconds, every=0.25)
    return seen


def untruths(site: Site, all_seen: Mapping[Key, Seen], refused: Mapping[Key, str]) -> list[str]:
    """What is missing, too much, not told or not (yet) true about the objects."""
    found = [f"{key} is lost" for key in site.declared.keys() - all_seen.keys()]
    found += [f"{key} is still there" for key in all_seen.keys() - site.declared.keys()]
    for key, seen in all_seen.items():
        ready = seen.condition("Ready")
        if key in refused:
            if seen.ready or ready.get("reason") != refused[key]:
                found.append(f"{key} is to be refused with {refused[key]}: {ready}")
        elif not seen.ready or seen.condition("Reconciling") or seen.condition("Stalled"):
            found.append(f"{key} is not ready: {ready}")
        elif seen.process and seen.process["state"] != "Completed":  # a status that was wiped has none
            found.append(f"{key} is ready, its process is not completed: {seen.process}")
    return found


def assert_one_tenant_each(site: Site, all_seen: Mapping[Key, Seen], refused: Mapping[Key, str]) -> None:
    """Each object has one organization with its key, as declared; no organization is nobody's."""
    organizations = site.fake.organizations()
    accounts = Counter(tenant["account"] for tenant in organizations)
    assert not [account for account, times in accounts.items() if times > 1], "doubled"
    by_key = {tenant["key"]: tenant for tenant in organizations}
    assert len(by_key) == len(organizations), "two organizations under one key"
    served = {f"{site.cluster_id}.{seen.uid}": seen for key, seen in all_seen.items() if key not in refused}
    assert served.keys() <= by_key.keys(), "an organization is lost"
    for key, tenant in by_key.items():
        if key in served:
            declared = _as_declared(served[key])
            assert _as_told(tenant, declared) == declared
        else:
            assert tenant["account"] in site.kept, f"nobody's: {tenant}"
            assert tenant["state"] == "Deleted"


def _as_declared(seen: Seen) -> dict[str, Any]:
    spec = seen.spec
    name = {"name": spec["displayName"]} if "displayName" in spec else {}
    return name | {
        "account": spec["account"],
        "clientId": seen.client_id,
        "edition": spec["edition"],
        "locale": spec["locale"],
        "separateInvoices": spec.get("separateInvoices", False),
        "state": spec.get("state", "Active"),
        "priceList": spec["priceList"],
        "products": seen.status["products"]["inherited"],
        "administrator": spec["administrator"]["userName"],
        "loginVerified": True,
    }


def _as_told(tenant: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "name": tenant["name"],
        "account": tenant["account"],
        "clientId": tenant["clientId"],
        "edition": tenant["edition"],
        "locale": tenant["locale"],
        "separateInvoices": tenant["invoicing"]["separateInvoices"],
        "state": tenant["state"],
        "priceList": tenant["productRange"]["priceList"],
        "products": tenant["productRange"]["inherited"],
        "administrator": tenant["administrator"]["userName"],
        "loginVerified": tenant["administrator"]["loginVerified"],
    }
    return {name: told[name] for name in declared}


def assert_quiet(site: Site, quiet: float, *, calls: bool = True, seconds: float = 60.0) -> None:
    """For so long no write to the API server and no call to the BSS; fails when that takes longer than `seconds`.

    Without `calls` the BSS may be asked: what keeps an object from being Ready may have gone there.
    """
    traffic = -1
    since = time.monotonic()

    def calm() -> tuple[float, list[str]]:
        nonlocal traffic, since
        writes, made = site.audit.writes(), site.fake.calls()
        now = len(writes) + (sum(made.values()) if calls else 0)
        if now != traffic:
            traffic, since = now, time.monotonic()
        return time.monotonic() - since, [*map(str, writes[-5:]), str(made)]

    eventually(calm, lambda seen: seen[0] >= quiet, seconds=seconds + quiet, every=0.1)
