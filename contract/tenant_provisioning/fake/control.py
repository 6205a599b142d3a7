"""`/_faults` and `/_world`: how tests look behind the fake's API and change things there, as people in a real BSS do.

| Call | Meaning |
|---|---|
| GET, PUT, DELETE `/_faults` | switches for trouble: see, replace, switch off |
| GET, DELETE `/_world/calls` | calls by route since the start or the last DELETE |
| GET `/_world/organizations` | all organizations with their owners |
| PUT `/_world/accounts/{code}` | make or change an account |
| PUT `/_world/price-lists/{code}` | make or change a price list; tenants see it at the next update of their products |
| PATCH, DELETE `/_world/organizations/{key}` | change or purge behind the API clients' backs |

Nothing here asks for a key: a fake holds nothing worth stealing, and listens on this machine only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TypeVar

from aiohttp import web
from pydantic import Field, ValidationError

from tenant_provisioning.models import (
    Answer,
    Code,
    CurrencyCode,
    Edition,
    Locale,
    Organization,
    OrganizationState,
    Request,
    Secret,
)

from .bss import FakeBss
from .faults import Faults, FaultsRequest
from .tenant import Tenant
from .world import FakeAccount, FakePriceList

ModelT = TypeVar("ModelT", bound=Request)


class AccountChange(Request):
    """Members that are present change."""

    name: str | None = None
    currency: CurrencyCode | None = None
    ordering_enabled: bool | None = None
    subscriptions_not_copied: int | None = Field(None, ge=0)


class PriceListChange(Request):
    """Members that are present change; dates can also be taken away with null."""

    name: str | None = None
    currency: CurrencyCode | None = None
    products: int | None = Field(None, ge=0)
    active: bool | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class OrganizationChange(Request):
    """Members that are present change."""

    owner: str | None = Field(None, description="Name of the API client that it belongs to from now on.")
    name: str | None = None
    edition: Edition | None = None
    locale: Locale | None = None
    price_list: Code | None = Field(None, description="The range in force becomes another list's.")
    separate_invoices: bool | None = None
    state: OrganizationState | None = None
    password: Secret | None = Field(None, description="The administrator changes the password in the BSS.")


class KnownOrganization(Answer):
    """An organization and what only the BSS knows of it."""

    owner: str
    organization: Organization


class KnownOrganizations(Answer):
    """All organizations, oldest first."""

    items: list[KnownOrganization]


class Calls(Answer):
    """Calls by route."""

    calls: dict[str, int]


class Control:
    """Handlers of the control endpoints."""

    def __init__(self, bss: FakeBss, faults: Faults, calls: Counter[str]) -> None:
        self._bss = bss
        self._faults = faults
        self._calls = calls

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the endpoints to an application's router."""
        router.add_get("/_faults", self._get_faults)
        router.add_put("/_faults", self._put_faults)
        router.add_delete("/_faults", self._delete_faults)
        router.add_get("/_world/calls", self._get_calls)
        router.add_delete("/_world/calls", self._delete_calls)
        router.add_get("/_world/organizations", self._get_organizations)
        router.add_put("/_world/accounts/{code}", self._put_account)
        router.add_put("/_world/price-lists/{code}", self._put_price_list)
        router.add_patch("/_world/organizations/{key}", self._patch_organization)
        router.add_delete("/_world/organizations/{key}", self._delete_organization)

    async def _get_faults(self, request: web.Request) -> web.Response:
        return _json(self._faults.state())

    async def _put_faults(self, request: web.Request) -> web.Response:
        wanted = await _read(request, FaultsRequest)
        self._faults.replace(wanted.faults, seed=wanted.seed)
        return _json(self._faults.state())

    async def _delete_faults(self, request: web.Request) -> web.Response:
        self._faults.replace([])
        return web.Response(status=204)

    async def _get_calls(self, request: web.Request) -> web.Response:
        return _json(Calls(calls=dict(self._calls)))

    async def _delete_calls(self, request: web.Request) -> web.Response:
        self._calls.clear()
        return web.Response(status=204)

    async def _get_organizations(self, request: web.Request) -> web.Response:
        now, url = self._bss.now(), self._bss.url
        return _json(
            KnownOrganizations(
                items=[
                    KnownOrganization(owner=tenant.owner, organization=tenant.view(now, url))
                    for tenant in self._bss.tenants
                ]
            )
        )

    async def _put_account(self, request: web.Request) -> web.Response:
        change = await _read(request, AccountChange)
        code = request.match_info["code"]
        present = self._bss.find_account(code) or FakeAccount(code=code, name=code)
        self._bss.accounts[code] = FakeAccount(
            code=code,
            name=_or(change.name, present.name),
            currency=_or(change.currency, present.currency),
            ordering_enabled=_or(change.ordering_enabled, present.ordering_enabled),
            subscriptions_not_copied=_or(change.subscriptions_not_copied, present.subscriptions_not_copied),
        )
        return web.Response(status=204)

    async def _put_price_list(self, request: web.Request) -> web.Response:
        change = await _read(request, PriceListChange)
        code = request.match_info["code"]
        present = self._bss.price_lists.get(code) or FakePriceList(code=code, name=code, products=0)
        given = change.model_fields_set
        self._bss.price_lists[code] = FakePriceList(
            code=code,
            name=_or(change.name, present.name),
            products=_or(change.products, present.products),
            currency=_or(change.currency, present.currency),
            active=_or(change.active, present.active),
            valid_from=change.valid_from if "valid_from" in given else present.valid_from,
            valid_to=change.valid_to if "valid_to" in given else present.valid_to,
        )
        return web.Response(status=204)

    async def _patch_organization(self, request: web.Request) -> web.Response:
        change = await _read(request, OrganizationChange)
        tenant = self._tenant(request)
        tenant.owner = _or(change.owner, tenant.owner)
        tenant.name = _or(change.name, tenant.name)
        tenant.edition = _or(change.edition, tenant.edition)
        tenant.locale = _or(change.locale, tenant.locale)
        tenant.separate_invoices = _or(change.separate_invoices, tenant.separate_invoices)
        tenant.state = _or(change.state, tenant.state)
        if change.price_list is not None and tenant.range_run is not None:
            tenant.range_run = replace(tenant.range_run, price_list=change.price_list)
        if change.password is not None and tenant.administrator is not None:
            tenant.passwords[tenant.administrator.user_name] = change.password.get_secret_value()
        return web.Response(status=204)

    async def _delete_organization(self, request: web.Request) -> web.Response:
        self._bss.remove(self._tenant(request))
        return web.Response(status=204)

    def _tenant(self, request: web.Request) -> Tenant:
        tenant = self._bss.tenant(request.match_info["key"])
        if tenant is None:
            raise web.HTTPNotFound(text="No organization under this key.")
        return tenant


ValueT = TypeVar("ValueT")


def _or(wanted: ValueT | None, present: ValueT) -> ValueT:
    return present if wanted is None else wanted


def _json(answer: Answer) -> web.Response:
    return web.Response(body=answer.wire(), content_type="application/json")


async def _read(request: web.Request, model: type[ModelT]) -> ModelT:
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        raise web.HTTPUnprocessableEntity(text=str(error)) from error
