# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes all refused logins look alike, whichever way they came in: same work, same counting, same time.

A login at a Client ID that is not served is tried in the root database, under a name that is nobody's.
"""

from __future__ import annotations

import logging
import math
import secrets
import time
from functools import cache

from trytond.pool import Pool

from bss.settings import settings
from bss.tenants.errors import TenantNotFound
from bss.tenants.pools import tenant

logger = logging.getLogger(__name__)

_GRID = 0.25
"""Seconds. A refusal is answered at the next multiple, which hides how long looking at the parts took."""
_SEPARATOR = "\x1f"
"""Cannot be typed, so no user of the root database has such a name."""


def nobodys_name(client_id: str, user_name: str) -> str:
    """The name under which a login at this Client ID is tried and counted in the root database."""
    return f"{client_id}{_SEPARATOR}{user_name}".replace("\0", _SEPARATOR)


def check_some_password(database: str, user_name: str, password: str) -> None:
    """Do for a user who does not exist the slow work that a wrong password has already cost.

    Nothing happens when the tenant is gone by now.
    """
    try:
        with tenant(database, readonly=True) as pool:
            user_model = pool.get("res.user")
            _, password_hash, _ = user_model._get_login(user_name)
            if not password_hash:
                user_model.check_password(password, _nobodys_hash())
    except TenantNotFound:
        logger.info("tenant %s is gone", database)


def wait_for_the_grid(started: float) -> None:
    """Wait until a refusal may be told, for a login that began at `started` by `time.monotonic()`."""
    elapsed = time.monotonic() - started
    time.sleep(math.ceil(elapsed / _GRID) * _GRID - elapsed)


@cache
def _nobodys_hash() -> str:
    hashed: str = Pool(settings().root_database).get("res.user").hash_password(secrets.token_urlsafe())
    return hashed
