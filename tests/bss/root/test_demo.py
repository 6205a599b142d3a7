"""The demo distributor: what the CSV files promise, and that loading is safe to repeat."""

from __future__ import annotations

from decimal import Decimal

from tenant_provisioning.fake.world import DISTRIBUTOR, demo_accounts
from trytond.pool import Pool

from bss.root import demo
from bss.root.transaction import reading, write
from tests.bss.root.client import ApiClient

_COUNTED = ("party.party", "product.product", "product.template", "product.price_list", "product.price_list.line")


def _counts() -> dict[str, int]:
    with reading() as pool:
        return {name: pool.get(name).search([], count=True) for name in _COUNTED}


def test_it_is_the_world_that_the_fake_plays(operator: ApiClient) -> None:
    assert operator.get("/").json["name"] == DISTRIBUTOR
    for account in demo_accounts():
        shown = operator.get(f"/accounts/{account.code}").json
        assert (shown["name"], shown["currency"], shown["orderingEnabled"]) == (
            account.name,
            account.currency,
            account.ordering_enabled,
        )


def test_price_lists_are_usable_or_not_each_in_its_way(operator: ApiClient) -> None:
    shown = {
        code: operator.get(f"/price-lists/{code}").json
        for code in ("reseller-eur", "reseller-large", "reseller-old", "reseller-expired", "reseller-usd")
    }
    facts = {code: (one["active"], one["validToday"], one["currency"], one["products"]) for code, one in shown.items()}
    assert facts == {
        "reseller-eur": (True, True, "EUR", 42),
        "reseller-large": (True, True, "EUR", 300),
        "reseller-old": (False, True, "EUR", 30),
        "reseller-expired": (True, False, "EUR", 36),
        "reseller-usd": (True, True, "USD", 40),
    }


def test_loading_again_changes_nothing(root: str) -> None:
    before = _counts()
    write(demo.load)
    assert _counts() == before
    assert before["product.product"] >= 300


def test_loading_again_keeps_what_people_changed_and_brings_back_what_is_missing(root: str) -> None:
    def change(pool: Pool) -> None:
        lines = pool.get("product.price_list.line")
        price_list = ("price_list.code", "=", "reseller-usd")
        lines.write(lines.search([price_list, ("product.code", "=", "OFF-STAR-M")]), {"fixed_price": Decimal("9.99")})
        lines.delete(lines.search([price_list, ("product.code", "=", "OFF-STAR-Y")]))

    def prices(pool: Pool) -> dict[str, Decimal]:
        (price_list,) = pool.get("product.price_list").search([("code", "=", "reseller-usd")])
        return {line.product.code: line.fixed_price for line in price_list.lines}

    with reading() as pool:
        before = prices(pool)
    write(change)
    write(demo.load)
    with reading() as pool:
        assert prices(pool) == before | {"OFF-STAR-M": Decimal("9.99")}


def test_the_formula_of_a_line_counts_where_no_price_is_fixed(root: str) -> None:
    with reading() as pool:
        lines = pool.get("product.price_list.line")
        fixed = lines(fixed_price=Decimal("3.5"), formula="list_price * 2")
        assert fixed.get_unit_price(names={}) == Decimal("3.5")
        computed = lines(fixed_price=None, formula="list_price * 2")
        assert computed.get_unit_price(names={"list_price": Decimal("4")}) == Decimal("8")
