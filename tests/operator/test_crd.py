"""The CustomResourceDefinition as Kubernetes wants it; the refusals themselves are tested on a real API server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tenant_reseller import crd


def schemas(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, node
    for name, child in node.get("properties", {}).items():
        yield from schemas(child, f"{path}.{name}")
    if "items" in node:
        yield from schemas(node["items"], f"{path}[]")


VERSION: dict[str, Any] = crd.definition()["spec"]["versions"][0]  # type: ignore[index]
ROOT = VERSION["schema"]["openAPIV3Schema"]


def test_the_file_is_current() -> None:
    assert crd.PATH.read_text() == crd.render()


def test_the_schema_is_structural() -> None:
    for path, node in schemas(ROOT):
        assert isinstance(node.get("type"), str), path
        assert not node.keys() & {"$ref", "anyOf", "allOf", "oneOf", "$defs", "title"}, path


def test_no_field_of_the_spec_has_a_default() -> None:
    defaults = [path for path, node in schemas(ROOT) if "default" in node]
    assert defaults == [".status"]
    assert ROOT["properties"]["status"]["default"] == {"observedGeneration": -1}


def test_every_field_of_the_spec_is_described_and_bounded() -> None:
    for path, node in schemas(ROOT["properties"]["spec"], "spec"):
        assert node.get("description"), path
        if node["type"] == "string":
            assert "enum" in node or "maxLength" in node or "{" in node.get("pattern", ""), path


def test_every_rule_names_its_field_and_the_remedy() -> None:
    rules = [rule for _, node in schemas(ROOT) for rule in node.get("x-kubernetes-validations", ())]
    assert len(rules) >= 9
    for rule in rules:
        assert rule["message"].startswith(("spec.", "metadata.")), rule
        assert ":" in rule["message"], rule


def test_names_that_users_type() -> None:
    properties = ROOT["properties"]
    assert {"clientID", "loginURL", "storefrontURL"} <= properties["status"]["properties"].keys()
    assert list(properties["spec"]["properties"]["adopt"]["properties"]) == ["clientID"]
    columns = [column["name"] for column in VERSION["additionalPrinterColumns"] if not column.get("priority")]
    assert columns == ["Ready", "Status", "Progress", "Client ID", "Edition", "Price List", "Age"]
