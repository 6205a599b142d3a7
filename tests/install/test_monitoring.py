"""The component for monitoring: it asks the right port, and all metrics and labels that it names exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tenant_reseller.signals.metrics import Metrics

from local.kubectl import Kubectl

Json = dict[str, Any]

REPOSITORY = Path(__file__).parents[2]
COMPONENT = REPOSITORY / "manifests" / "components" / "monitoring"
_NAME = re.compile(r"\b(?:controller_runtime|workqueue|tenant_reseller|process)_\w+")
_LABELS = re.compile(r"(?:\{([^}]*)\}|\bby \(([^)]*)\))")


def queries() -> Iterator[tuple[str, str]]:
    """All PromQL of the component, and that of the documentation."""
    for group in yaml.safe_load((COMPONENT / "prometheus-rule.yaml").read_text())["spec"]["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads((COMPONENT / "dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    text = (REPOSITORY / "docs" / "observability.md").read_text()
    for number, block in enumerate(re.findall(r"```promql\n(.*?)```", text, flags=re.DOTALL)):
        yield f"observability.md {number}", block


def known() -> dict[str, set[str]]:
    """Names of all samples, with their labels."""
    metrics = Metrics()
    names: dict[str, set[str]] = {"process_resident_memory_bytes": set()}
    for one in metrics.declared:
        endings = ("_bucket", "_sum", "_count") if one.kind == "histogram" else ("",)
        for ending in endings:
            names[one.name + ending] = {*one.labels, *(("le",) if ending == "_bucket" else ())}
    return names


@pytest.mark.parametrize(("title", "query"), list(queries()), ids=str)
def test_a_query_names_what_exists(title: str, query: str) -> None:
    names = known()
    used = _NAME.findall(query)
    assert used, f"{title} asks for nothing"
    labels = {"namespace", "job", "pod"}  # the Prometheus operator puts them on every series
    for name in used:
        assert name in names, f"{title}: {name} is no metric"
        labels |= names[name]
    for selector, grouping in _LABELS.findall(query):
        wanted = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector) + re.findall(r"\w+", grouping)
        assert set(wanted) <= labels, f"{title}: {set(wanted) - labels} are no labels"
    assert query.count("(") == query.count(")")


def test_it_asks_the_port_of_the_operators_pods() -> None:
    spec = yaml.safe_load((COMPONENT / "pod-monitor.yaml").read_text())["spec"]
    workload = yaml.safe_load((REPOSITORY / "manifests/operator/workload/deployment.yaml").read_text())
    pod = workload["spec"]["template"]
    assert spec["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    ports = {port["name"] for container in pod["spec"]["containers"] for port in container["ports"]}
    assert {endpoint["port"] for endpoint in spec["podMetricsEndpoints"]} <= ports


def test_only_the_namespace_of_a_collector_may_ask_the_port() -> None:
    policy = yaml.safe_load((REPOSITORY / "manifests/operator/workload/network-policy.yaml").read_text())
    (rule,) = policy["spec"]["ingress"]
    (source,) = rule["from"]
    ((label, value),) = source["namespaceSelector"]["matchLabels"].items()
    assert f"kubectl label namespace monitoring {label}={value}" in (REPOSITORY / "docs/observability.md").read_text()


def test_it_can_be_added_to_an_overlay(tmp_path: Path) -> None:
    overlay = tmp_path / "kustomization.yaml"
    relative = Path(*[".."] * (len(tmp_path.parts) - 1)) / COMPONENT.relative_to("/")
    overlay.write_text(
        yaml.safe_dump(
            {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "components": [str(relative)]}
        )
    )
    built = list(yaml.safe_load_all(Kubectl(tmp_path / "none")("kustomize", str(tmp_path))))
    assert {item["kind"] for item in built} == {"ConfigMap", "PodMonitor", "PrometheusRule"}
    assert {item["metadata"]["namespace"] for item in built} == {"tenant-reseller-system"}
