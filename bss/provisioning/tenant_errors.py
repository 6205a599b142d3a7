# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant's database refused, as the refusal that the caller gets."""

from __future__ import annotations

from tenant_provisioning.models import ProblemCode
from tenant_provisioning.problems import Refusal, refusal

from bss.tenants import errors

_REFUSALS: dict[type[errors.TenantError], tuple[ProblemCode, str | None]] = {
    errors.TenantNotFound: (ProblemCode.ORGANIZATION_NOT_FOUND, "key"),
    errors.LanguageNotSupported: (ProblemCode.LANGUAGE_NOT_SUPPORTED, "language"),
    errors.TimeZoneNotSupported: (ProblemCode.TIME_ZONE_NOT_SUPPORTED, "timeZone"),
    errors.DateFormatNotSupported: (ProblemCode.DATE_FORMAT_NOT_SUPPORTED, "dateFormat"),
    errors.PasswordTooWeak: (ProblemCode.PASSWORD_TOO_WEAK, "password"),
    errors.EmailInvalid: (ProblemCode.INVALID_REQUEST, "email"),
    errors.UserNameTaken: (ProblemCode.USER_NAME_TAKEN, "userName"),
    errors.LogoUnusable: (ProblemCode.INVALID_REQUEST, "logo.data"),
    errors.StateIsFinal: (ProblemCode.ORGANIZATION_NOT_ACTIVE, "state"),
}


def refusal_for(error: errors.TenantError) -> Refusal | None:
    """The refusal; None when the error is a fault of the BSS and not of the request."""
    if isinstance(error, errors.TemplateMissing):
        # After an upgrade, until `init` was run: the same call succeeds then.
        return refusal(ProblemCode.UNAVAILABLE, "The BSS is not prepared for its new version yet.", retry_after=30)
    if type(error) not in _REFUSALS:
        return None
    code, field = _REFUSALS[type(error)]
    message = str(error)
    return refusal(code, message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."), field=field)
