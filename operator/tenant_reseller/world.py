"""What the operator has observed, as values: the input of all decisions beside the spec.

Nothing here does I/O; `observe.py` fills these in.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace

from pydantic import SecretStr
from tenant_provisioning.models import Account, ApiInfo, Logo, Organization, PriceList

from .conditions import Reason


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that the resource refers to cannot be used."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Password:
    """The password that the Secret holds, and the mark under which the BSS remembers it."""

    value: SecretStr
    fingerprint: str
    secret: str
    """Name of the Secret."""


@dataclass(frozen=True, slots=True)
class Brand:
    """The logo as it is sent, and the digest by which the BSS tells which one it has."""

    logo: Logo
    digest: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the prerequisites depend on; None where the BSS has no such thing."""

    info: ApiInfo
    account: Account | None
    price_list: PriceList | None


@dataclass(frozen=True, slots=True)
class World:
    """Everything observed about one tenant at one moment."""

    key: str
    """External key of the organization."""
    organization: Organization | None
    password: Password | Trouble | None
    """None: the operator still has to generate one."""
    brand: Brand | Trouble | None = None
    """None: no logo is declared."""
    account: Account | None = None
    """None: not asked for yet."""
    facts: Facts | None = None
    """None: not asked for, as nothing is to be done."""
    lost_client_id: str | None = None
    """Client ID that the status remembers; with no organization it is one that vanished."""
    recreate: str | None = None
    """Client ID for which the user allowed a new start."""

    def seen(self, organization: Organization) -> World:
        """The same world after an answer of the BSS."""
        return replace(self, organization=organization)


def fingerprint(fingerprint_key: bytes, organization_key: str, password: SecretStr) -> str:
    """Mark of a password: tells whether the Secret's content was applied, and nothing else to those without the key.

    The organization's key goes in, so that equal passwords of two tenants have different marks. Both parts are
    separated by a character that no key has.
    """
    text = f"{organization_key}\n{password.get_secret_value()}".encode()
    return hmac.new(fingerprint_key, text, hashlib.sha256).hexdigest()
