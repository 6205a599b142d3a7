# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant's database says about itself, for comparison with what it should be."""

from __future__ import annotations

from dataclasses import dataclass

from tenant_provisioning.models import Edition, Locale, OrganizationState

from bss.tenants.edition import edition_of
from bss.tenants.pools import tenant
from bss.tenants.state import state_of


@dataclass(frozen=True)
class StorefrontFacts:
    """The Storefront as it answers now."""

    url: str
    hostname: str | None
    primary_color: str | None
    logo_digest: str | None
    """SHA-256 of the logo, in hexadecimal."""


@dataclass(frozen=True)
class TenantFacts:
    """A tenant as it is; what was never configured is None."""

    name: str | None
    currency: str | None
    account_code: str | None
    edition: Edition | None
    state: OrganizationState
    locale: Locale | None
    administrator: str | None
    """User name of the first administrator."""
    administrator_email: str | None
    inherited_products: int
    """How many active products come from the distributor's price list."""
    storefront: StorefrontFacts | None


def facts(client_id: str) -> TenantFacts:
    """Read everything that the provisioning sets in a tenant. Raises TenantNotFound."""
    with tenant(client_id, readonly=True) as pool:
        organization = pool.get("tenant.organization")(1)
        company = organization.company
        administrator = organization.administrator
        locale = None
        if company is not None and organization.language is not None:
            locale = Locale(
                language=organization.language.code,
                time_zone=company.timezone,
                date_format=organization.date_format,
            )
        configuration = pool.get("storefront.configuration")(1)
        return TenantFacts(
            name=company and company.party.name,
            currency=company and company.currency.code,
            account_code=organization.account_code,
            edition=edition_of(organization.edition),
            state=state_of(organization.state),
            locale=locale,
            administrator=administrator and administrator.login,
            administrator_email=administrator and administrator.email,
            inherited_products=pool.get("product.template").search([("inherited", "=", True)], count=True),
            storefront=None
            if configuration.url is None
            else StorefrontFacts(
                url=configuration.url,
                hostname=configuration.hostname,
                primary_color=configuration.primary_color,
                logo_digest=configuration.logo_digest,
            ),
        )
