# SPDX-License-Identifier: GPL-3.0-or-later
"""API clients and their bearer keys."""

from __future__ import annotations

from tenant_provisioning.models import ProblemCode
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss.provisioning.call import Caller
from bss.root.transaction import reading, write

_SCHEME = "bearer"


def authenticate(authorization: str | None) -> Caller:
    """The API client of the header `Authorization`, else the refusal `Unauthorized`."""
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() == _SCHEME and key.strip():
        with reading() as pool:
            client = pool.get("tenant.reseller.api_client").authenticate(key.strip())
            if client is not None:
                return Caller(client.id, client.name)
    raise refusal(ProblemCode.UNAUTHORIZED, "Send the header Authorization: Bearer <API key>.")


def renew_key(name: str) -> str:
    """Make a new key for the API client with this name, which replaces its old one, and give it back this once."""

    def work(pool: Pool) -> str:
        return str(pool.get("tenant.reseller.api_client").renew_key(name))

    return write(work)


def set_key(name: str, key: str) -> None:
    """Give the API client with this name a key that was made elsewhere; it replaces the old one."""
    write(lambda pool: pool.get("tenant.reseller.api_client").set_key(name, key))
