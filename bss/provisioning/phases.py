# SPDX-License-Identifier: GPL-3.0-or-later
"""One PUT for each phase of a tenant: done in its database first, then recorded, so that the record never promises.

Every one of them may be repeated at any time, also after it was killed between the two.
"""

from __future__ import annotations

from tenant_provisioning.models import (
    AdministratorRequest,
    BackOrderingRequest,
    Edition,
    EditionRequest,
    InvoicingRequest,
    Locale,
    LocaleRequest,
    ProblemCode,
    StateRequest,
    StorefrontRequest,
)
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss.provisioning.call import Call, Outcome
from bss.provisioning.tenant_record import IN_PROGRESS, active_record, exclusive, not_found, owned, update
from bss.provisioning.values import selection
from bss.provisioning.view import show_status
from bss.root.transaction import reading, write
from bss.settings import settings
from bss.tenants.administrator import set_administrator
from bss.tenants.edition import apply_edition
from bss.tenants.facts import facts
from bss.tenants.locale import apply_locale
from bss.tenants.state import set_state
from bss.tenants.storefront import apply_storefront


def put_edition(call: Call, request: EditionRequest) -> Outcome:
    """Features of the edition on, all others off."""
    with exclusive(call.key):
        record = active_record(call)
        apply_edition(record.client_id, request.edition)
        update(record.id, edition=selection(request.edition))
        return show_status(call)


def put_locale(call: Call, request: LocaleRequest) -> Outcome:
    """Regional preferences in force."""
    with exclusive(call.key):
        record = active_record(call)
        locale = Locale(language=request.language, time_zone=request.time_zone, date_format=request.date_format)
        apply_locale(record.client_id, locale)
        update(record.id, language=locale.language, time_zone=locale.time_zone, date_format=locale.date_format)
        return show_status(call)


def put_invoicing(call: Call, request: InvoicingRequest) -> Outcome:
    """Separate Invoices for the customers that are copied up from now on; a matter of the root database alone."""
    with exclusive(call.key):
        record = active_record(call)
        update(record.id, separate_invoices=request.separate_invoices, invoicing_configured=True)
        return show_status(call)


def put_administrator(call: Call, request: AdministratorRequest) -> Outcome:
    """The first administrator, and the password unless it is the one that was last set through this API.

    An equal fingerprint changes nothing: repeating a call after a lost answer must not overwrite a password that the
    administrator has changed meanwhile.
    """
    with exclusive(call.key):
        record = active_record(call)
        present = facts(record.client_id).administrator
        if present is not None and present != request.user_name:
            raise refusal(
                ProblemCode.USER_NAME_TAKEN,
                f"The administrator's user name is {present} and cannot be changed.",
                field="userName",
            )
        known = record.password_fingerprint if present is not None else None
        password = None
        if request.password is not None and (known is None or known != request.password_fingerprint):
            password = request.password.get_secret_value()
        set_administrator(record.client_id, request.user_name, request.email, password)
        values: dict[str, object] = {
            "administrator_user_name": request.user_name,
            "administrator_email": request.email,
        }
        if password is not None:
            values |= {"password_fingerprint": request.password_fingerprint, "login_verified": False}
        update(record.id, **values)
        return show_status(call)


def put_storefront(call: Call, request: StorefrontRequest) -> Outcome:
    """Publish the Storefront under its address and brand."""
    with exclusive(call.key):
        record = active_record(call)
        if record.edition != selection(Edition.PREMIUM):
            _refuse_premium_members(request)
        if request.hostname is not None:
            _reserve_hostname(record.id, request.hostname)
        url = (
            f"https://{request.hostname}/"
            if request.hostname is not None
            else f"{settings().public_url}/s/{record.client_id}/"
        )
        apply_storefront(record.client_id, request, url)
        storefront = facts(record.client_id).storefront
        update(
            record.id,
            storefront_url=url,
            storefront_hostname=request.hostname,
            storefront_primary_color=request.primary_color,
            storefront_logo_digest=storefront.logo_digest if storefront else None,
        )
        return show_status(call)


def put_back_ordering(call: Call, request: BackOrderingRequest) -> Outcome:
    """Activate back ordering, once and for all."""
    with exclusive(call.key):
        record = active_record(call)
        if record.back_ordering and not request.active:
            raise refusal(
                ProblemCode.BACK_ORDERING_IRREVERSIBLE,
                "Back ordering is active and stays so: ask for it again, or leave it out.",
                field="active",
            )
        if request.active and not record.back_ordering:
            _refuse_subscriptions_not_copied(record.account)
        update(record.id, back_ordering=request.active)
        return show_status(call)


def put_state(call: Call, request: StateRequest) -> Outcome:
    """Suspend, resume, mark as deleted."""
    with exclusive(call.key):
        with reading() as pool:
            reseller = owned(pool, call)
            if reseller.state == IN_PROGRESS:
                raise not_found()
            record_id, client_id = reseller.id, reseller.client_id
        set_state(client_id, request.state)
        update(record_id, state=selection(request.state))
        return show_status(call)


def _refuse_premium_members(request: StorefrontRequest) -> None:
    for member, value in (
        ("hostname", request.hostname),
        ("primaryColor", request.primary_color),
        ("logo", request.logo),
    ):
        if value is not None:
            raise refusal(
                ProblemCode.PREMIUM_REQUIRED,
                f"{member} needs the Premium edition: put it in force first, or leave {member} out.",
                field=member,
            )


def _reserve_hostname(record_id: int, hostname: str) -> None:
    """Take the hostname before the tenant shows it: of two tenants that want it, one is told so."""

    def work(pool: Pool) -> None:
        Reseller = pool.get("tenant.reseller")  # noqa: N806 - Tryton's models are classes
        if Reseller.search([("storefront_hostname", "=", hostname), ("id", "!=", record_id)], count=True):
            raise refusal(
                ProblemCode.HOSTNAME_TAKEN,
                f"{hostname} is the address of another Storefront: choose another hostname.",
                field="hostname",
            )
        Reseller.write([Reseller(record_id)], {"storefront_hostname": hostname})

    write(work)


def _refuse_subscriptions_not_copied(account: str) -> None:
    """Subscriptions that the distributor bills to the reseller while its tenant does not know them."""
    with reading() as pool:
        waiting = pool.get("sale.subscription").search(
            [
                ("state", "=", "running"),
                ["OR", ("party.code", "=", account), ("invoice_party.code", "=", account)],
            ],
            count=True,
        )
    if waiting:
        raise refusal(
            ProblemCode.SUBSCRIPTIONS_NOT_COPIED,
            f"{waiting} running subscriptions of this account are not in the tenant yet: copy them down or close them.",
            field="active",
        )
