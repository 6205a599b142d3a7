"""What a tenant reseller's administrator sees, and what its customers see."""

from __future__ import annotations

import csv
from decimal import Decimal

from playwright.sync_api import Page, expect

from local.sources import REPOSITORY
from tests.browser.conftest import pictures
from tests.browser.web_client import WebClient
from tests.running_bss import Tenant

_DATA = REPOSITORY / "bss" / "data"


def _price_list(code: str) -> dict[str, dict[str, str]]:
    """The products of a price list by SKU, as the distributor's files have them."""
    with (_DATA / "products.csv").open(newline="") as file:
        catalogue = {row["sku"]: row for row in csv.DictReader(file)}
    with (_DATA / "price_lists" / f"{code}.csv").open(newline="") as file:
        return {row["sku"]: {**catalogue[row["sku"]], **row} for row in csv.DictReader(file)}


def test_the_administrator_sees_the_products_of_the_price_list(web_client: WebClient, tenant: Tenant) -> None:
    web_client.log_in(tenant.client_id, tenant.user_name, tenant.password)
    web_client.open_list("Products", "Products")
    expected = _price_list(tenant.price_list)
    expect(web_client.rows().first).to_be_visible()
    web_client.picture("tenant-products")
    skus = web_client.all_cells("SKU", len(expected))
    assert sorted(skus) == sorted(expected)


def test_the_administrator_sees_nothing_of_the_server(web_client: WebClient, tenant: Tenant) -> None:
    web_client.log_in(tenant.client_id, tenant.user_name, tenant.password)
    assert web_client.page.locator("#menu").get_by_text("Administration", exact=True).count() == 0


def test_the_storefront_shows_the_price_list_with_sell_prices(page: Page, tenant: Tenant) -> None:
    page.goto(tenant.storefront_url)
    expect(page.get_by_role("heading", level=1)).to_have_text(tenant.name)
    names = page.locator("td .name").all_inner_texts()
    prices = [text.replace("€", "").replace(",", "") for text in page.locator("td .amount").all_inner_texts()]
    shown = {name: Decimal(price) for name, price in zip(names, prices, strict=True)}
    assert len(shown) == len(names)
    expected = _price_list(tenant.price_list).values()
    # Sell prices: the distributor's, until the tenant sets its own. Never the reseller's purchase prices.
    assert shown == {product["name"]: Decimal(product["unit_price"]) for product in expected}
    assert shown != {product["name"]: Decimal(product["price"]) for product in expected}
    page.screenshot(path=pictures() / "storefront.png")
