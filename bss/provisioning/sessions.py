# SPDX-License-Identifier: GPL-3.0-or-later
"""A login on trial: real, and with one answer for every cause of refusal, also in how long it takes."""

from __future__ import annotations

import time

from tenant_provisioning.models import OrganizationState, ProblemCode, SessionRequest
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss import refusals
from bss.provisioning.call import Call, Outcome
from bss.provisioning.values import selection
from bss.root.transaction import reading, write
from bss.settings import settings
from bss.tenants import login


def log_in(call: Call, request: SessionRequest) -> Outcome:
    """Try the three parts of a login; nothing of the session is kept."""
    started = time.monotonic()
    password = request.password.get_secret_value()
    if _is_open(request.client_id):
        database, name = request.client_id, request.user_name
        accepted = "\0" not in name and login.log_in(database, name, password)
    else:
        # The same work as for a wrong password, in the root database, under a name that is nobody's.
        database, name = settings().root_database, refusals.nobodys_name(request.client_id, request.user_name)
        login.log_in(database, name, password)
        accepted = False
    if not accepted:
        refusals.check_some_password(database, name.replace("\0", ""), password)
        refusals.wait_for_the_grid(started)
        raise refusal(ProblemCode.LOGIN_REFUSED, "Client ID, user name or password is wrong, or the tenant is closed.")
    write(lambda pool: _verified(pool, request))
    return Outcome(204)


def _is_open(client_id: str) -> bool:
    with reading() as pool:
        return bool(
            pool.get("tenant.reseller").search(
                [("client_id", "=", client_id), ("state", "=", selection(OrganizationState.ACTIVE))], count=True
            )
        )


def _verified(pool: Pool, request: SessionRequest) -> None:
    Reseller = pool.get("tenant.reseller")  # noqa: N806 - Tryton's models are classes
    Reseller.write(
        Reseller.search(
            [
                ("client_id", "=", request.client_id),
                ("administrator_user_name", "=", request.user_name),
                ("login_verified", "!=", True),
            ]
        ),
        {"login_verified": True},
    )
