"""What the project cannot bring along, looked for before any work starts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from local import binaries, web_client
from local.errors import MissingPrerequisiteError
from local.sources import REPOSITORY

_GO = (1, 26)
_NODE = (20, 0)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def browser() -> str | None:
    """Program of the Chromium that tests use: the variable CHROMIUM, else what is on PATH; None: there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)


def check(*, tests: bool = False) -> None:
    """Make sure that everything a start needs is on this machine, or everything that the tests need.

    Raises MissingPrerequisiteError that names all that is missing, each with its remedy: nobody wants to hear of the
    second one after minutes of building.
    """
    missing = []
    if shutil.which("kubectl") is None:
        missing.append("kubectl: https://kubernetes.io/docs/tasks/tools, or Debian's package kubernetes-client.")
    if not web_client.installed() and (shutil.which("npm") is None or _version("node", "--version") < _NODE):
        missing.append("Node.js 20 or newer with npm: https://nodejs.org, or Debian's packages nodejs and npm.")
    # In the module's folder: there a newer Go fetches the toolchain that the module asks for, where it is allowed to.
    builds = binaries.find() is None
    if (builds or tests) and _version("go", "version", folder=REPOSITORY / "local" / "controlplane") < _GO:
        use = (
            "it builds the Kubernetes API server, and the library by which other tools judge objects)."
            if tests
            else "it builds the Kubernetes API server); or a folder with kube-apiserver, kube-controller-manager and "
            "etcd in the variable KUBEBUILDER_ASSETS."
        )
        missing.append(f"Go 1.26 or newer: https://go.dev/dl ({use}")
    if tests and browser() is None:
        missing.append("Chromium, for the tests in a browser: Debian's package chromium, or its program in CHROMIUM.")
    if missing:
        raise MissingPrerequisiteError("Missing on this machine:", "\n".join(f"  - {line}" for line in missing))


def _version(program: str, question: str, *, folder: Path | None = None) -> tuple[int, int]:
    """Major and minor version that the program tells; (0, 0) where there is none, or it refuses to tell."""
    if shutil.which(program) is None:
        return 0, 0
    told = subprocess.run(  # noqa: S603 - the programs are named above
        [program, question], cwd=folder, capture_output=True, text=True
    )
    found = re.search(r"(\d+)\.(\d+)", told.stdout)
    return (0, 0) if told.returncode or found is None else (int(found[1]), int(found[2]))
