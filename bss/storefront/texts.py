# SPDX-License-Identifier: GPL-3.0-or-later
"""The few words of the Storefront itself, in every language that a tenant may choose."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from bss.storefront.shop import Cycle


@dataclass(frozen=True)
class Texts:
    """Words of one language."""

    products: str
    product: str
    price: str
    nothing: str
    other: str
    """Heading of products without a category."""
    cycles: MappingProxyType[Cycle, str]


def _texts(products: str, product: str, price: str, nothing: str, other: str, cycles: tuple[str, str, str]) -> Texts:
    return Texts(products, product, price, nothing, other, MappingProxyType(dict(zip(Cycle, cycles, strict=True))))


_TEXTS = MappingProxyType(
    {
        "en": _texts(
            "Products", "Product", "Price", "There is nothing on offer yet.", "More", ("per month", "per year", "once")
        ),
        "de": _texts(
            "Produkte",
            "Produkt",
            "Preis",
            "Noch gibt es kein Angebot.",
            "Weitere",
            ("pro Monat", "pro Jahr", "einmalig"),
        ),
        "es": _texts(
            "Productos", "Producto", "Precio", "Todavía no hay ofertas.", "Otros", ("al mes", "al año", "pago único")
        ),
        "fr": _texts(
            "Produits", "Produit", "Prix", "Aucune offre pour le moment.", "Autres", ("par mois", "par an", "une fois")
        ),
    }
)


def texts(language: str) -> Texts:
    """Words of a language that tenants may choose."""
    return _TEXTS[language]
