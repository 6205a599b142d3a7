"""A tenant of the fake BSS, and the copying of products into it."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tenant_provisioning.models import (
    Administrator,
    Edition,
    Invoicing,
    Locale,
    Organization,
    OrganizationState,
    ProductRange,
    Storefront,
    StorefrontRequest,
    WorkState,
)


@dataclass(frozen=True, slots=True)
class RangeRun:
    """One run of copying a price list's products. How far it is follows from the clock alone."""

    price_list: str
    trigger: str | None
    products: int
    inherited_before: int
    started_at: datetime
    seconds: float

    def view(self, now: datetime) -> ProductRange:
        """The run as it stands now."""
        elapsed = (now - self.started_at).total_seconds()
        done = elapsed >= self.seconds
        completed = self.products if done else int(self.products * max(elapsed, 0.0) / self.seconds)
        return ProductRange(
            price_list=self.price_list,
            trigger=self.trigger,
            state=WorkState.COMPLETED if done else WorkState.RUNNING,
            completed=completed,
            total=self.products,
            inherited=self.products if done else max(self.inherited_before, completed),
            updated_at=self.started_at + timedelta(seconds=self.seconds) if done else None,
        )


@dataclass(slots=True)
class FirstAdministrator:
    """The administrator that was made through the API."""

    user_name: str
    email: str | None
    password_fingerprint: str | None = None
    login_verified: bool = False


@dataclass(slots=True)
class Tenant:
    """A tenant's organization with its users."""

    client_id: str
    account: str
    name: str
    created_at: datetime
    key: str = ""
    """Empty: made by no API client."""
    owner: str = ""
    """Name of the API client that it belongs to."""
    edition: Edition | None = None
    state: OrganizationState = OrganizationState.ACTIVE
    locale: Locale | None = None
    range_run: RangeRun | None = None
    separate_invoices: bool | None = None
    passwords: dict[str, str | None] = field(default_factory=lambda: {"root": None, "admin": None})
    """Password of each user; the first two are the BSS's own and never log in."""
    administrator: FirstAdministrator | None = None
    storefront: StorefrontRequest | None = None
    back_ordering: bool = False

    def view(self, now: datetime, bss_url: str) -> Organization:
        """The organization as the API shows it."""
        administrator = self.administrator
        return Organization(
            key=self.key,
            client_id=self.client_id,
            account=self.account,
            name=self.name,
            edition=self.edition,
            state=self.state,
            login_url=f"{bss_url}/",
            created_at=self.created_at,
            locale=self.locale,
            product_range=None if self.range_run is None else self.range_run.view(now),
            invoicing=None if self.separate_invoices is None else Invoicing(separate_invoices=self.separate_invoices),
            administrator=None
            if administrator is None
            else Administrator(
                user_name=administrator.user_name,
                email=administrator.email,
                password_fingerprint=administrator.password_fingerprint,
                login_verified=administrator.login_verified,
            ),
            storefront=self._storefront(bss_url),
            back_ordering=self.back_ordering,
        )

    def _storefront(self, bss_url: str) -> Storefront | None:
        look = self.storefront
        if look is None:
            return None
        logo = None if look.logo is None else hashlib.sha256(b64decode(look.logo.data)).hexdigest()
        return Storefront(
            url=f"https://{look.hostname}/" if look.hostname else f"{bss_url}/s/{self.client_id}/",
            hostname=look.hostname,
            primary_color=look.primary_color,
            logo_digest=logo,
        )
