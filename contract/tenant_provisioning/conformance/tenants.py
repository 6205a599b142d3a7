"""Tenant resellers that the suite makes: on accounts that are free, under keys of its own, purged at the end."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import pytest

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import ProblemError, TooBusy
from tenant_provisioning.models import (
    AdministratorRequest,
    Edition,
    Organization,
    OrganizationRequest,
    ProblemCode,
    SessionRequest,
    WorkState,
)
from tenant_provisioning.problems import STATUS

ResultT = TypeVar("ResultT")

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Made:
    """An organization that the suite made."""

    key: str
    account: str
    client_id: str


def new_key() -> str:
    """A key that was never used before."""
    return f"conformance.{secrets.token_hex(8)}"


def new_password() -> str:
    """A password that every sensible rule accepts."""
    return f"Zq7-{secrets.token_urlsafe(18)}"


def administrator(user_name: str, password: str | None = None, fingerprint: str | None = None) -> AdministratorRequest:
    """A request for an administrator."""
    return AdministratorRequest.model_validate(
        {
            "user_name": user_name,
            "email": f"{user_name}@conformance.example",
            "password": password,
            "password_fingerprint": fingerprint,
        }
    )


def session(client_id: str, user_name: str, password: str) -> SessionRequest:
    """A request for a login."""
    return SessionRequest.model_validate({"client_id": client_id, "user_name": user_name, "password": password})


class Tenants:
    """Makes organizations and purges them again."""

    def __init__(self, bss: TenantProvisioningClient, accounts: str, foreign_accounts: str, patience: float) -> None:
        self._bss = bss
        self._accounts = accounts.split(",")
        self._foreign_accounts = foreign_accounts.split(",")
        self._patience = patience
        self._keys: list[str] = []

    async def free_account(self, *, foreign_currency: bool = False) -> str:
        """Code of an account that may order and is no tenant reseller yet."""
        codes = self._foreign_accounts if foreign_currency else self._accounts
        for code in codes:
            account = await self._bss.account(code)
            if account.ordering_enabled and account.organization_key is None:
                return code
        raise AssertionError(f"none of the accounts {', '.join(codes)} is free: purge a tenant or name others")

    async def make(self, *, edition: Edition = Edition.PREMIUM, foreign_currency: bool = False) -> Made:
        """A fresh organization with an edition in force."""
        account = await self.free_account(foreign_currency=foreign_currency)
        key = self.claim(new_key())
        request = OrganizationRequest(account=account, name=f"Conformance {account}", edition=edition)
        organization = await self.patiently(lambda: self._bss.put_organization(key, request))
        return Made(key, account, organization.client_id)

    def claim(self, key: str) -> str:
        """Have an organization purged at the end that a case makes by itself."""
        self._keys.append(key)
        return key

    async def purge(self) -> None:
        """Purge everything that was made."""
        while self._keys:
            key = self._keys.pop()
            await self.patiently(partial(self._bss.delete_organization, key))

    async def patiently(self, call: Callable[[], Awaitable[ResultT]]) -> ResultT:
        """The result of a call, repeated for as long as the BSS asks to come back later."""
        deadline = asyncio.get_running_loop().time() + self._patience
        while True:
            try:
                return await call()
            except TooBusy as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(min(error.retry_after or POLL_SECONDS, 5.0))

    async def settled(self, key: str) -> Organization:
        """The organization once its products are no longer being copied."""
        deadline = asyncio.get_running_loop().time() + self._patience
        while True:
            organization = await self._bss.organization(key)
            assert organization is not None, f"organization {key} is gone"
            product_range = organization.product_range
            if product_range is None or product_range.state is not WorkState.RUNNING:
                return organization
            assert asyncio.get_running_loop().time() < deadline, (
                f"still copying after {self._patience:g} s: {product_range.completed} of {product_range.total}"
            )
            await asyncio.sleep(POLL_SECONDS)


async def refused_as(code: ProblemCode, call: Awaitable[object], *, field: str | None = None) -> None:
    """Assert that a call is refused with this code and its status, and that the field at fault is named."""
    with pytest.raises(ProblemError) as caught:
        await call
    problem = caught.value.problem
    assert problem.code is code, problem
    assert problem.status == STATUS[code]
    assert problem.field == field or field is None
    assert problem.title
    assert not problem.retryable
