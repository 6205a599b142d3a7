"""BackOrderingActive, after the nine phases: activated on request, never switched off."""

from __future__ import annotations

from tenant_provisioning.models import BackOrderingRequest

from tenant_reseller.conditions import Reason
from tenant_reseller.resource import Spec
from tenant_reseller.world import World

from .decision import Decision, Do, Done, Refuse, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Activate back ordering when the spec asks for it."""
    organization = world.organization
    if organization is None:
        return Unknown("Waits for the organization.")
    if organization.back_ordering:
        return Done("Back ordering is active.")
    if spec.back_ordering:
        return Do(BackOrderingRequest(active=True), "Activate back ordering.")
    return Refuse(Reason.BACK_ORDERING_INACTIVE, "Back ordering is off; to activate it, set spec.backOrdering to true.")
