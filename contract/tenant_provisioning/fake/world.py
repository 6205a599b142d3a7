"""What the fake distributor has before any tenant: accounts and price lists, the same as the demo distributor's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

LANGUAGES = ("en", "de", "el", "es", "fr", "it", "nl", "pl", "pt", "pt-BR")
DATE_FORMATS = ("dd/MM/yyyy", "dd.MM.yyyy", "dd-MM-yyyy", "MM/dd/yyyy", "yyyy-MM-dd")
CURRENCY = "EUR"

TENANT_ACCOUNT = "R-1023"
TENANT_CLIENT_ID = "legacy23"
"""Client ID of the tenant that no API client made, and that can be adopted."""


@dataclass(frozen=True, slots=True)
class FakeAccount:
    """A reseller's account."""

    code: str
    name: str
    currency: str = CURRENCY
    ordering_enabled: bool = True
    subscriptions_not_copied: int = 0
    """Subscriptions of this reseller's customers that keep back ordering from being activated."""


@dataclass(frozen=True, slots=True)
class FakePriceList:
    """A price list; only the number of its products matters here."""

    code: str
    name: str
    products: int
    currency: str = CURRENCY
    active: bool = True
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the day lies within the validity dates, both included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


_NAMES = (
    "Northwind Cloud",
    "Aegean Systems",
    "Alpine IT",
    "Baltic Byte",
    "Cobalt Networks",
    "Delta Managed Services",
    "Everest Digital",
    "Fjord Software",
    "Granite Consulting",
    "Harbour Tech",
    "Ionian Data",
    "Juniper Office",
    "Kestrel Solutions",
    "Lumen Workplace",
    "Meridian Cloud",
    "Nimbus Partners",
    "Olive Tree IT",
    "Pinnacle Systems House",
    "Quarry Informatics",
    "Riverside Computing",
    "Sable Trading",
    "Tundra Telecom",
    "Umbra Hosting",
    "Vantage Cloud Inc.",
    "Willow Business IT",
)
_NOT_ORDERING = frozenset({"R-1021", "R-1022"})
_IN_DOLLARS = frozenset({"R-1024"})


def demo_accounts() -> list[FakeAccount]:
    """R-1001 to R-1025: two may not order, R-1023 is a tenant, R-1024 is billed in USD."""
    accounts = []
    for number, name in enumerate(_NAMES, start=1001):
        code = f"R-{number}"
        accounts.append(
            FakeAccount(
                code=code,
                name=name,
                currency="USD" if code in _IN_DOLLARS else CURRENCY,
                ordering_enabled=code not in _NOT_ORDERING,
            )
        )
    return accounts


def demo_price_lists(today: date) -> list[FakePriceList]:
    """Five lists: two usable in EUR, one inactive, one expired yesterday, one in USD."""
    return [
        FakePriceList("reseller-eur", "Resellers EUR", 42),
        FakePriceList("reseller-large", "Resellers EUR, whole catalogue", 300),
        FakePriceList("reseller-old", "Resellers EUR, superseded", 42, active=False),
        FakePriceList("reseller-expired", "Resellers EUR, last season", 42, valid_to=today - timedelta(days=1)),
        FakePriceList("reseller-usd", "Resellers USD", 42, currency="USD"),
    ]


def load_account(code: str) -> FakeAccount | None:
    """The account of a load test: `L-<number>` exists for every number."""
    letter, _, number = code.partition("-")
    if letter == "L" and number.isascii() and number.isdigit():
        return FakeAccount(code=code, name=f"Load test reseller {number}")
    return None
