"""4. LocaleApplied: language, time zone and date format are in force."""

from __future__ import annotations

from tenant_provisioning.models import LocaleRequest

from tenant_reseller.resource import Spec
from tenant_reseller.world import World

from .decision import Decision, Do, Done, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Apply the locale unless all three parts are in force."""
    organization = world.organization
    if organization is None:
        return Unknown("Waits for the organization.")
    wanted, actual = spec.locale, organization.locale
    if actual is not None and (actual.language, actual.time_zone, actual.date_format) == (
        wanted.language,
        wanted.time_zone,
        wanted.date_format,
    ):
        return Done(f"Locale {wanted.language}, {wanted.time_zone}, {wanted.date_format} is in force.")
    return Do(
        LocaleRequest(language=wanted.language, time_zone=wanted.time_zone, date_format=wanted.date_format),
        f"Apply locale {wanted.language}, {wanted.time_zone}, {wanted.date_format}.",
    )
