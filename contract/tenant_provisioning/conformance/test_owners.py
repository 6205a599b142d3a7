"""Organizations belong to the API client that made them; taking one over is explicit."""

from __future__ import annotations

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.models import (
    BackOrderingRequest,
    Edition,
    EditionRequest,
    InvoicingRequest,
    LocaleRequest,
    OrganizationRequest,
    OrganizationState,
    ProblemCode,
    ProductRangeRequest,
    StateRequest,
    StorefrontRequest,
)

from .options import Options
from .tenants import Made, Tenants, administrator, new_key, new_password, refused_as

ADOPTED_KEY = "conformance-suite.adopted"
"""Always the same: an adopted organization cannot be given back, and a repetition of the suite must find it again."""


async def test_another_clients_organization_cannot_be_changed_or_seen(
    bss: TenantProvisioningClient, other: TenantProvisioningClient, shared: Made, options: Options
) -> None:
    """Every PUT and DELETE is 409 `OwnedByAnother`, GET is 404, and nothing has changed afterwards."""
    key = shared.key
    before = await bss.organization(key)
    assert await other.organization(key) is None
    attempts = [
        other.put_organization(key, OrganizationRequest(account=shared.account, name="Stolen", edition=Edition.BASIC)),
        other.put_edition(key, EditionRequest(edition=Edition.BASIC)),
        other.put_locale(key, LocaleRequest(language="en", time_zone="Europe/Athens", date_format="dd/MM/yyyy")),
        other.put_product_range(key, ProductRangeRequest(price_list=options.price_list)),
        other.put_invoicing(key, InvoicingRequest(separate_invoices=True)),
        other.put_administrator(key, administrator("thief", new_password())),
        other.put_storefront(key, StorefrontRequest()),
        other.put_back_ordering(key, BackOrderingRequest(active=True)),
        other.put_state(key, StateRequest(state=OrganizationState.SUSPENDED)),
        other.delete_organization(key),
    ]
    for attempt in attempts:
        await refused_as(ProblemCode.OWNED_BY_ANOTHER, attempt)
    assert await bss.organization(key) == before


async def test_another_clients_organization_cannot_be_adopted(
    bss: TenantProvisioningClient, other: TenantProvisioningClient, shared: Made
) -> None:
    """Adoption takes what nobody's client has, and nothing else."""
    key = new_key()
    request = OrganizationRequest(account=shared.account, name="Stolen", edition=Edition.BASIC, adopt=shared.client_id)
    await refused_as(ProblemCode.OWNED_BY_ANOTHER, other.put_organization(key, request))
    await refused_as(ProblemCode.OWNED_BY_ANOTHER, bss.put_organization(key, request))
    assert await bss.organization(key) is None
    kept = await bss.organization(shared.key)
    assert kept is not None
    assert kept.client_id == shared.client_id


async def test_what_does_not_exist_cannot_be_adopted(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """404, and no organization is made instead."""
    account = await tenants.free_account()
    key = tenants.claim(new_key())
    request = OrganizationRequest(account=account, name="Nobody", edition=Edition.BASIC, adopt="zzzzzzzz")
    await refused_as(ProblemCode.ORGANIZATION_NOT_FOUND, bss.put_organization(key, request))
    assert (await bss.account(account)).organization_key is None


async def test_an_organization_that_no_client_made_can_be_adopted_once(
    bss: TenantProvisioningClient, other: TenantProvisioningClient, options: Options
) -> None:
    """It keeps its Client ID and gets the key; a repetition gives the same answer; nobody else can have it then."""
    account = await bss.account(options.adoptable_account)
    assert account.organization_key in ("", ADOPTED_KEY), "the account must be a tenant that no API client made"
    request = OrganizationRequest(
        account=options.adoptable_account,
        name=account.name,
        edition=Edition.BASIC,
        adopt=options.adoptable_client_id,
    )
    for _ in range(2):
        adopted = await bss.put_organization(ADOPTED_KEY, request)
        assert adopted.key == ADOPTED_KEY
        assert adopted.client_id == options.adoptable_client_id
    assert (await bss.account(options.adoptable_account)).organization_key == ADOPTED_KEY
    await refused_as(ProblemCode.OWNED_BY_ANOTHER, other.put_organization(new_key(), request))
    await refused_as(ProblemCode.OWNED_BY_ANOTHER, bss.put_organization(new_key(), request))
