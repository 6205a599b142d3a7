"""The inherited range: copying is differential, sell prices are the tenant's, the rest is locked."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tenant_provisioning.models import Edition, ProductScope
from trytond.transaction import inactive_records

from bss.tenants.edition import apply_edition
from bss.tenants.errors import SkuTaken
from bss.tenants.facts import facts
from bss.tenants.pools import tenant
from bss.tenants.products import BillingCycle, InheritedProduct, ProductCounts, copy_products
from tests.bss.tenant.person import Person, Refused

MAIL = InheritedProduct(
    sku="MAIL-M",
    name="Mailbox",
    description="A mailbox of 50 GB",
    category="Productivity",
    unit="Unit",
    billing_cycle=BillingCycle.MONTHLY,
    purchase_price=Decimal("4.00"),
    list_price=Decimal("6.00"),
    currency="EUR",
    active=True,
)
BACKUP = replace(
    MAIL,
    sku="BACKUP-Y",
    name="Backup",
    category="Protection",
    unit="Device",
    billing_cycle=BillingCycle.YEARLY,
    purchase_price=Decimal("30.00"),
    list_price=Decimal("45.00"),
)


def copy(client_id: str, products: Iterable[InheritedProduct], **options: Any) -> ProductCounts:
    settings = {
        "scope": ProductScope.FULL,
        "overwrite_sell_prices": False,
        "overwrite_names": False,
        "progress": lambda completed, total: None,
    }
    return copy_products(client_id, products, **(settings | options))


def products(client_id: str) -> dict[str, dict[str, Any]]:
    with tenant(client_id) as pool, inactive_records():
        found = pool.get("tenant.organization")(1).company
        with tenant(client_id, context={"company": found.id, "active_test": False}) as inner:
            return {
                template.code: {
                    "name": template.name,
                    "active": template.active,
                    "cycle": template.billing_cycle,
                    "purchase": template.purchase_price,
                    "sell": template.list_price,
                    "unit": template.default_uom.name,
                    "category": template.categories[0].name,
                }
                for template in inner.get("product.template").search([("inherited", "=", True)])
            }


def test_the_range_is_copied_with_purchase_and_sell_prices(client_id: str) -> None:
    seen: list[tuple[int, int]] = []
    counts = copy(client_id, [MAIL, BACKUP], progress=lambda completed, total: seen.append((completed, total)))
    assert counts == ProductCounts(created=2, inherited=2)
    assert seen == [(0, 2), (2, 2)]
    assert products(client_id) == {
        "MAIL-M": {
            "name": "Mailbox",
            "active": True,
            "cycle": "monthly",
            "purchase": Decimal("4.00"),
            "sell": Decimal("6.00"),
            "unit": "Unit",
            "category": "Productivity",
        },
        "BACKUP-Y": {
            "name": "Backup",
            "active": True,
            "cycle": "yearly",
            "purchase": Decimal("30.00"),
            "sell": Decimal("45.00"),
            "unit": "Device",
            "category": "Protection",
        },
    }


def test_the_same_again_changes_nothing(client_id: str) -> None:
    copy(client_id, [MAIL, BACKUP])
    assert copy(client_id, [MAIL, BACKUP]) == ProductCounts(unchanged=2, inherited=2)


def test_differences_are_transferred(client_id: str) -> None:
    copy(client_id, [MAIL, BACKUP])
    dearer = replace(MAIL, purchase_price=Decimal("4.40"), list_price=Decimal("6.60"), name="Mailbox Plus")

    assert copy(client_id, [dearer]) == ProductCounts(changed=1, deactivated=1, inherited=1)
    found = products(client_id)
    assert (found["MAIL-M"]["purchase"], found["MAIL-M"]["sell"]) == (Decimal("4.40"), Decimal("6.00"))
    assert found["MAIL-M"]["name"] == "Mailbox"
    assert not found["BACKUP-Y"]["active"]

    assert copy(client_id, [dearer, BACKUP]) == ProductCounts(reactivated=1, unchanged=1, inherited=2)
    assert copy(client_id, [dearer, replace(BACKUP, active=False)]) == ProductCounts(
        deactivated=1, unchanged=1, inherited=1
    )


def test_sell_prices_and_names_are_overwritten_when_asked(basic: str) -> None:
    copy(basic, [MAIL, BACKUP])
    maria = Person.log_in(basic, "maria")
    with tenant(basic) as pool:
        (mail,) = pool.get("product.template").search([("code", "=", "MAIL-M")])
    maria.call("model.product.template.write", [mail.id], {"list_price": _decimal("9.99"), "name": "Our mailbox"})

    copy(basic, [MAIL, BACKUP])
    assert (products(basic)["MAIL-M"]["sell"], products(basic)["MAIL-M"]["name"]) == (Decimal("9.99"), "Our mailbox")
    copy(basic, [MAIL, BACKUP], overwrite_sell_prices=True)
    assert (products(basic)["MAIL-M"]["sell"], products(basic)["MAIL-M"]["name"]) == (Decimal("6.00"), "Our mailbox")
    copy(basic, [MAIL, BACKUP], overwrite_names=True)
    assert products(basic)["MAIL-M"]["name"] == "Mailbox"


def test_a_name_given_in_another_language_is_overwritten_too(client_id: str) -> None:
    copy(client_id, [MAIL])
    with tenant(client_id, context={"language": "de"}) as pool:
        (mail,) = pool.get("product.template").search([("code", "=", "MAIL-M")])
        mail.name = "Postfach"
        mail.save()
    copy(client_id, [MAIL], overwrite_names=True)
    with tenant(client_id, context={"language": "de"}) as pool:
        (mail,) = pool.get("product.template").search([("code", "=", "MAIL-M")])
        assert mail.name == "Mailbox"


def test_a_partial_update_touches_purchase_prices_only(client_id: str) -> None:
    copy(client_id, [MAIL])
    dearer = replace(MAIL, purchase_price=Decimal("5.00"), billing_cycle=BillingCycle.YEARLY, active=False)
    counts = copy(client_id, [dearer, BACKUP], scope=ProductScope.PARTIAL)
    assert counts == ProductCounts(changed=1, unchanged=1, inherited=1)
    (found,) = products(client_id).values()
    assert (found["purchase"], found["cycle"], found["active"]) == (Decimal("5.00"), "monthly", True)
    assert copy(client_id, [], scope=ProductScope.PARTIAL) == ProductCounts(inherited=1)


def test_three_hundred_products_are_copied_in_portions_and_in_seconds(client_id: str) -> None:
    many = [replace(MAIL, sku=f"SKU-{number:04d}", name=f"Product {number}") for number in range(300)]
    seen: list[int] = []
    started = time.process_time()
    assert copy(client_id, many, progress=lambda completed, total: seen.append(completed)).created == 300
    seconds = time.process_time() - started
    print(f"300 products in {seconds:.2f} s of processor time")
    assert seen == [0, 100, 200, 300]
    assert seconds < 4, "processor time, so that other work on the machine does not count"
    assert facts(client_id).inherited_products == 300


def _decimal(value: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": value}


@pytest.mark.parametrize("edition", Edition)
def test_inherited_products_are_locked(basic: str, edition: Edition) -> None:
    apply_edition(basic, edition)
    copy(basic, [MAIL])
    with tenant(basic) as pool:
        (mail,) = pool.get("product.template").search([("code", "=", "MAIL-M")])
    before = products(basic)
    maria = Person.log_in(basic, "maria")
    attempts: list[dict[str, Any]] = [
        {"code": "MINE"},
        {"purchase_price": _decimal("0.01")},
        {"billing_cycle": "yearly"},
        {"active": False},
        {"inherited": False},
        {"salable": False},
    ]
    for values in attempts:
        with pytest.raises(Refused, match="inherited from the distributor"):
            maria.call("model.product.template.write", [mail.id], values)
    with pytest.raises(Refused, match=r"inherited|not allowed"):
        maria.call("model.product.template.delete", [mail.id])
    assert products(basic) == before


def test_variants_of_inherited_products_are_locked(basic: str) -> None:
    apply_edition(basic, Edition.PREMIUM)
    copy(basic, [MAIL])
    with tenant(basic) as pool:
        (mail,) = pool.get("product.template").search([("code", "=", "MAIL-M")])
        variant = mail.products[0].id
    maria = Person.log_in(basic, "maria")
    with pytest.raises(Refused, match="Only the distributor"):
        maria.call("model.product.product.create", [{"template": mail.id, "suffix_code": "-X"}])
    with pytest.raises(Refused, match="inherited from the distributor"):
        maria.call("model.product.product.write", [variant], {"suffix_code": "-X"})
    with pytest.raises(Refused, match="can not delete"):
        maria.call("model.product.product.delete", [variant])


def _own_product(pool_unit: int) -> dict[str, Any]:
    return {"name": "Consulting", "code": "OWN-1", "type": "service", "default_uom": pool_unit}


def test_own_products_need_premium_and_the_server_says_so(basic: str) -> None:
    with tenant(basic) as pool:
        unit = pool.get("ir.model.data").get_id("product", "uom_unit")
    with pytest.raises(Refused, match="not allowed"):
        Person.log_in(basic, "maria").call("model.product.template.create", [_own_product(unit)])

    apply_edition(basic, Edition.PREMIUM)
    maria = Person.log_in(basic, "maria")
    (own,) = maria.call("model.product.template.create", [_own_product(unit)])
    maria.call("model.product.template.write", [own], {"code": "OWN-2", "purchase_price": None})
    with pytest.raises(Refused, match="Only the distributor"):
        maria.call("model.product.template.create", [_own_product(unit) | {"code": "OWN-3", "inherited": True}])

    apply_edition(basic, Edition.BASIC)
    with pytest.raises(Refused, match="not allowed"):
        Person.log_in(basic, "maria").call("model.product.template.create", [_own_product(unit)])
    assert facts(basic).edition is Edition.BASIC


def test_own_products_survive_an_update_and_their_sku_is_not_taken_over(basic: str) -> None:
    apply_edition(basic, Edition.PREMIUM)
    with tenant(basic) as pool:
        unit = pool.get("ir.model.data").get_id("product", "uom_unit")
    own = _own_product(unit) | {"code": "MAIL-M", "products": [["create", [{}]]]}
    Person.log_in(basic, "maria").call("model.product.template.create", [own])
    with pytest.raises(SkuTaken, match="MAIL-M"):
        copy(basic, [MAIL])
    assert copy(basic, [BACKUP]) == ProductCounts(created=1, inherited=1)


def test_the_administrator_sees_the_columns_of_the_products_menu(basic: str) -> None:
    copy(basic, [MAIL])
    maria = Person.log_in(basic, "maria")
    view = maria.call("model.product.template.fields_view_get", None, "tree")
    columns = [
        part.split('"')[1] for part in view["arch"].split("<field ")[1:] for part in [part[part.index("name=") :]]
    ]
    assert columns[:5] == ["code", "name", "billing_cycle", "purchase_price", "list_price"]
    menus = maria.call("model.ir.ui.menu.search_read", [], 0, None, None, ["complete_name"])
    names = {menu["complete_name"] for menu in menus}
    assert "Products / Products" in names or "Products" in names
    assert "Organization / Basic Information" in names
    assert not [name for name in names if name.startswith("Administration")]
