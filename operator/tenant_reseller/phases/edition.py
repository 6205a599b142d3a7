"""3. EditionApplied: the features of the edition are on, all others off."""

from __future__ import annotations

from tenant_provisioning.models import EditionRequest

from tenant_reseller.resource import Spec
from tenant_reseller.world import World

from .decision import Decision, Do, Done, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Apply the edition unless it is in force."""
    organization = world.organization
    if organization is None:
        return Unknown("Waits for the organization.")
    if organization.edition is spec.edition:
        return Done(f"Edition {spec.edition} is in force.")
    return Do(EditionRequest(edition=spec.edition), f"Apply edition {spec.edition}.")
