# SPDX-License-Identifier: GPL-3.0-or-later
"""A real login at a tenant: Tryton's own, with its counting of attempts and the tenant's state."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from trytond import security
from trytond.exceptions import LoginException, RateLimitException

from bss.tenants import pools
from bss.tenants.errors import TenantNotFound


def log_in(client_id: str, user_name: str, password: str) -> bool:
    """Whether a person gets in with these three. No session stays behind; a failure counts as an attempt.

    False without a reason: unknown tenant or user, wrong password, too many attempts, or a tenant that is not active.
    """
    # Tryton's login starts a transaction as if there were no other on this thread.
    try:
        with pools.held(client_id), ThreadPoolExecutor(1, thread_name_prefix="log-in") as executor:
            return executor.submit(_log_in, client_id, user_name, password).result()
    except TenantNotFound:
        return False


def _log_in(client_id: str, user_name: str, password: str) -> bool:
    try:
        # Without `cache` it answers with the user's id and makes no session.
        return bool(security.login(client_id, user_name, {"password": password}, cache=False))
    except (LoginException, RateLimitException):
        return False
