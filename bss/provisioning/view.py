# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization as the API shows it: the root's record together with what the tenant's database says of itself.

What a client must be able to correct when somebody changed it behind its back (edition, locale, administrator,
Storefront, number of products) is read from the tenant; what only the provisioning knows comes from the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenant_provisioning.models import (
    Administrator,
    Invoicing,
    Organization,
    OrganizationState,
    ProductRange,
    Storefront,
    WorkState,
)

from bss.provisioning import copying
from bss.provisioning.call import Call, Outcome
from bss.provisioning.tenant_record import IN_PROGRESS, by_key, is_owned, not_found
from bss.provisioning.values import time_of, value_of
from bss.root.transaction import reading
from bss.settings import settings
from bss.tenants.facts import TenantFacts, facts

_INTERRUPTED = "The copying was interrupted. Asking for it again starts it anew."


@dataclass(frozen=True)
class _Recorded:
    """The record's part, taken out of the transaction that read it."""

    organization: Organization
    """With the parts that the root database knows."""
    administrator: Administrator | None
    copying: copying.Run | None
    """The run that is to be going on; none when the range is at rest."""


def organization(call: Call, request: None) -> Outcome:
    """Everything about the caller's organization under a key."""
    return Outcome(200, show(call))


def show_status(call: Call, *, created: bool = False) -> Outcome:
    """The answer of every PUT: the whole organization, 202 while products are being copied."""
    shown = show(call)
    if created:
        return Outcome(201, shown)
    running = shown.product_range is not None and shown.product_range.state is WorkState.RUNNING
    return Outcome(202 if running else 200, shown)


def show(call: Call) -> Organization:
    """The caller's organization under a key; refuses `OrganizationNotFound`, also for another's."""
    with reading() as pool:
        reseller = by_key(pool, call.key)
        if reseller is None or reseller.state == IN_PROGRESS or not is_owned(reseller, call.caller):
            raise not_found()
        recorded = read_record(reseller)
    return with_facts(recorded)


def read_record(reseller: Any) -> _Recorded:  # a record of Tryton
    """Read a record inside of a transaction."""
    administrator = None
    if reseller.administrator_user_name:
        administrator = Administrator(
            user_name=reseller.administrator_user_name,
            email=reseller.administrator_email,
            password_fingerprint=reseller.password_fingerprint,
            login_verified=bool(reseller.login_verified),
        )
    return _Recorded(
        Organization(
            key=reseller.key or "",
            client_id=reseller.client_id,
            account=reseller.account.code,
            name=reseller.name,
            state=value_of(OrganizationState, reseller.state),
            login_url=settings().login_url,
            created_at=time_of(reseller.create_date),
            invoicing=Invoicing(separate_invoices=bool(reseller.separate_invoices))
            if reseller.invoicing_configured
            else None,
            product_range=_product_range(reseller),
            back_ordering=bool(reseller.back_ordering),
        ),
        administrator,
        copying.run_of(reseller),
    )


def with_facts(recorded: _Recorded) -> Organization:
    """Add what the tenant's database says. Raises TenantNotFound when it is gone."""
    shown = recorded.organization
    tenant = facts(shown.client_id)
    return shown.model_copy(
        update={
            "edition": tenant.edition,
            "locale": tenant.locale,
            "administrator": _administrator(recorded.administrator, tenant),
            "product_range": _range_with_facts(shown.product_range, recorded.copying, tenant),
            "storefront": tenant.storefront
            and Storefront(
                url=tenant.storefront.url,
                hostname=tenant.storefront.hostname,
                primary_color=tenant.storefront.primary_color,
                logo_digest=tenant.storefront.logo_digest,
            ),
        }
    )


def _administrator(recorded: Administrator | None, tenant: TenantFacts) -> Administrator | None:
    if recorded is None or tenant.administrator is None:
        return None
    # The e-mail address may have been changed in the tenant, or the user renamed.
    return recorded.model_copy(update={"user_name": tenant.administrator, "email": tenant.administrator_email})


def _product_range(reseller: Any) -> ProductRange | None:
    if not reseller.range_state:
        return None
    return ProductRange(
        price_list=reseller.price_list.code,
        trigger=reseller.range_trigger,
        state=value_of(WorkState, reseller.range_state),
        completed=reseller.range_completed,
        total=reseller.range_total,
        inherited=reseller.range_inherited,
        updated_at=time_of(reseller.range_updated_at),
        message=reseller.range_message or "",
    )


def _range_with_facts(shown: ProductRange | None, run: copying.Run | None, tenant: TenantFacts) -> ProductRange | None:
    if shown is None:
        return None
    update: dict[str, object] = {"inherited": tenant.inherited_products}
    if run is not None and copying.is_interrupted(run):
        # A worker died in the middle. Said here, so that a client that only polls learns of it and asks again.
        update |= {"state": WorkState.FAILED, "message": _INTERRUPTED}
    return shown.model_copy(update=update)
