"""1. PrerequisitesMet: what must hold before the BSS is asked to do anything.

A chain of pure functions, each of which finds one kind of trouble or None; the first trouble is told. Domain rule: the
account exists and may order, the price list is in the currency in which the distributor bills the reseller (checklist
before creation).
"""

from __future__ import annotations

from collections.abc import Callable

from tenant_reseller.conditions import Reason
from tenant_reseller.resource import Spec
from tenant_reseller.world import Facts, Trouble, World

from .decision import Decision, Done, Refuse, Unknown

MET = Done("Account, price list, locale and Secret were in order when they were last needed.")
"""A tenant that needs nothing more is not broken by a price list that ends: then they are not asked about again."""

Check = Callable[[Spec, Facts, World], Refuse | None]


def account_exists(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The distributor's BSS has the account."""
    if facts.account is None:
        return Refuse(Reason.ACCOUNT_NOT_FOUND, f"Account {spec.account} does not exist (spec.account).")
    return None


def account_may_order(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The account is enabled for ordering."""
    if facts.account is not None and not facts.account.ordering_enabled:
        return Refuse(Reason.ORDERING_DISABLED, f"Account {spec.account} is not enabled for ordering.")
    return None


def account_is_free(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The account is no other tenant, or is the one to adopt."""
    owner = None if facts.account is None else facts.account.organization_key
    if owner is None or owner == world.key or (owner == "" and spec.adopt is not None):
        return None
    # An organization that is kept after its object's deletion holds the account too: only its key tells which one.
    which = "made by hand" if owner == "" else f"organization {owner}"
    return Refuse(Reason.ACCOUNT_IS_TENANT, f"Account {spec.account} is a tenant reseller already: {which}.")


def price_list_exists(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The distributor's BSS has the price list."""
    if facts.price_list is None:
        return Refuse(Reason.PRICE_LIST_NOT_FOUND, f"Price list {spec.price_list} does not exist (spec.priceList).")
    return None


def price_list_is_active(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The price list is active."""
    if facts.price_list is not None and not facts.price_list.active:
        return Refuse(Reason.PRICE_LIST_INACTIVE, f"Price list {spec.price_list} is not active.")
    return None


def price_list_is_valid_today(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """Today lies within the price list's validity dates, on the distributor's calendar."""
    prices = facts.price_list
    if prices is None or prices.valid_today:
        return None
    period = f"from {prices.valid_from or 'any day'} to {prices.valid_to or 'any day'}"
    return Refuse(
        Reason.PRICE_LIST_NOT_VALID_TODAY, f"Price list {spec.price_list} is not valid today: it is valid {period}."
    )


def currencies_match(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The price list is in the account's currency."""
    account, prices = facts.account, facts.price_list
    if account is None or prices is None or account.currency == prices.currency:
        return None
    return Refuse(
        Reason.CURRENCY_MISMATCH,
        f"Price list {spec.price_list} is in {prices.currency}, account {spec.account} is billed in "
        f"{account.currency}.",
    )


def language_is_supported(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The BSS has the language."""
    languages = facts.info.languages
    if spec.locale.language in languages:
        return None
    return Refuse(
        Reason.LANGUAGE_NOT_SUPPORTED,
        f"Language {spec.locale.language} is not supported (spec.locale.language); the BSS has {_some(languages)}.",
    )


def time_zone_is_supported(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The BSS knows the time zone."""
    if spec.locale.time_zone in facts.info.time_zones:
        return None
    return Refuse(
        Reason.TIME_ZONE_NOT_SUPPORTED,
        f"Time zone {spec.locale.time_zone} is not supported (spec.locale.timeZone).",
    )


def date_format_is_supported(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The BSS has the date format."""
    formats = facts.info.date_formats
    if spec.locale.date_format in formats:
        return None
    return Refuse(
        Reason.DATE_FORMAT_NOT_SUPPORTED,
        f"Date format {spec.locale.date_format} is not supported (spec.locale.dateFormat); the BSS has "
        f"{_some(formats)}.",
    )


def password_is_readable(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The Secret with the password can be read, as long as the password was never applied."""
    administrator = None if world.organization is None else world.organization.administrator
    if administrator is not None and administrator.login_verified:
        return None
    return _refused(world.password)


def logo_is_readable(spec: Spec, facts: Facts, world: World) -> Refuse | None:
    """The logo can be read and is a picture."""
    return _refused(world.brand)


CHAIN: tuple[Check, ...] = (
    account_exists,
    account_may_order,
    account_is_free,
    price_list_exists,
    price_list_is_active,
    price_list_is_valid_today,
    currencies_match,
    language_is_supported,
    time_zone_is_supported,
    date_format_is_supported,
    password_is_readable,
    logo_is_readable,
)


def decide(spec: Spec, world: World) -> Decision:
    """The first trouble, or done."""
    if world.facts is None:
        return Unknown("Not checked yet.")
    for check in CHAIN:
        if refused := check(spec, world.facts, world):
            return refused
    return MET


def _refused(observed: object) -> Refuse | None:
    return Refuse(observed.reason, observed.message) if isinstance(observed, Trouble) else None


def _some(values: list[str]) -> str:
    shown = ", ".join(sorted(values)[:20])
    return f"{shown} and others" if len(values) > 20 else shown
