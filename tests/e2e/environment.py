"""Where the scenarios run: the local stack, or any other place that has all parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.e2e.person import Person


@dataclass(frozen=True)
class Environment:
    """All that a scenario needs to know of a place."""

    bss_url: str
    """Address of the BSS, without a slash at the end."""
    kubeconfig: Path
    """With all rights on the cluster."""
    root: str
    """Client ID of the distributor."""
    administrator: tuple[str, str]
    """User name and password of the distributor's administrator."""
    kill_operator: Callable[[], None]
    """End the operator at once, as a power failure does."""
    start_operator: Callable[[], object]
    """Start it again and wait until it watches."""

    def organizations(self, account: str) -> list[dict[str, Any]]:
        """Tenant resellers of an account as the distributor's own people see them."""
        return self.distributor.person.search(
            "tenant.reseller",
            [["account.code", "=", account]],
            *("client_id", "key", "state", "edition", "separate_invoices", "range_inherited"),
        )

    def processes(self, account: str) -> list[dict[str, Any]]:
        """Runs for an account, as the distributor's own people see them."""
        return self.distributor.person.search(
            "tenant.reseller.process", [["account_code", "=", account]], "identifier", "type", "state"
        )

    @cached_property
    def distributor(self) -> Distributor:
        """The distributor's administrator at work."""
        return Distributor(self)


class Distributor:
    """What the distributor's administrator does in the BSS."""

    def __init__(self, environment: Environment) -> None:
        self.person = Person(environment.bss_url, environment.root, *environment.administrator)

    def account(self, code: str, *, ordering_enabled: bool = True, currency: str = "EUR") -> str:
        """Make an account, or change whether it may order; answers its code."""
        present = self.person.search("party.party", [["code", "=", code]], "code")
        if present:
            self.person.write("party.party", [present[0]["id"]], ordering_enabled=ordering_enabled)
        else:
            (money,) = self.person.search("currency.currency", [["code", "=", currency]], "code")
            self.person.create(
                "party.party",
                {
                    "name": f"Reseller {code}",
                    "code": code,
                    "account_currency": money["id"],
                    "ordering_enabled": ordering_enabled,
                },
            )
        return code

    def products(self, price_list: str) -> list[str]:
        """Names of the products of a price list."""
        lines = self.person.search("product.price_list.line", [["price_list.code", "=", price_list]], "product.name")
        return [line["product."]["name"] for line in lines]

    def price_list(self, code: str, **values: object) -> None:
        """Change a price list."""
        # An inactive one is not found unless it is asked for.
        domain = [["code", "=", code], ["active", "in", [True, False]]]
        (present,) = self.person.search("product.price_list", domain, "code")
        self.person.write("product.price_list", [present["id"]], **values)
