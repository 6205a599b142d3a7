"""6. InvoicingConfigured: Separate Invoices is recorded for customers that back ordering copies up from now on."""

from __future__ import annotations

from tenant_provisioning.models import InvoicingRequest

from tenant_reseller.resource import Spec
from tenant_reseller.world import World

from .decision import Decision, Do, Done, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Record the flag unless it is recorded."""
    organization = world.organization
    if organization is None:
        return Unknown("Waits for the organization.")
    wanted = bool(spec.separate_invoices)
    name = "Separate" if wanted else "Common"
    if organization.invoicing is not None and organization.invoicing.separate_invoices is wanted:
        return Done(f"{name} invoices for customers copied from now on.")
    return Do(InvoicingRequest(separate_invoices=wanted), f"{name} invoices for customers copied from now on.")
