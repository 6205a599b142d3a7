"""What the fake distributor has before any tenant: accounts and price lists, the same as the demo distributor's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DISTRIBUTOR = "Aegean Cloud Distribution"
LANGUAGES = ("en", "de", "es", "fr")
DATE_FORMATS = (
    "dd/MM/yyyy",
    "MM/dd/yyyy",
    "yyyy-MM-dd",
    "dd.MM.yyyy",
    "dd-MM-yyyy",
    "yyyy/MM/dd",
    "yyyy.MM.dd",
    "d/M/yyyy",
    "M/d/yyyy",
    "d.M.yyyy",
    "d-M-yyyy",
)
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
    "Bluepeak Systems",
    "Harbour IT Services",
    "Kestrel Networks",
    "Olivetree Digital",
    "Lumen Office Solutions",
    "Granite Data",
    "Meridian Managed IT",
    "Sailcloth Technologies",
    "Parallel Forty",
    "Copperfield Consulting",
    "Weissbach Systemhaus",
    "Atelier Nuage",
    "Puerto Digital",
    "Tidewater Computing",
    "Lindenhof IT",
    "Cassiopeia Cloud",
    "Redwood Integrators",
    "Montclair Services",
    "Sierra Nube",
    "Halcyon Software",
    "Brightwater Telecom",
    "Amphora Business IT",
    "Longshore Cloud Partners",
    "Vardar Technology",
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
        FakePriceList("reseller-eur", "Resellers", 42),
        FakePriceList("reseller-large", "Resellers with the whole range", 300),
        FakePriceList("reseller-old", "Resellers before the reform", 30, active=False),
        FakePriceList("reseller-expired", "Resellers last year", 36, valid_to=today - timedelta(days=1)),
        FakePriceList("reseller-usd", "Resellers in US dollars", 40, currency="USD"),
    ]


def load_account(code: str) -> FakeAccount | None:
    """The account of a load test: `L-<number>` exists for every number."""
    letter, _, number = code.partition("-")
    if letter == "L" and number.isascii() and number.isdigit():
        return FakeAccount(code=code, name=f"Load test reseller {number}")
    return None
