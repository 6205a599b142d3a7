"""Edition, locale, invoicing, Storefront, back ordering and state of an organization."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import pytest

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.models import (
    BackOrderingRequest,
    Edition,
    EditionRequest,
    InvoicingRequest,
    Locale,
    LocaleRequest,
    Logo,
    OrganizationState,
    ProblemCode,
    StateRequest,
    StorefrontRequest,
)

from .tenants import Made, Tenants, new_key, refused_as

LOCALE = LocaleRequest(language="en", time_zone="Europe/Athens", date_format="dd/MM/yyyy")
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#0b5fff"/></svg>'


async def test_an_edition_comes_into_force(bss: TenantProvisioningClient, shared: Made) -> None:
    """Up, down, again the same, and up."""
    for edition in (Edition.PREMIUM, Edition.BASIC, Edition.BASIC, Edition.PREMIUM):
        assert (await bss.put_edition(shared.key, EditionRequest(edition=edition))).edition is edition
        found = await bss.organization(shared.key)
        assert found is not None
        assert found.edition is edition


async def test_a_locale_comes_into_force(bss: TenantProvisioningClient, shared: Made) -> None:
    """Each part of it, and again when it changes."""
    for time_zone, date_format in (("Europe/Athens", "dd/MM/yyyy"), ("America/New_York", "MM/dd/yyyy")):
        request = LocaleRequest(language="en", time_zone=time_zone, date_format=date_format)
        organization = await bss.put_locale(shared.key, request)
        assert organization.locale == Locale(language="en", time_zone=time_zone, date_format=date_format)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"language": "tlh"}, ProblemCode.LANGUAGE_NOT_SUPPORTED, "language"),
        ({"time_zone": "Europe/Atlantis"}, ProblemCode.TIME_ZONE_NOT_SUPPORTED, "timeZone"),
        ({"date_format": "QQQ yyyy"}, ProblemCode.DATE_FORMAT_NOT_SUPPORTED, "dateFormat"),
    ],
)
async def test_a_locale_that_is_not_supported_changes_nothing(
    bss: TenantProvisioningClient, shared: Made, change: dict[str, str], code: ProblemCode, field: str
) -> None:
    """Each part has its own code, and the field is named."""
    before = (await bss.put_locale(shared.key, LOCALE)).locale
    await refused_as(code, bss.put_locale(shared.key, LOCALE.model_copy(update=change)), field=field)
    found = await bss.organization(shared.key)
    assert found is not None
    assert found.locale == before


async def test_separate_invoices_can_change_at_any_time(bss: TenantProvisioningClient, shared: Made) -> None:
    """On, off, on."""
    for separate in (True, False, True):
        organization = await bss.put_invoicing(shared.key, InvoicingRequest(separate_invoices=separate))
        assert organization.invoicing is not None
        assert organization.invoicing.separate_invoices is separate


async def test_a_storefront_without_an_own_hostname_lies_below_the_bss(
    bss: TenantProvisioningClient, shared: Made
) -> None:
    """Its address is made of the BSS's and the Client ID."""
    organization = await bss.put_storefront(shared.key, StorefrontRequest())
    assert organization.storefront is not None
    assert organization.storefront.url == f"{organization.login_url.rstrip('/')}/s/{shared.client_id}/"
    assert organization.storefront.hostname is None
    assert organization.storefront.logo_digest is None


async def test_a_premium_storefront_has_an_own_hostname_and_look(bss: TenantProvisioningClient, shared: Made) -> None:
    """The answer shows what is in force; what is absent in the next request falls back."""
    await bss.put_edition(shared.key, EditionRequest(edition=Edition.PREMIUM))
    hostname = f"{new_key().replace('.', '-')}.example"
    request = StorefrontRequest(
        hostname=hostname,
        primary_color="#0b5fff",
        logo=Logo(media_type="image/svg+xml", data=b64encode(LOGO).decode()),
    )
    storefront = (await bss.put_storefront(shared.key, request)).storefront
    assert storefront is not None
    assert storefront.url == f"https://{hostname}/"
    assert storefront.hostname == hostname
    assert storefront.primary_color == "#0b5fff"
    assert storefront.logo_digest == hashlib.sha256(LOGO).hexdigest()
    plain = (await bss.put_storefront(shared.key, StorefrontRequest())).storefront
    assert plain is not None
    assert (plain.hostname, plain.primary_color, plain.logo_digest) == (None, None, None)


async def test_an_own_hostname_needs_premium(bss: TenantProvisioningClient, shared: Made) -> None:
    """Refused with the field, and the Storefront stays as it was."""
    await bss.put_storefront(shared.key, StorefrontRequest())
    before = (await bss.put_edition(shared.key, EditionRequest(edition=Edition.BASIC))).storefront
    request = StorefrontRequest(hostname="basic.example")
    await refused_as(ProblemCode.PREMIUM_REQUIRED, bss.put_storefront(shared.key, request), field="hostname")
    found = await bss.organization(shared.key)
    assert found is not None
    assert found.storefront == before


async def test_a_logo_that_is_not_base64_is_refused(bss: TenantProvisioningClient, shared: Made) -> None:
    """As an invalid request."""
    await bss.put_edition(shared.key, EditionRequest(edition=Edition.PREMIUM))
    request = StorefrontRequest(logo=Logo(media_type="image/png", data="§§§"))
    await refused_as(ProblemCode.INVALID_REQUEST, bss.put_storefront(shared.key, request))


async def test_a_hostname_belongs_to_one_storefront(
    bss: TenantProvisioningClient, shared: Made, tenants: Tenants
) -> None:
    """The second tenant that wants it is refused; when the first gives it up, the second gets it."""
    second = await tenants.make()
    for key in (shared.key, second.key):
        await bss.put_edition(key, EditionRequest(edition=Edition.PREMIUM))
    request = StorefrontRequest(hostname=f"{new_key().replace('.', '-')}.example")
    await bss.put_storefront(shared.key, request)
    await refused_as(ProblemCode.HOSTNAME_TAKEN, bss.put_storefront(second.key, request), field="hostname")
    await bss.put_storefront(shared.key, StorefrontRequest())
    taken = (await bss.put_storefront(second.key, request)).storefront
    assert taken is not None
    assert taken.hostname == request.hostname


async def test_back_ordering_goes_on_and_never_off(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """Off while it is off changes nothing; on twice is on; off afterwards is refused."""
    made = await tenants.make()
    assert not (await bss.put_back_ordering(made.key, BackOrderingRequest(active=False))).back_ordering
    for _ in range(2):
        assert (await bss.put_back_ordering(made.key, BackOrderingRequest(active=True))).back_ordering
    off = bss.put_back_ordering(made.key, BackOrderingRequest(active=False))
    await refused_as(ProblemCode.BACK_ORDERING_IRREVERSIBLE, off)
    found = await bss.organization(made.key)
    assert found is not None
    assert found.back_ordering


async def test_parts_change_only_while_active(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """A suspended tenant refuses changes until it is resumed; suspending twice is suspending."""
    made = await tenants.make()
    await bss.put_locale(made.key, LOCALE)
    for _ in range(2):
        suspended = await bss.put_state(made.key, StateRequest(state=OrganizationState.SUSPENDED))
        assert suspended.state is OrganizationState.SUSPENDED
    change = LOCALE.model_copy(update={"time_zone": "Europe/Berlin"})
    await refused_as(ProblemCode.ORGANIZATION_NOT_ACTIVE, bss.put_locale(made.key, change))
    resumed = await bss.put_state(made.key, StateRequest(state=OrganizationState.ACTIVE))
    assert resumed.state is OrganizationState.ACTIVE
    assert resumed.locale is not None
    assert resumed.locale.time_zone == LOCALE.time_zone
    changed = (await bss.put_locale(made.key, change)).locale
    assert changed is not None
    assert changed.time_zone == "Europe/Berlin"


async def test_a_tenant_marked_as_deleted_is_kept(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """It is still there, with its Client ID, and its account is not free."""
    made = await tenants.make()
    deleted = await bss.put_state(made.key, StateRequest(state=OrganizationState.DELETED))
    assert deleted.state is OrganizationState.DELETED
    found = await bss.organization(made.key)
    assert found is not None
    assert found.client_id == made.client_id
    assert found.state is OrganizationState.DELETED
    assert (await bss.account(made.account)).organization_key == made.key
