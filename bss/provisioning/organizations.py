# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations: creating, adopting, looking up, purging.

Creation is safe against being killed anywhere: the record with its Client ID is committed first, then the database is
made, then the record is marked as complete. The same PUT again goes on where the last one stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenant_provisioning.models import OrganizationList, OrganizationRequest, ProblemCode
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss.provisioning.call import Call, Outcome
from bss.provisioning.facts import find_account
from bss.provisioning.tenant_record import (
    IN_PROGRESS,
    by_key,
    exclusive,
    is_owned,
    owned,
    owned_by_another,
    update,
)
from bss.provisioning.view import read_record, show_status, with_facts
from bss.root import locks
from bss.root.transaction import reading, write
from bss.settings import settings
from bss.tenants import databases
from bss.tenants.company import configure_company
from bss.tenants.errors import TenantNotFound

logger = logging.getLogger(__name__)

_ACCOUNT_LOCK_SECONDS = 30
_NEVER_CONFIGURED = {
    "state": IN_PROGRESS,
    "edition": None,
    "language": None,
    "time_zone": None,
    "date_format": None,
    "price_list": None,
    "range_state": None,
    "range_trigger": None,
    "range_inherited": 0,
    "administrator_user_name": None,
    "administrator_email": None,
    "password_fingerprint": None,
    "login_verified": False,
    "storefront_url": None,
    "storefront_hostname": None,
    "storefront_primary_color": None,
    "storefront_logo_digest": None,
}


@dataclass(frozen=True)
class _Found:
    """An organization whose database is to exist, whichever way the record came about."""

    record_id: int
    client_id: str
    account: str
    currency: str
    state: str


def put_organization(call: Call, request: OrganizationRequest) -> Outcome:
    """Create an organization, adopt one, or rename the caller's own."""
    with exclusive(call.key):
        found = _existing(call, request) or _adopt(call, request) or _create(call, request)
        missing = not databases.exists(found.client_id)
        if missing and found.state != IN_PROGRESS:
            # Its database was dropped behind our back: made again, as empty as a new one.
            update(found.record_id, **_NEVER_CONFIGURED)
        created = missing or found.state == IN_PROGRESS
        if missing:
            databases.create(found.client_id)
        configure_company(found.client_id, name=request.name, currency=found.currency, account_code=found.account)
        state = "active" if created else found.state
        update(found.record_id, name=request.name, state=state, login_url=settings().login_url)
        return show_status(call, created=created)


def create_without_client(account_code: str, name: str) -> str:
    """Make the tenant of an account for no API client, unless there is one; its Client ID. It can be adopted later."""
    with locks.held(f"account {account_code}", wait=_ACCOUNT_LOCK_SECONDS):

        def work(pool: Pool) -> _Found:
            account = find_account(pool, account_code)
            if account.tenant_resellers:
                return _found(account.tenant_resellers[0])
            return _new_record(pool, account_code, name, key=None, api_client=None)

        found = write(work)
        databases.create(found.client_id)
        configure_company(found.client_id, name=name, currency=found.currency, account_code=account_code)
        if found.state == IN_PROGRESS:
            update(found.record_id, state="active", login_url=settings().login_url)
        return found.client_id


def find_organizations(call: Call, request: None) -> Outcome:
    """The organization with a Client ID: the caller's, or one that no API client made."""
    with reading() as pool:
        resellers = pool.get("tenant.reseller").search(
            [("client_id", "=", call.parameters["clientId"]), ("state", "!=", IN_PROGRESS)]
        )
        visible = [read_record(one) for one in resellers if one.api_client is None or is_owned(one, call.caller)]
    items = []
    for recorded in visible:
        try:
            items.append(with_facts(recorded))
        except TenantNotFound:
            logger.warning("the database of tenant %s is missing", recorded.organization.client_id)
    return Outcome(200, OrganizationList(items=items))


def delete_organization(call: Call, request: None) -> Outcome:
    """Purge the caller's organization with all its data. Its Client ID is never given again."""
    with exclusive(call.key):
        _purge(lambda pool: owned(pool, call))
    return Outcome(204)


def purge(name: str) -> str:
    """Purge an organization that is marked as deleted, whoever made it, so that its account is free again.

    `name` is its Client ID, or its key, which is what a refusal of a new tenant for its account tells. Answers the
    Client ID. Raises LookupError when there is none, ValueError when it is not marked as deleted.
    """

    def find(pool: Pool) -> Any:  # a record of Tryton
        found = pool.get("tenant.reseller").search(["OR", ("client_id", "=", name), ("key", "=", name)], limit=1)
        if not found:
            raise LookupError(f"there is no organization with Client ID or key {name}")
        if found[0].state != "deleted":
            raise ValueError(f"{name} is not marked as deleted: delete its TenantReseller first")
        return found[0]

    with reading() as pool:
        reseller = find(pool)
        key, client_id = reseller.key, str(reseller.client_id)
    with exclusive(key or client_id):
        _purge(find)
    return client_id


def _purge(find: Callable[[Pool], Any]) -> None:
    def close(pool: Pool) -> tuple[int, str]:
        reseller = find(pool)
        # First of all nobody gets in any more, also when the rest has to be repeated.
        pool.get("tenant.reseller").write([reseller], {"state": "deleted"})
        return reseller.id, reseller.client_id

    record_id, client_id = write(close)
    databases.drop(client_id)

    def forget(pool: Pool) -> None:
        Reseller = pool.get("tenant.reseller")  # noqa: N806 - Tryton's models are classes
        Reseller.delete([Reseller(record_id)])

    write(forget)


def _existing(call: Call, request: OrganizationRequest) -> _Found | None:
    with reading() as pool:
        reseller = by_key(pool, call.key)
        if reseller is None:
            return None
        if not is_owned(reseller, call.caller) or reseller.account.code != request.account:
            raise owned_by_another()
        if request.adopt is not None and request.adopt != reseller.client_id:
            raise refusal(
                ProblemCode.OWNED_BY_ANOTHER,
                f"Under this key there is the organization {reseller.client_id} already.",
                field="adopt",
            )
        return _found(reseller)


def _adopt(call: Call, request: OrganizationRequest) -> _Found | None:
    if request.adopt is None:
        return None

    def work(pool: Pool) -> _Found:
        find_account(pool, request.account)
        Reseller = pool.get("tenant.reseller")  # noqa: N806
        resellers = Reseller.search([("client_id", "=", request.adopt), ("state", "!=", IN_PROGRESS)])
        if not resellers:
            raise refusal(
                ProblemCode.ORGANIZATION_NOT_FOUND, f"No organization has the Client ID {request.adopt}.", field="adopt"
            )
        (reseller,) = resellers
        if reseller.key or reseller.account.code != request.account:
            raise refusal(
                ProblemCode.OWNED_BY_ANOTHER,
                f"Only an organization of account {request.account} that no API client has can be adopted.",
                field="adopt",
            )
        Reseller.write([reseller], {"key": call.key, "api_client": call.caller.id})
        _tie_processes(pool, call.key, reseller.id)
        return _found(reseller)

    return write(work)


def _create(call: Call, request: OrganizationRequest) -> _Found:
    def work(pool: Pool) -> _Found:
        account = find_account(pool, request.account)
        if account.tenant_resellers:
            raise refusal(
                ProblemCode.ACCOUNT_IS_TENANT,
                f"Account {account.code} is a tenant reseller already: adopt it or choose another account.",
                field="account",
            )
        if not account.ordering_enabled:
            raise refusal(
                ProblemCode.ORDERING_DISABLED,
                f"Account {account.code} may not order: enable it for ordering in the distributor's BSS.",
                field="account",
            )
        return _new_record(pool, account.code, request.name, key=call.key, api_client=call.caller.id)

    # Two keys for one account at the same time: the second sees what the first has committed.
    with locks.held(f"account {request.account}", wait=_ACCOUNT_LOCK_SECONDS):
        return write(work)


def _new_record(pool: Pool, account_code: str, name: str, *, key: str | None, api_client: int | None) -> _Found:
    (reseller,) = pool.get("tenant.reseller").create(
        [
            {
                "name": name,
                "account": find_account(pool, account_code).id,
                "client_id": pool.get("tenant.reseller.client_id").give(),
                "key": key,
                "api_client": api_client,
            }
        ]
    )
    if key is not None:
        _tie_processes(pool, key, reseller.id)
    return _found(reseller)


def _tie_processes(pool: Pool, key: str, record_id: int) -> None:
    """Show processes in the tab of the tenant reseller that were announced before there was one."""
    Process = pool.get("tenant.reseller.process")  # noqa: N806
    Process.write(Process.search([("organization_key", "=", key)]), {"reseller": record_id})


def _found(reseller: Any) -> _Found:  # a record of Tryton
    return _Found(
        record_id=reseller.id,
        client_id=reseller.client_id,
        account=reseller.account.code,
        currency=reseller.account.account_currency_used.code,
        state=reseller.state,
    )
