# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Storefront shows, read from the tenant's database. Purchase prices are never read here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tenant_provisioning.models import Edition, OrganizationState
from trytond.pool import Pool
from trytond.transaction import Transaction

from bss.tenants.edition import edition_of
from bss.tenants.pools import tenant
from bss.tenants.state import state_of


class Cycle(StrEnum):
    """How often a product is billed."""

    MONTHLY = "monthly"
    YEARLY = "yearly"
    ONE_TIME = "one_time"


@dataclass(frozen=True)
class Offer:
    """A product as customers see it."""

    name: str
    description: str
    category: str
    price: Decimal
    """The tenant's sell price for one unit and billing cycle, in the currency of the shop."""
    cycle: Cycle | None


@dataclass(frozen=True)
class Logo:
    """A picture; `digest` changes with it."""

    media_type: str
    digest: str


@dataclass(frozen=True)
class Brand:
    """The look of a Storefront; the platform's standard look has neither."""

    primary_color: str | None = None
    logo: Logo | None = None


@dataclass(frozen=True)
class Shop:
    """A tenant's Storefront without its offers."""

    client_id: str
    name: str
    language: str
    currency: str
    own_hostname: bool
    """Whether the tenant's edition has Storefronts under hostnames of their own."""
    brand: Brand


def open_shop(client_id: str) -> Shop | None:
    """The tenant's shop; None while the tenant is closed or not set up yet. Raises TenantNotFound."""
    with tenant(client_id, readonly=True) as pool:
        organization = pool.get("tenant.organization")(1)
        company = organization.company
        if company is None or state_of(organization.state) is not OrganizationState.ACTIVE:
            return None
        edition = edition_of(organization.edition)
        return Shop(
            client_id=client_id,
            name=company.party.name,
            language=organization.language.code if organization.language else "en",
            currency=company.currency.code,
            own_hostname=edition is Edition.PREMIUM,
            brand=_brand(pool, edition),
        )


def offers(shop: Shop) -> list[Offer]:
    """Visible products with a sell price, by category and name."""
    with tenant(shop.client_id, readonly=True) as pool:
        company = pool.get("tenant.organization")(1).company.id
        with Transaction().set_context(company=company, language=shop.language):
            templates = pool.get("product.template").search(
                [("salable", "=", True), ("storefront_visible", "=", True)], order=[("name", "ASC")]
            )
            prices = _sell_prices(pool, company)
            found = [
                Offer(
                    name=template.name,
                    description=(template.products[0].description or "") if template.products else "",
                    category=template.categories[0].rec_name if template.categories else "",
                    price=prices[template.id],
                    cycle=Cycle(template.billing_cycle) if template.billing_cycle else None,
                )
                for template in templates
                if template.id in prices
            ]
    return sorted(found, key=lambda offer: (offer.category, offer.name))


def logo(shop: Shop) -> bytes | None:
    """Content of the shop's logo, as far as its brand has one."""
    if shop.brand.logo is None:
        return None
    with tenant(shop.client_id, readonly=True) as pool:
        content = pool.get("storefront.configuration")(1).logo
        return None if content is None else bytes(content)


def _brand(pool: Pool, edition: Edition | None) -> Brand:
    if edition is not Edition.PREMIUM:
        # The settings are kept for the day when the edition is raised again.
        return Brand()
    configuration = pool.get("storefront.configuration")(1)
    logo = None
    if configuration.logo_digest:
        logo = Logo(media_type=configuration.logo_type, digest=configuration.logo_digest)
    return Brand(primary_color=configuration.primary_color, logo=logo)


def _sell_prices(pool: Pool, company: int) -> dict[int, Decimal]:
    """Sell prices by product, in one read: asked for one by one they take a second for a few hundred products."""
    rows = pool.get("product.list_price").search_read(
        [("company", "=", company), ("product", "=", None), ("list_price", "!=", None)],
        fields_names=["template", "list_price"],
    )
    return {row["template"]: row["list_price"] for row in rows}
