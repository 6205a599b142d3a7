# SPDX-License-Identifier: GPL-3.0-or-later
"""A login on trial: real, and with one answer for every cause of refusal, also in how long it takes."""

from __future__ import annotations

import math
import secrets
import time
from functools import cache

from tenant_provisioning.models import OrganizationState, ProblemCode, SessionRequest
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss.provisioning.call import Call, Outcome
from bss.provisioning.values import selection
from bss.root.transaction import reading, write
from bss.settings import settings
from bss.tenants import login

_GRID = 0.25
"""Seconds. A refusal is answered at the next multiple, so that the time of looking at the parts does not tell."""
_SEPARATOR = "\x1f"
"""Cannot be typed, so nobody in the root database has such a user name."""


def log_in(call: Call, request: SessionRequest) -> Outcome:
    """Try the three parts of a login; nothing of the session is kept."""
    started = time.monotonic()
    password = request.password.get_secret_value()
    if _is_open(request.client_id):
        accepted = "\0" not in request.user_name and login.log_in(request.client_id, request.user_name, password)
    else:
        # The same work as for a wrong password, in the root database, under a name that is nobody's.
        name = f"{request.client_id}{_SEPARATOR}{request.user_name}".replace("\0", _SEPARATOR)
        login.log_in(settings().root_database, name, password)
        accepted = False
    if not accepted:
        _check_nobodys_password(password)
        elapsed = time.monotonic() - started
        time.sleep(math.ceil(elapsed / _GRID) * _GRID - elapsed)
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


def _check_nobodys_password(password: str) -> None:
    """Tryton hashes nothing for a user who does not exist: done here, so that a wrong password is not the slow one."""
    with reading() as pool:
        pool.get("res.user").check_password(password, _nobodys_hash())


@cache
def _nobodys_hash() -> str:
    with reading() as pool:
        return str(pool.get("res.user").hash_password(secrets.token_urlsafe()))
