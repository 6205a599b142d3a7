"""State of the tenant's business: Active or Suspended, as declared."""

from __future__ import annotations

from tenant_provisioning.models import OrganizationState, StateRequest

from tenant_reseller.resource import Spec, TenantState
from tenant_reseller.world import World

from .decision import Decision, Do, Done, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Suspend or resume unless the tenant is in that state; one that is marked as deleted is not for this phase."""
    organization = world.organization
    if organization is None or organization.state is OrganizationState.DELETED:
        return Unknown("Waits for the organization.")
    wanted = OrganizationState(spec.state or TenantState.ACTIVE)
    if organization.state is wanted:
        return Done(f"The tenant is {wanted}.")
    return Do(
        StateRequest(state=wanted),
        "Suspend the tenant." if wanted is OrganizationState.SUSPENDED else "Resume the tenant.",
    )
