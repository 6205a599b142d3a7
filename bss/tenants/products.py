# SPDX-License-Identifier: GPL-3.0-or-later
"""The inherited range of a tenant: products of the distributor's price list, with their purchase prices.

An update is differential by SKU and can be repeated at any time. It works in portions, each with its own transaction:
a killed update leaves whole products and is completed by the next one, and a conflict with a user repeats one portion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

from tenant_provisioning.models import ProductScope
from trytond.pool import Pool
from trytond.transaction import inactive_records

from bss.tenants.company import ensure_currency
from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.errors import CompanyMissing, SkuTaken
from bss.tenants.pools import tenant

_PORTION = 100
"""Products in one transaction."""

_T = TypeVar("_T")
_Record = Any  # an instance of one of Tryton's models, which have no static types


class BillingCycle(StrEnum):
    """How often a subscription of a product is billed."""

    MONTHLY = "Monthly"
    YEARLY = "Yearly"
    ONE_TIME = "OneTime"


_CYCLES = {BillingCycle.MONTHLY: "monthly", BillingCycle.YEARLY: "yearly", BillingCycle.ONE_TIME: "one_time"}


@dataclass(frozen=True)
class InheritedProduct:
    """A product of the distributor's price list, as the tenant gets it."""

    sku: str
    name: str
    description: str
    category: str
    unit: str
    """Name of the unit of measure, such as Unit."""
    billing_cycle: BillingCycle
    purchase_price: Decimal
    """What the distributor charges the reseller for one unit and billing cycle."""
    list_price: Decimal
    """The sell price to start with; from then on it is the tenant's."""
    currency: str
    """ISO 4217 code of both prices."""
    active: bool
    """False: still in the list, but discontinued."""


@dataclass(frozen=True)
class ProductCounts:
    """What one update of the products did. A product counts once, with the strongest change."""

    created: int = 0
    reactivated: int = 0
    deactivated: int = 0
    changed: int = 0
    unchanged: int = 0
    inherited: int = 0
    """Active inherited products after the update."""


@dataclass(frozen=True)
class _Rules:
    scope: ProductScope
    overwrite_sell_prices: bool
    overwrite_names: bool


class _Change(StrEnum):
    CREATED = "created"
    REACTIVATED = "reactivated"
    DEACTIVATED = "deactivated"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def copy_products(
    client_id: str,
    products: Iterable[InheritedProduct],
    *,
    scope: ProductScope,
    overwrite_sell_prices: bool,
    overwrite_names: bool,
    progress: Callable[[int, int], None],
) -> ProductCounts:
    """Bring the inherited products of a tenant in line with the given range.

    Full: new ones are added, discontinued ones deactivated, those that came back reactivated, purchase prices and what
    else the distributor decides brought up to date. Partial: purchase prices of products that the tenant already has.
    Sell prices and names stay the tenant's unless they are to be overwritten. `progress` gets the number of products
    handled and their total, outside of any transaction of the tenant.

    Raises TenantNotFound, CompanyMissing, CurrencyUnknown, SkuTaken.
    """
    wanted = {product.sku: product for product in products}
    rules = _Rules(scope, overwrite_sell_prices, overwrite_names)
    gone = [] if scope is ProductScope.PARTIAL else _active_skus_without(client_id, wanted)
    total = len(wanted) + len(gone)
    done = 0
    changes: list[_Change] = []
    progress(done, total)
    for portion in _portions(wanted.values()):
        changes += _apply(client_id, portion, rules)
        done += len(portion)
        progress(done, total)
    for skus in _portions(gone):
        changes += _deactivate(client_id, skus)
        done += len(skus)
        progress(done, total)
    with tenant(client_id, readonly=True) as pool:
        inherited = pool.get("product.template").search([("inherited", "=", True)], count=True)
    return ProductCounts(**{str(change): changes.count(change) for change in _Change}, inherited=inherited)


def _portions(items: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(items)
    while portion := list(islice(iterator, _PORTION)):
        yield portion


def _active_skus_without(client_id: str, wanted: Iterable[str]) -> list[str]:
    known = set(wanted)
    with tenant(client_id, readonly=True) as pool:
        found = pool.get("product.template").search_read([("inherited", "=", True)], fields_names=["code"])
    return sorted(row["code"] for row in found if row["code"] not in known)


@repeated_on_conflict
def _deactivate(client_id: str, skus: Sequence[str]) -> list[_Change]:
    with tenant(client_id) as pool:
        Template = pool.get("product.template")  # noqa: N806 - Tryton's models are classes
        templates = Template.search([("inherited", "=", True), ("code", "in", skus)])
        Template.write(templates, {"active": False})
        return [_Change.DEACTIVATED] * len(templates)


@repeated_on_conflict
def _apply(client_id: str, products: Sequence[InheritedProduct], rules: _Rules) -> list[_Change]:
    with tenant(client_id, readonly=True) as pool:
        company = pool.get("tenant.organization")(1).company
        if company is None:
            raise CompanyMissing(client_id)
        company_id = company.id
    # Sell prices belong to a company: Tryton reads and writes those of the company in the context.
    with tenant(client_id, context={"company": company_id}) as pool:
        Template = pool.get("product.template")  # noqa: N806
        with inactive_records():
            found = Template.search([("inherited", "=", True), ("code", "in", [product.sku for product in products])])
        existing = {template.code: template for template in found}
        references = _References(pool, company_id)
        new: list[dict[str, object]] = []
        renamed: list[_Record] = []
        changes = []
        for product in products:
            template = existing.get(product.sku)
            if template is not None:
                changes.append(_update(template, product, rules, references, renamed))
            elif rules.scope is ProductScope.FULL and product.active:
                new.append(references.values_of_new(product))
                changes.append(_Change.CREATED)
            else:
                changes.append(_Change.UNCHANGED)
        _refuse_taken_skus(pool, client_id, [str(values["code"]) for values in new])
        Template.create(new)
        Template.save([template for template in found if template._values])
        _forget_translated_names(pool, renamed)
        return changes


def _refuse_taken_skus(pool: Pool, client_id: str, skus: Sequence[str]) -> None:
    own = pool.get("product.product").search([("inherited", "=", False), ("code", "in", skus)], limit=1)
    if own:
        raise SkuTaken(client_id, own[0].code)


def _update(
    template: _Record, product: InheritedProduct, rules: _Rules, references: _References, renamed: list[_Record]
) -> _Change:
    """Set what differs on the record, without saving it."""
    change = _Change.UNCHANGED
    currency = references.currency(product.currency)
    decided: dict[str, object] = {"purchase_price": product.purchase_price, "purchase_currency": currency}
    if rules.overwrite_sell_prices:
        decided["list_price"] = product.list_price
    if rules.scope is ProductScope.FULL:
        decided["billing_cycle"] = _CYCLES[product.billing_cycle]
    if rules.overwrite_names:
        decided["name"] = product.name
        renamed.append(template)
    for name, value in decided.items():
        if getattr(template, name) != value:
            setattr(template, name, value)
            change = _Change.CHANGED
    if rules.scope is ProductScope.FULL and template.active != product.active:
        template.active = product.active
        change = _Change.REACTIVATED if product.active else _Change.DEACTIVATED
    return change


def _forget_translated_names(pool: Pool, templates: Sequence[_Record]) -> None:
    """Names that a tenant gave in its own language are translations of the name; they would hide the new one."""
    Translation = pool.get("ir.translation")  # noqa: N806
    Translation.delete(
        Translation.search(
            [
                ("type", "=", "model"),
                ("name", "=", "product.template,name"),
                ("lang", "!=", "en"),
                ("res_id", "in", [template.id for template in templates]),
            ]
        )
    )


class _References:
    """Records of the tenant that products refer to, found or made once a portion."""

    def __init__(self, pool: Pool, company_id: int) -> None:
        self._pool = pool
        self._company_id = company_id
        self._currencies: dict[str, _Record] = {}
        self._categories: dict[str, int] = {}
        self._units: dict[str, int] = {}

    def currency(self, code: str) -> _Record:
        if code not in self._currencies:
            self._currencies[code] = ensure_currency(self._pool, code)
        return self._currencies[code]

    def values_of_new(self, product: InheritedProduct) -> dict[str, object]:
        unit = self._unit(product.unit)
        return {
            "code": product.sku,
            "name": product.name,
            "type": "service",
            "inherited": True,
            "billing_cycle": _CYCLES[product.billing_cycle],
            "purchase_price": product.purchase_price,
            "purchase_currency": self.currency(product.currency).id,
            "default_uom": unit,
            "salable": True,
            "sale_uom": unit,
            "list_prices": [("create", [{"company": self._company_id, "list_price": product.list_price}])],
            "categories": [("add", [self._category(product.category)])] if product.category else None,
            "products": [("create", [{"description": product.description or None}])],
        }

    def _category(self, name: str) -> int:
        if name not in self._categories:
            self._categories[name] = self._find_or_make("product.category", {"name": name, "parent": None})
        return self._categories[name]

    def _unit(self, name: str) -> int:
        if name not in self._units:
            Unit = self._pool.get("product.uom")  # noqa: N806
            known = Unit.search([("name", "=", name)], limit=1)
            if known:
                self._units[name] = known[0].id
            else:
                # Licences, seats and mailboxes are counted like pieces.
                category = self._pool.get("ir.model.data").get_id("product", "uom_cat_unit")
                values = {"name": name, "symbol": name, "category": category, "rate": 1.0, "factor": 1.0}
                (unit,) = Unit.create([{**values, "rounding": 1.0, "digits": 0}])
                self._units[name] = unit.id
        return self._units[name]

    def _find_or_make(self, model: str, values: dict[str, object]) -> int:
        Model = self._pool.get(model)  # noqa: N806
        found = Model.search([(name, "=", value) for name, value in values.items()], limit=1)
        record = found[0] if found else Model.create([values])[0]
        return int(record.id)
