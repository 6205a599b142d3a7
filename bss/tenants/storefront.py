# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a tenant's Storefront: its address and its brand."""

from __future__ import annotations

import base64
import hashlib
from xml.etree import ElementTree

from tenant_provisioning.models import Edition, Logo, StorefrontRequest

from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.edition import edition_of
from bss.tenants.errors import LogoUnusable, PremiumRequired
from bss.tenants.pools import tenant

LOGO_BYTES = 256 * 1024
"""Largest size of a logo."""

_SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/webp": (b"RIFF",),
}


@repeated_on_conflict
def apply_storefront(client_id: str, request: StorefrontRequest, url: str) -> None:
    """Give the Storefront this address and brand; what the request leaves out falls back to the standard look.

    Raises TenantNotFound, LogoUnusable, and PremiumRequired when another edition asks for a hostname or a brand.
    """
    logo = None if request.logo is None else decode_logo(request.logo)
    with tenant(client_id) as pool:
        if edition_of(pool.get("tenant.organization")(1).edition) is not Edition.PREMIUM:
            _refuse_premium_features(request)
        configuration = pool.get("storefront.configuration")(1)
        configuration.url = url
        configuration.hostname = request.hostname
        configuration.primary_color = request.primary_color
        configuration.logo = logo
        configuration.logo_type = request.logo.media_type if request.logo else None
        configuration.logo_digest = hashlib.sha256(logo).hexdigest() if logo else None
        configuration.save()


def _refuse_premium_features(request: StorefrontRequest) -> None:
    if request.hostname is not None:
        raise PremiumRequired("an own hostname of the Storefront")
    if request.primary_color is not None or request.logo is not None:
        raise PremiumRequired("an own brand of the Storefront")


def decode_logo(logo: Logo) -> bytes:
    """The content of a logo, checked against its type and size. Raises LogoUnusable."""
    try:
        content = base64.b64decode(logo.data, validate=True)
    except ValueError as error:  # also for characters beyond ASCII, where it is not a binascii.Error
        raise LogoUnusable("the logo is not base64") from error
    if not 0 < len(content) <= LOGO_BYTES:
        raise LogoUnusable(f"the logo has {len(content)} bytes: use 1 to {LOGO_BYTES}")
    if logo.media_type == "image/svg+xml":
        genuine = _is_svg(content)
    else:
        genuine = content.startswith(_SIGNATURES[logo.media_type])
    if not genuine:
        raise LogoUnusable(f"the logo's content is not {logo.media_type}")
    return content


def _is_svg(content: bytes) -> bool:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        # Entities that expand to gigabytes; no drawing needs them.
        return False
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - declarations of entities were refused above
    except ElementTree.ParseError:
        return False
    return root.tag in {"svg", "{http://www.w3.org/2000/svg}svg"}
