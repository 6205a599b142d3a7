# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a tenant's business: active, suspended, or marked as deleted."""

from __future__ import annotations

from tenant_provisioning.models import OrganizationState

from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.errors import StateIsFinal
from bss.tenants.pools import tenant

_VALUES = {
    OrganizationState.ACTIVE: "active",
    OrganizationState.SUSPENDED: "suspended",
    OrganizationState.DELETED: "deleted",
}
_STATES = {value: state for state, value in _VALUES.items()}


@repeated_on_conflict
def set_state(client_id: str, state: OrganizationState) -> None:
    """Open the tenant, or close it: nobody logs in, and every session ends at once. The data stays.

    Suspended can be undone, Deleted cannot. Raises TenantNotFound, StateIsFinal.
    """
    with tenant(client_id) as pool:
        organization = pool.get("tenant.organization")(1)
        present = state_of(organization.state)
        if present is OrganizationState.DELETED and state is not present:
            raise StateIsFinal(client_id)
        organization.state = _VALUES[state]
        organization.save()
        if state is not OrganizationState.ACTIVE:
            Session = pool.get("ir.session")  # noqa: N806 - Tryton's models are classes
            Session.delete(Session.search([]))


def state_of(value: str) -> OrganizationState:
    """The state that a value of the organization's record stands for."""
    return _STATES[value]
