"""What the suite is told: where the BSS is, the keys of two API clients, and the codes to use in its world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields

_ACCOUNTS = ",".join(f"R-{number}" for number in (*range(1002, 1021), 1025))


@dataclass(frozen=True, slots=True)
class Options:
    """Every member is an option of the command line; the defaults fit the demo distributor."""

    base_url: str = field(metadata={"help": "address of the BSS, without the API's prefix"})
    api_key_file: str = field(metadata={"help": "file with an API key"})
    other_api_key_file: str = field(metadata={"help": "file with the API key of another API client"})
    accounts: str = field(
        default=_ACCOUNTS,
        metadata={"help": "accounts that may order, separated by commas; those that are free are used"},
    )
    foreign_currency_accounts: str = field(
        default="R-1024", metadata={"help": "the same, of another currency than the usable price lists"}
    )
    not_ordering_account: str = field(default="R-1021", metadata={"help": "account that may not order"})
    unknown_account: str = field(default="R-9999", metadata={"help": "code that no account has"})
    adoptable_account: str = field(default="R-1023", metadata={"help": "account of a tenant that no API client made"})
    adoptable_client_id: str = field(default="legacy23", metadata={"help": "Client ID of that tenant"})
    price_list: str = field(default="reseller-eur", metadata={"help": "usable price list"})
    other_price_list: str = field(default="reseller-large", metadata={"help": "another usable price list"})
    inactive_price_list: str = field(default="reseller-old", metadata={"help": "price list that is not active"})
    expired_price_list: str = field(default="reseller-expired", metadata={"help": "price list that is not valid today"})
    unknown_price_list: str = field(default="no-such-list", metadata={"help": "code that no price list has"})
    weak_password: str = field(default="short", metadata={"help": "password that the BSS must refuse"})
    taken_user_name: str = field(default="admin", metadata={"help": "user name that every tenant has from the start"})
    patience: str = field(default="120", metadata={"help": "seconds to wait for work in the background"})


def add_options(add: Callable[..., object], *, required: bool) -> None:
    """Add them with `add_argument` of argparse or `addoption` of pytest, which take the same words."""
    for member in fields(Options):
        mandatory = member.default is MISSING
        shown = "required" if mandatory else f"default {_default(member)}"
        extra = {"required": True} if mandatory and required else {}
        add(
            f"--{member.name.replace('_', '-')}",
            default=None if mandatory else member.default,
            help=f"{member.metadata['help']} ({shown})",
            **extra,
        )


def read_options(get: Callable[[str], object]) -> Options:
    """The options as they were given."""
    return Options(**{member.name: str(get(member.name)) for member in fields(Options)})


def _default(member: Field[str]) -> str:
    text = str(member.default)
    return text if len(text) < 30 else f"{text[:12]}..."
