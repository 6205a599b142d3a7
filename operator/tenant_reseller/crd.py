"""Writes the CustomResourceDefinition from the models of `resource.py`: `python -m tenant_reseller.crd [--check]`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml

from .resource import GROUP, KIND, PLURAL, VERSION, TenantReseller

PATH = Path(__file__).parents[2] / "crds" / f"{PLURAL}.{GROUP}.yaml"

_DROPPED = ("title", "$defs", "const")


def structural(schema: Mapping[str, object], definitions: Mapping[str, object]) -> dict[str, object]:
    """A Pydantic JSON schema as Kubernetes takes it: no `$ref`, no `anyOf` with null, no defaults but status's own."""
    node = dict(schema)
    default = node.pop("default", None)
    if isinstance(default, dict):
        # The only default: kstatus must not take an object for current that no operator has seen.
        node["default"] = default
    if isinstance(options := node.pop("anyOf", None), list):
        (one,) = (option for option in options if option != {"type": "null"})
        node = {**one, **node}
    if isinstance(reference := node.pop("$ref", None), str):
        target = cast(Mapping[str, object], definitions[reference.rsplit("/", 1)[1]])
        return structural({**target, **node}, definitions)
    if isinstance(properties := node.get("properties"), dict):
        node["properties"] = {name: structural(value, definitions) for name, value in properties.items()}
    if isinstance(items := node.get("items"), dict):
        node["items"] = structural(items, definitions)
    if isinstance(description := node.get("description"), str):
        node["description"] = " ".join(description.split())
    for name in _DROPPED:
        node.pop(name, None)
    return node


def _column(name: str, path: str, description: str, *, kind: str = "string", wide: bool = False) -> dict[str, object]:
    column: dict[str, object] = {"name": name, "type": kind, "jsonPath": path, "description": description}
    return {**column, "priority": 1} if wide else column


def _condition(name: str, field: str) -> str:
    return f'.status.conditions[?(@.type=="{name}")].{field}'


COLUMNS = [
    _column("Ready", _condition("Ready", "status"), "Whether the tenant is provisioned as declared."),
    _column("Status", _condition("Ready", "message"), "What the tenant is waiting for, or what is wrong."),
    _column("Progress", ".status.process.progress", "Tasks done and in all, of the current process or the last one."),
    _column("Client ID", ".status.clientID", "Third part of the login."),
    _column("Edition", ".spec.edition", "Edition declared."),
    _column("Price List", ".spec.priceList", "Price list declared."),
    _column("Age", ".metadata.creationTimestamp", "Time since the object was created.", kind="date"),
    _column("Account", ".spec.account", "Account of the reseller.", wide=True),
    _column("Operational", _condition("Operational", "status"), "Whether the tenant can do business.", wide=True),
    _column("Process", ".status.process.type", "Type of the current process or the last one.", wide=True),
    _column("Process State", ".status.process.state", "State of that process.", wide=True),
    _column("Products", ".status.products.inherited", "Products inherited.", kind="integer", wide=True),
    _column("Paused", ".spec.paused", "Whether the operator leaves the object alone.", kind="boolean", wide=True),
    _column("Login", ".status.loginURL", "Address of the BSS.", wide=True),
    _column("Storefront", ".status.storefrontURL", "Address of the Storefront.", wide=True),
]


def definition() -> dict[str, object]:
    """The whole CustomResourceDefinition."""
    schema = TenantReseller.model_json_schema(by_alias=True, mode="validation")
    root = structural(schema, cast(Mapping[str, object], schema["$defs"]))
    root["properties"] = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        **cast(dict[str, object], root["properties"]),
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": KIND,
                "listKind": f"{KIND}List",
                "plural": PLURAL,
                "singular": KIND.lower(),
                "shortNames": ["tr"],
                "categories": ["bss"],
            },
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": COLUMNS,
                    "schema": {"openAPIV3Schema": root},
                }
            ],
        },
    }


class _Plain(yaml.SafeDumper):
    """Writes equal parts out instead of `&id001` and `*id001`, which people read badly."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def render() -> str:
    """The CustomResourceDefinition as YAML."""
    header = "# Made by `python -m tenant_reseller.crd` from operator/tenant_reseller/resource.py. Do not edit.\n"
    return header + yaml.dump(definition(), Dumper=_Plain, sort_keys=False, width=120, allow_unicode=True)


def main() -> int:
    """Write the file, or with --check tell whether it is current."""
    text = render()
    if "--check" in sys.argv[1:]:
        if not PATH.exists() or PATH.read_text() != text:
            print(f"{PATH.name} is out of date: run python -m tenant_reseller.crd", file=sys.stderr)
            return 1
        return 0
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
