"""Facts that prerequisites are decided from."""

from __future__ import annotations

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.models import ProblemCode

from .options import Options
from .tenants import Tenants, refused_as


async def test_info_says_what_can_be_chosen(bss: TenantProvisioningClient) -> None:
    """Version, addresses, and lists of languages, time zones and date formats to choose from."""
    info = await bss.info()
    assert info.version
    assert info.name
    assert info.login_url.startswith(("http://", "https://"))
    assert "en" in info.languages
    assert "Europe/Athens" in info.time_zones
    assert "dd/MM/yyyy" in info.date_formats


async def test_a_free_account_may_order_and_has_no_organization(
    bss: TenantProvisioningClient, tenants: Tenants
) -> None:
    """The account's code comes back, with its name and currency."""
    code = await tenants.free_account()
    account = await bss.account(code)
    assert account.code == code
    assert account.name
    assert account.currency == (await bss.info()).currency


async def test_an_account_that_may_not_order_says_so(bss: TenantProvisioningClient, options: Options) -> None:
    """`orderingEnabled` is false."""
    assert not (await bss.account(options.not_ordering_account)).ordering_enabled


async def test_an_unknown_account_is_not_found(bss: TenantProvisioningClient, options: Options) -> None:
    """404 with its own code."""
    await refused_as(ProblemCode.ACCOUNT_NOT_FOUND, bss.account(options.unknown_account))


async def test_an_account_names_the_organization_it_is_a_tenant_of(
    bss: TenantProvisioningClient, tenants: Tenants
) -> None:
    """`organizationKey` is the key while the organization exists, and absent again afterwards."""
    made = await tenants.make()
    assert (await bss.account(made.account)).organization_key == made.key
    await bss.delete_organization(made.key)
    assert (await bss.account(made.account)).organization_key is None


async def test_a_usable_price_list(bss: TenantProvisioningClient, options: Options) -> None:
    """Active, valid today, in the distributor's currency, and not empty."""
    price_list = await bss.price_list(options.price_list)
    assert price_list.code == options.price_list
    assert price_list.active
    assert price_list.valid_today
    assert price_list.currency == (await bss.info()).currency
    assert price_list.products > 0


async def test_an_inactive_price_list_says_so(bss: TenantProvisioningClient, options: Options) -> None:
    """`active` is false."""
    assert not (await bss.price_list(options.inactive_price_list)).active


async def test_an_expired_price_list_says_so(bss: TenantProvisioningClient, options: Options) -> None:
    """`validToday` is false, and the date that ended it is told."""
    price_list = await bss.price_list(options.expired_price_list)
    assert not price_list.valid_today
    assert price_list.valid_to is not None


async def test_an_unknown_price_list_is_not_found(bss: TenantProvisioningClient, options: Options) -> None:
    """404 with its own code."""
    await refused_as(ProblemCode.PRICE_LIST_NOT_FOUND, bss.price_list(options.unknown_price_list))
