# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong inside a tenant, each with its own type. Every message says what to do about it."""

# ruff: noqa: N818 - named after what happened, like the problem codes that they become
from __future__ import annotations


class TenantError(Exception):
    """A request that a tenant's database cannot fulfil as it stands."""


class TenantNotFound(TenantError):
    """No database has this Client ID."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"no tenant has the Client ID {client_id}")
        self.client_id = client_id


class TemplateMissing(TenantError):
    """The template database for this version of the modules was not made yet."""

    def __init__(self, template: str) -> None:
        super().__init__(f"the template database {template} does not exist: run `python -m bss init` once")


class CompanyMissing(TenantError):
    """The tenant's company was not configured yet, and the step needs it."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"tenant {client_id} has no company yet: configure the company first")


class CurrencyUnknown(TenantError):
    """Not an ISO 4217 code that this installation knows."""

    def __init__(self, code: str) -> None:
        super().__init__(f"currency {code} is not known: use an ISO 4217 code such as EUR")


class LanguageNotSupported(TenantError):
    """The BSS has no such language."""

    def __init__(self, language: str, supported: tuple[str, ...]) -> None:
        super().__init__(f"language {language} is not supported: use one of {', '.join(supported)}")


class TimeZoneNotSupported(TenantError):
    """Not an IANA time zone that this installation knows."""

    def __init__(self, time_zone: str) -> None:
        super().__init__(f"time zone {time_zone} is not supported: use an IANA name such as Europe/Athens")


class DateFormatNotSupported(TenantError):
    """The BSS cannot show and read dates in this format."""

    def __init__(self, date_format: str, supported: tuple[str, ...]) -> None:
        super().__init__(f"date format {date_format} is not supported: use one of {', '.join(supported)}")


class PasswordTooWeak(TenantError):
    """The password breaks the rules; the message names the rule, never the password."""


class EmailInvalid(TenantError):
    """The e-mail address of a user is not one."""


class UserNameTaken(TenantError):
    """Another user of the tenant, who is not its administrator, has this user name."""

    def __init__(self, user_name: str) -> None:
        super().__init__(f"user name {user_name} belongs to another user of this tenant: choose another one")


class SkuTaken(TenantError):
    """A product that the tenant made itself has the SKU of one that it is to inherit."""

    def __init__(self, client_id: str, sku: str) -> None:
        super().__init__(f"tenant {client_id} has an own product with the SKU {sku}: its code must be changed first")


class PremiumRequired(TenantError):
    """A feature of the Premium edition, asked for a tenant with another one."""

    def __init__(self, feature: str) -> None:
        super().__init__(f"{feature} needs the Premium edition")


class LogoUnusable(TenantError):
    """The logo's content is not base64, not of its type, or larger than allowed."""


class StateIsFinal(TenantError):
    """The tenant is marked as deleted and cannot be brought back by this call."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"tenant {client_id} is marked as deleted and does not change its state any more")
