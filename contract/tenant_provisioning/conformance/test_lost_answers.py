"""Answers that never arrive: the work is done once, and the repetition finds it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from yarl import URL

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import TransportError
from tenant_provisioning.fake.faults import Fault, FaultKind, FaultsRequest
from tenant_provisioning.models import PREFIX, Edition, OrganizationRequest

from .options import Options
from .tenants import Tenants, administrator, new_key, new_password, session


async def _send_and_hang_up(base_url: str, api_key: str, method: str, path: str, body: bytes) -> None:
    """Send a complete request and close the connection without waiting for the answer."""
    address = URL(base_url)
    assert address.host is not None
    _, writer = await asyncio.open_connection(address.host, address.port, ssl=address.scheme == "https" or None)
    head = (
        f"{method} {address.path.rstrip('/')}{PREFIX}{path} HTTP/1.1\r\nHost: {address.authority}\r\n"
        f"Authorization: Bearer {api_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_a_creation_whose_answer_nobody_read_is_found_again(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options, api_key: str
) -> None:
    """Hang up in the middle of it, three times, then ask properly: there is one, and it stays the same."""
    account = await tenants.free_account()
    key = tenants.claim(new_key())
    request = OrganizationRequest(account=account, name="Lost", edition=Edition.BASIC)
    for _ in range(3):
        await _send_and_hang_up(options.base_url, api_key, "PUT", f"/organizations/{key}", request.wire())
    organization = await tenants.patiently(lambda: bss.put_organization(key, request))
    assert (await bss.account(account)).organization_key == key
    again = await bss.put_organization(key, request)
    assert again.client_id == organization.client_id


async def test_a_deletion_whose_answer_nobody_read_stays_done(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options, api_key: str
) -> None:
    """The repetition purges or finds nothing; either way it is gone."""
    made = await tenants.make()
    await _send_and_hang_up(options.base_url, api_key, "DELETE", f"/organizations/{made.key}", b"")
    await bss.delete_organization(made.key)
    assert await bss.organization(made.key) is None
    assert (await bss.account(made.account)).organization_key is None


async def test_a_password_whose_answer_nobody_read_is_set(
    bss: TenantProvisioningClient, tenants: Tenants, options: Options, api_key: str
) -> None:
    """The repetition carries the same fingerprint, and the password works."""
    made = await tenants.make()
    password = new_password()
    request = administrator("maria", password, "first")
    await _send_and_hang_up(
        options.base_url, api_key, "PUT", f"/organizations/{made.key}/administrator", request.wire()
    )
    await bss.put_administrator(made.key, request)
    await bss.log_in(session(made.client_id, "maria", password))


@pytest.mark.faults
async def test_an_answer_lost_after_the_commit(tenants: Tenants, options: Options, api_key: str) -> None:
    """The fake commits and drops the connection: the client sees a transport error, and the repetition finds one.

    Twice, since aiohttp itself repeats an idempotent call once.
    """
    account = await tenants.free_account()
    key = tenants.claim(new_key())
    request = OrganizationRequest(account=account, name="Lost", edition=Edition.BASIC)
    faults = FaultsRequest(faults=[Fault(kind=FaultKind.ANSWER_LOST, route="put_organization", count=2)])
    async with aiohttp.ClientSession(options.base_url) as control:
        (await control.put("/_faults", data=faults.wire())).raise_for_status()
    async with TenantProvisioningClient(options.base_url, api_key) as fresh:
        with pytest.raises(TransportError):
            await fresh.put_organization(key, request)
        lost = await fresh.organization(key)
        assert lost is not None
        assert (await fresh.put_organization(key, request)).client_id == lost.client_id
