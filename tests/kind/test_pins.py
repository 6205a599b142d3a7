"""Versions: written once, and the same where two builds share their work."""

from __future__ import annotations

import re
from pathlib import Path

from local import binaries
from local.kind.pins import NODE_MODULE, kind_version, kubernetes_version


def required(module: Path) -> dict[str, str]:
    """Versions of the modules that a Go module requires, by path."""
    return dict(re.findall(r"^\s*(?:require )?(\S+\.\S+/\S+) (v\S+)", (module / "go.mod").read_text(), re.MULTILINE))


def test_versions_come_from_the_go_modules() -> None:
    assert kind_version().startswith("v0.")
    assert kubernetes_version().startswith("v1.")


def test_control_plane_and_node_are_built_from_the_same_modules() -> None:
    # Go then compiles Kubernetes once for both: with one version apart, nearly all of it is compiled a second time.
    plane, node = required(binaries.SOURCES), required(NODE_MODULE)
    shared = plane.keys() & node.keys()

    assert len(shared) > 100
    assert {path: plane[path] for path in shared} == {path: node[path] for path in shared}
    assert kubernetes_version() == binaries.KUBERNETES_VERSION
