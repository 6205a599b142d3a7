"""Making, finding and purging organizations: whatever is repeated, doubled or lost on the way, there is one."""

from __future__ import annotations

import asyncio

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.models import Edition, Organization, OrganizationRequest, OrganizationState, ProblemCode

from .options import Options
from .raw import RawAnswer, RawClient
from .tenants import Tenants, new_key, refused_as


def _request(account: str, *, name: str = "Conformance", edition: Edition = Edition.BASIC) -> OrganizationRequest:
    return OrganizationRequest(account=account, name=name, edition=edition)


async def test_a_new_organization_is_active_and_has_a_client_id(
    bss: TenantProvisioningClient, tenants: Tenants, raw: RawClient
) -> None:
    """201, with a Client ID and the same login address for all; no edition is in force yet."""
    account = await tenants.free_account()
    key = tenants.claim(new_key())
    answer = await raw.send("PUT", f"/organizations/{key}", _request(account).wire())
    assert answer.status == 201
    organization = Organization.model_validate_json(answer.body)
    assert organization.key == key
    assert organization.account == account
    assert organization.state is OrganizationState.ACTIVE
    assert organization.edition is None
    assert organization.login_url == (await bss.info()).login_url
    assert organization.administrator is None
    assert not organization.back_ordering


async def test_created_twice_is_one(bss: TenantProvisioningClient, tenants: Tenants, raw: RawClient) -> None:
    """The repetition is answered 200 with the same Client ID."""
    made = await tenants.make()
    again = await raw.send("PUT", f"/organizations/{made.key}", _request(made.account).wire())
    assert again.status == 200
    assert Organization.model_validate_json(again.body).client_id == made.client_id
    found = await bss.organization(made.key)
    assert found is not None
    assert found.client_id == made.client_id


async def test_eight_at_once_are_one(tenants: Tenants, raw: RawClient) -> None:
    """Exactly one call makes it; all eight get the same organization."""
    account = await tenants.free_account()
    key = tenants.claim(new_key())
    answers: list[RawAnswer] = await asyncio.gather(
        *(raw.send("PUT", f"/organizations/{key}", _request(account).wire()) for _ in range(8))
    )
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({Organization.model_validate_json(answer.body).client_id for answer in answers}) == 1


async def test_two_keys_at_once_cannot_share_an_account(
    bss: TenantProvisioningClient, tenants: Tenants, raw: RawClient
) -> None:
    """One of them gets the account; the other is refused and makes nothing."""
    account = await tenants.free_account()
    keys = [tenants.claim(new_key()) for _ in range(2)]
    answers = await asyncio.gather(
        *(raw.send("PUT", f"/organizations/{key}", _request(account).wire()) for key in keys)
    )
    assert sorted(answer.status for answer in answers) == [201, 409]
    (refused,) = (answer for answer in answers if answer.status == 409)
    assert refused.problem().code is ProblemCode.ACCOUNT_IS_TENANT
    assert [await bss.organization(key) is None for key in keys].count(True) == 1


async def test_a_second_put_changes_the_name_only(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """The edition is another call's task."""
    made = await tenants.make(edition=Edition.BASIC)
    renamed = await bss.put_organization(made.key, _request(made.account, name="Another Name", edition=Edition.PREMIUM))
    assert renamed.name == "Another Name"
    assert renamed.edition is None
    assert renamed.client_id == made.client_id


async def test_a_key_keeps_its_account(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """Another account under the same key is 409, and changes nothing."""
    made = await tenants.make()
    before = await bss.organization(made.key)
    another = await tenants.free_account()
    await refused_as(ProblemCode.OWNED_BY_ANOTHER, bss.put_organization(made.key, _request(another)))
    assert await bss.organization(made.key) == before
    assert (await bss.account(another)).organization_key is None


async def test_an_account_that_is_a_tenant_cannot_become_another(
    bss: TenantProvisioningClient, tenants: Tenants
) -> None:
    """409 under another key, and nothing is made there."""
    made = await tenants.make()
    key = tenants.claim(new_key())
    await refused_as(ProblemCode.ACCOUNT_IS_TENANT, bss.put_organization(key, _request(made.account)), field="account")
    assert await bss.organization(key) is None


async def test_an_account_that_may_not_order_becomes_no_tenant(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options
) -> None:
    """Refused, and nothing is made."""
    key = tenants.claim(new_key())
    request = _request(options.not_ordering_account)
    await refused_as(ProblemCode.ORDERING_DISABLED, bss.put_organization(key, request), field="account")
    assert await bss.organization(key) is None


async def test_an_unknown_account_becomes_no_tenant(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options
) -> None:
    """Refused, and nothing is made."""
    key = tenants.claim(new_key())
    request = _request(options.unknown_account)
    await refused_as(ProblemCode.ACCOUNT_NOT_FOUND, bss.put_organization(key, request), field="account")
    assert await bss.organization(key) is None


async def test_it_is_found_by_its_client_id(
    bss: TenantProvisioningClient, other: TenantProvisioningClient, tenants: Tenants
) -> None:
    """By its own API client only; an unknown Client ID finds nothing."""
    made = await tenants.make()
    assert [found.key for found in await bss.find_organizations(made.client_id)] == [made.key]
    assert await other.find_organizations(made.client_id) == []
    await bss.delete_organization(made.key)
    assert await bss.find_organizations(made.client_id) == []


async def test_deleted_twice_is_gone(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """The first purges, the second finds nothing; the key then makes a new one with another Client ID."""
    made = await tenants.make()
    assert await bss.delete_organization(made.key)
    assert not await bss.delete_organization(made.key)
    assert await bss.organization(made.key) is None
    assert (await bss.put_organization(made.key, _request(made.account))).client_id != made.client_id


async def test_a_part_of_nothing_is_not_found(bss: TenantProvisioningClient, raw: RawClient) -> None:
    """Every path below an unknown key is `OrganizationNotFound`, not just an unknown path."""
    key = new_key()
    assert await bss.organization(key) is None
    answer = await raw.send("PUT", f"/organizations/{key}/edition", b'{"edition": "Basic"}')
    assert answer.problem().code is ProblemCode.ORGANIZATION_NOT_FOUND
    answer = await raw.send("GET", f"/organizations/{key}/processes")
    assert answer.problem().code is ProblemCode.ORGANIZATION_NOT_FOUND
