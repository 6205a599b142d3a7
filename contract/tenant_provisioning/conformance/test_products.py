"""The range of products that a tenant inherits: exactly the price list's, and only when it is asked for."""

from __future__ import annotations

import pytest

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.models import PREFIX, Organization, ProblemCode, ProductRangeRequest, ProductScope, WorkState

from .options import Options
from .raw import RawClient
from .tenants import Tenants, refused_as


async def test_the_range_is_exactly_the_price_list(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options
) -> None:
    """As many products as the list holds; another list replaces the range, in both directions."""
    made = await tenants.make()
    for code in (options.price_list, options.other_price_list, options.price_list):
        await bss.put_product_range(made.key, ProductRangeRequest(price_list=code))
        product_range = (await tenants.settled(made.key)).product_range
        assert product_range is not None
        assert product_range.state is WorkState.COMPLETED, product_range.message
        assert product_range.price_list == code
        assert product_range.inherited == (await bss.price_list(code)).products
        assert product_range.completed == product_range.total
        assert product_range.updated_at is not None


async def test_a_running_copy_is_answered_202_with_its_address(
    tenants: Tenants, raw: RawClient, options: Options
) -> None:
    """`Location` names the organization; 200 is right where the copying is already over."""
    made = await tenants.make()
    request = ProductRangeRequest(price_list=options.other_price_list)
    answer = await raw.send("PUT", f"/organizations/{made.key}/product-range", request.wire())
    assert answer.status in (200, 202)
    product_range = Organization.model_validate_json(answer.body).product_range
    assert product_range is not None
    assert (answer.status == 202) == (product_range.state is WorkState.RUNNING)
    if answer.status == 202:
        assert answer.header("location").endswith(f"{PREFIX}/organizations/{made.key}")
    finished = (await tenants.settled(made.key)).product_range
    assert finished is not None
    assert finished.state is WorkState.COMPLETED, finished.message


async def test_products_are_updated_only_when_a_new_trigger_asks(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options
) -> None:
    """The same request, and one without a trigger, change nothing; a new trigger makes one run, whatever its scope."""
    made = await tenants.make()

    async def updated_after(trigger: str | None, scope: ProductScope = ProductScope.FULL) -> object:
        request = ProductRangeRequest(price_list=options.price_list, trigger=trigger, scope=scope)
        await bss.put_product_range(made.key, request)
        product_range = (await tenants.settled(made.key)).product_range
        assert product_range is not None
        assert product_range.state is WorkState.COMPLETED, product_range.message
        assert product_range.inherited == (await bss.price_list(options.price_list)).products
        return product_range.updated_at

    first = await updated_after(None)
    assert await updated_after(None) == first
    second = await updated_after("2026-11-23")
    assert second != first
    assert await updated_after("2026-11-23") == second
    assert await updated_after(None) == second
    assert await updated_after("2026-11-24", ProductScope.PARTIAL) != second


async def test_the_trigger_last_applied_is_shown(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options
) -> None:
    """So that a client can see that its update was taken up."""
    made = await tenants.make()
    await bss.put_product_range(made.key, ProductRangeRequest(price_list=options.price_list, trigger="spring"))
    product_range = (await tenants.settled(made.key)).product_range
    assert product_range is not None
    assert product_range.trigger == "spring"


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("inactive_price_list", ProblemCode.PRICE_LIST_INACTIVE),
        ("expired_price_list", ProblemCode.PRICE_LIST_NOT_VALID_TODAY),
        ("unknown_price_list", ProblemCode.PRICE_LIST_NOT_FOUND),
    ],
)
async def test_an_unusable_price_list_is_refused(
    bss: TenantProvisioningClient, shared_range: str, options: Options, option: str, code: ProblemCode
) -> None:
    """The range in force stays as it was."""
    before = await bss.organization(shared_range)
    request = ProductRangeRequest(price_list=str(getattr(options, option)))
    await refused_as(code, bss.put_product_range(shared_range, request), field="priceList")
    assert await bss.organization(shared_range) == before


@pytest.fixture(name="shared_range")
async def _shared_range(bss: TenantProvisioningClient, tenants: Tenants, options: Options) -> str:
    made = await tenants.make()
    await bss.put_product_range(made.key, ProductRangeRequest(price_list=options.price_list))
    await tenants.settled(made.key)
    return made.key


async def test_a_price_list_in_another_currency_is_refused(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options
) -> None:
    """An account buys in its own currency only."""
    made = await tenants.make(foreign_currency=True)
    request = ProductRangeRequest(price_list=options.price_list)
    await refused_as(ProblemCode.CURRENCY_MISMATCH, bss.put_product_range(made.key, request), field="priceList")
    found = await bss.organization(made.key)
    assert found is not None
    assert found.product_range is None
