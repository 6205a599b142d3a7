"""2. OrganizationCreated: the tenant's organization exists below the distributor's, under our key."""

from __future__ import annotations

from tenant_provisioning.models import OrganizationRequest, OrganizationState

from tenant_reseller.conditions import Reason
from tenant_reseller.resource import RECREATE, Spec
from tenant_reseller.world import World

from .decision import Decision, Do, Done, Refuse, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Create, adopt or rename; never make anew what vanished, unless the user says so."""
    organization = world.organization
    if organization is None:
        return _absent(spec, world)
    if organization.account != spec.account:
        return Refuse(
            Reason.OWNED_BY_ANOTHER, f"The organization under this key belongs to account {organization.account}."
        )
    if organization.state is OrganizationState.DELETED:
        return Refuse(
            Reason.ORGANIZATION_DELETED,
            f"The organization with Client ID {organization.client_id} is marked as deleted in the BSS.",
        )
    if spec.display_name is not None and organization.name != spec.display_name:
        return Do(_request(spec, spec.display_name), "Rename the organization.")
    return Done(f"The organization exists with Client ID {organization.client_id}.")


def _absent(spec: Spec, world: World) -> Decision:
    lost = world.lost_client_id
    if lost is not None and world.recreate != lost:
        return Refuse(
            Reason.ORGANIZATION_MISSING,
            f"The organization with Client ID {lost} is gone from the BSS; to have a new one made, set the annotation "
            f"{RECREATE}={lost}.",
        )
    account = None if world.facts is None else world.facts.account
    if account is None:
        return Unknown("Waits for the prerequisites.")
    return Do(_request(spec, spec.display_name or account.name), "Create the organization.")


def _request(spec: Spec, name: str) -> OrganizationRequest:
    adopt = None if spec.adopt is None else spec.adopt.client_id
    return OrganizationRequest(account=spec.account, name=name, edition=spec.edition, adopt=adopt)
