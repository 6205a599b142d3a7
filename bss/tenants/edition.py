# SPDX-License-Identifier: GPL-3.0-or-later
"""The edition of a tenant: which features are on."""

from __future__ import annotations

from tenant_provisioning.models import Edition

from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.pools import tenant

_VALUES = {Edition.BASIC: "basic", Edition.PREMIUM: "premium"}
_EDITIONS = {value: edition for edition, value in _VALUES.items()}


@repeated_on_conflict
def apply_edition(client_id: str, edition: Edition) -> None:
    """Switch the features of the edition on and all others off, for all users at once.

    Data of features that are off stays. Raises TenantNotFound.
    """
    with tenant(client_id) as pool:
        premium = pool.get("ir.model.data").get_id("tenant_organization", "group_premium")
        Group = pool.get("res.group")  # noqa: N806 - Tryton's models are classes
        Group.write([Group(premium)], {"active": edition is Edition.PREMIUM})
        organization = pool.get("tenant.organization")(1)
        organization.edition = _VALUES[edition]
        organization.save()


def edition_of(value: str | None) -> Edition | None:
    """The edition that a value of the organization's record stands for."""
    return None if value is None else _EDITIONS[value]
