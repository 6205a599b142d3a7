# SPDX-License-Identifier: GPL-3.0-or-later
"""Regional preferences of a tenant: language of its users, time zone of its company, form of its dates."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from zoneinfo import available_timezones

from tenant_provisioning.models import Locale

from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.errors import CompanyMissing, DateFormatNotSupported, LanguageNotSupported, TimeZoneNotSupported
from bss.tenants.languages import LANGUAGES
from bss.tenants.pools import tenant

DATE_FORMATS = MappingProxyType(
    {
        "dd/MM/yyyy": "%d/%m/%Y",
        "MM/dd/yyyy": "%m/%d/%Y",
        "yyyy-MM-dd": "%Y-%m-%d",
        "dd.MM.yyyy": "%d.%m.%Y",
        "dd-MM-yyyy": "%d-%m-%Y",
        "yyyy/MM/dd": "%Y/%m/%d",
        "yyyy.MM.dd": "%Y.%m.%d",
        "d/M/yyyy": "%-d/%-m/%Y",
        "M/d/yyyy": "%-m/%-d/%Y",
        "d.M.yyyy": "%-d.%-m.%Y",
        "d-M-yyyy": "%-d-%-m-%Y",
    }
)
"""CLDR patterns and what Tryton has for them. Years of two digits are left out: Tryton refuses them as ambiguous."""


@cache
def time_zones() -> tuple[str, ...]:
    """IANA time zones that this installation knows, in alphabetical order."""
    # What is no place, such as `localtime` or `posixrules`, belongs to the operating system and not to the database.
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))


@repeated_on_conflict
def apply_locale(client_id: str, locale: Locale) -> None:
    """Put regional preferences in force.

    Users who chose another language than the tenant's keep it; the form of dates is the tenant's in every language.
    Raises TenantNotFound, CompanyMissing, LanguageNotSupported, TimeZoneNotSupported, DateFormatNotSupported.
    """
    if locale.language not in LANGUAGES:
        raise LanguageNotSupported(locale.language, LANGUAGES)
    if locale.time_zone not in time_zones():
        raise TimeZoneNotSupported(locale.time_zone)
    if locale.date_format not in DATE_FORMATS:
        raise DateFormatNotSupported(locale.date_format, tuple(DATE_FORMATS))
    with tenant(client_id) as pool:
        organization = pool.get("tenant.organization")(1)
        company = organization.company
        if company is None:
            raise CompanyMissing(client_id)
        company.timezone = locale.time_zone
        company.save()
        Language = pool.get("ir.lang")  # noqa: N806 - Tryton's models are classes
        languages = Language.search([("code", "in", LANGUAGES)])
        Language.write(languages, {"date": DATE_FORMATS[locale.date_format]})
        (language,) = (found for found in languages if found.code == locale.language)
        User = pool.get("res.user")  # noqa: N806
        users = User.search([("language", "in", [None, organization.language and organization.language.id])])
        User.write(users, {"language": language.id})
        organization.language = language
        organization.date_format = locale.date_format
        organization.save()
