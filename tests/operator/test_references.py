"""Which objects a manifest names, and who is told when one of them changes."""

from __future__ import annotations

from typing import Any

import pytest
from tenant_reseller.kube.references import Kind, Reference, ReferenceIndex, references

LOGO = {"name": "brand", "key": "logo.svg"}


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({}, [(Kind.SECRET, "northwind-admin")]),
        ({"administrator": {"passwordSecretRef": {"name": "given"}}}, [(Kind.SECRET, "given")]),
        (
            {"storefront": {"logo": {"configMapKeyRef": LOGO}}},
            [(Kind.SECRET, "northwind-admin"), (Kind.CONFIG_MAP, "brand")],
        ),
        (
            {"storefront": {"logo": {"secretKeyRef": LOGO}}},
            [(Kind.SECRET, "northwind-admin"), (Kind.SECRET, "brand")],
        ),
    ],
)
def test_what_a_manifest_names(spec: dict[str, Any], named: list[tuple[Kind, str]]) -> None:
    found = references("resellers", "northwind", spec)
    assert found == tuple(Reference(kind, "resellers", name) for kind, name in named)


def test_only_those_who_name_an_object_now_are_told() -> None:
    index = ReferenceIndex()
    brand = Reference(Kind.CONFIG_MAP, "resellers", "brand")
    own = Reference(Kind.SECRET, "resellers", "a-admin")
    index.put("a", (own, brand))
    index.put("b", (brand,))
    assert set(index.users(brand)) == {"a", "b"}
    assert index.users(brand._replace(kind=Kind.SECRET)) == ()
    assert index.users(brand._replace(namespace="others")) == ()
    index.put("a", (own,))
    assert index.users(brand) == ("b",)
    index.forget("b")
    assert index.users(brand) == ()
    assert index.users(own) == ("a",)
