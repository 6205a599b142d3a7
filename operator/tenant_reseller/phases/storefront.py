"""8. StorefrontCreated: the tenant's Storefront answers under its address with its brand."""

from __future__ import annotations

from tenant_provisioning.models import StorefrontRequest

from tenant_reseller.resource import Spec, Storefront
from tenant_reseller.world import Brand, Trouble, World

from .decision import Decision, Do, Done, Refuse, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Publish the Storefront unless address, colour and logo are in force."""
    organization = world.organization
    if organization is None:
        return Unknown("Waits for the organization.")
    brand = world.brand
    if isinstance(brand, Trouble):
        return Refuse(brand.reason, brand.message)
    wanted, actual = spec.storefront or Storefront(), organization.storefront
    digest = brand.digest if isinstance(brand, Brand) else None
    if actual is not None and (actual.hostname, _color(actual.primary_color), actual.logo_digest) == (
        wanted.hostname,
        _color(wanted.primary_color),
        digest,
    ):
        return Done(f"The Storefront answers at {actual.url}.")
    return Do(
        StorefrontRequest(
            hostname=wanted.hostname,
            primary_color=wanted.primary_color,
            logo=brand.logo if isinstance(brand, Brand) else None,
        ),
        "Publish the Storefront.",
    )


def _color(color: str | None) -> str | None:
    # A BSS may keep colours in its own case; that is no difference to correct for ever.
    return None if color is None else color.lower()
