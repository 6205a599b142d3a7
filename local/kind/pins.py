"""The versions this package works with: read from the Go modules' files, where alone they stand."""

import json
import re
from functools import cache
from pathlib import Path

from local.errors import LocalError
from local.kind.command import run
from local.kind.places import SOURCE

NODE_MODULE = SOURCE / "node"
TOOLS_MODULE = SOURCE / "tools"

DEBIAN_SUITE = "bookworm"
"""Of the node's root file system and of the stand-in for the official base image: Python 3.11, containerd 1.6."""


def _required(module: Path, path: str) -> str:
    found = re.search(rf"^\s*(?:require )?{re.escape(path)} (v\S+)", (module / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise LocalError(f"{module / 'go.mod'} does not require {path}")
    return found[1]


def kubernetes_version() -> str:
    """Of a node image that is built here, as `v1.2.3`."""
    return _required(NODE_MODULE, "k8s.io/kubernetes")


def kind_version() -> str:
    """Of the program `kind`, as `v1.2.3`."""
    return _required(TOOLS_MODULE, "sigs.k8s.io/kind")


@cache
def kind_source() -> Path:
    """The folder with kind's own source in Go's module cache; kind's node files are taken from there."""
    answer = json.loads(run("go", "mod", "download", "-json", "sigs.k8s.io/kind", cwd=TOOLS_MODULE))
    return Path(answer["Dir"])


def official_node_image() -> str:
    """The node image that this version of kind was released with, by digest."""
    source = (kind_source() / "pkg/apis/config/defaults/image.go").read_text()
    found = re.search(r'"(kindest/node:v[^"]+@sha256:[0-9a-f]{64})"', source)
    if found is None:
        raise LocalError(f"kind {kind_version()} no longer names its node image where it used to")
    return found[1]
