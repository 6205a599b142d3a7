# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a tenant reseller in the root database, found by the key of its organization."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tenant_provisioning.models import OrganizationState, ProblemCode
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss.provisioning.call import Call, Caller
from bss.provisioning.values import value_of
from bss.root import locks
from bss.root.transaction import reading, write

IN_PROGRESS = "in_progress"
"""State of a record whose database is not complete: to the API there is no such organization yet."""

_LOCK_SECONDS = 45


@dataclass(frozen=True)
class TenantRecord:
    """What a handler must know of a record outside of the transaction that read it."""

    id: int
    client_id: str
    account: str
    edition: str | None
    back_ordering: bool
    administrator_user_name: str | None
    password_fingerprint: str | None


@contextmanager
def exclusive(key: str) -> Iterator[None]:
    """Alone with the organization of a key, among all processes: calls that change the same one take turns.

    Raises locks.LockTakenError after a wait that a client would take for a failure anyway.
    """
    with locks.held(f"organization {key}", wait=_LOCK_SECONDS):
        yield


def by_key(pool: Pool, key: str) -> Any:  # a record of Tryton, or None
    """The record under a key, whoever owns it, complete or not."""
    found = pool.get("tenant.reseller").search([("key", "=", key)], limit=1)
    return found[0] if found else None


def is_owned(reseller: Any, caller: Caller) -> bool:
    """Whether the organization belongs to the calling API client."""
    return reseller.api_client is not None and reseller.api_client.id == caller.id


def not_found() -> Exception:
    """The refusal for a key without an organization."""
    return refusal(ProblemCode.ORGANIZATION_NOT_FOUND, "No organization under this key: create it first.", field="key")


def owned_by_another() -> Exception:
    """The refusal for somebody else's organization."""
    return refusal(
        ProblemCode.OWNED_BY_ANOTHER, "This key belongs to an organization that is not the caller's.", field="key"
    )


def owned(pool: Pool, call: Call) -> Any:
    """The caller's organization, in whatever state; refuses `OrganizationNotFound` and `OwnedByAnother`."""
    reseller = by_key(pool, call.key)
    if reseller is None:
        raise not_found()
    if not is_owned(reseller, call.caller):
        raise owned_by_another()
    return reseller


def active_record(call: Call) -> TenantRecord:
    """The caller's organization if its business is active; refuses `OrganizationNotActive` too."""
    with reading() as pool:
        reseller = owned(pool, call)
        if reseller.state == IN_PROGRESS:
            raise not_found()
        state = value_of(OrganizationState, reseller.state)
        if state is not OrganizationState.ACTIVE:
            raise refusal(
                ProblemCode.ORGANIZATION_NOT_ACTIVE, f"The organization is {state}: make it Active first.", field="key"
            )
        return TenantRecord(
            id=reseller.id,
            client_id=reseller.client_id,
            account=reseller.account.code,
            edition=reseller.edition,
            back_ordering=bool(reseller.back_ordering),
            administrator_user_name=reseller.administrator_user_name,
            password_fingerprint=reseller.password_fingerprint,
        )


def update(record_id: int, **values: object) -> None:
    """Write fields of a record in a transaction of its own."""

    def work(pool: Pool) -> None:
        Reseller = pool.get("tenant.reseller")  # noqa: N806 - Tryton's models are classes
        Reseller.write([Reseller(record_id)], values)

    write(work)
