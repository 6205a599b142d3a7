"""What the project cannot bring along, looked for before any work starts."""

from __future__ import annotations

import os
import shutil

from local import binaries, web_client
from local.errors import MissingPrerequisiteError

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
    if not web_client.installed() and shutil.which("npm") is None:
        missing.append("Node.js 20 or newer with npm: https://nodejs.org, or Debian's packages nodejs and npm.")
    if binaries.find() is None and shutil.which("go") is None:
        missing.append(
            "Go 1.26 or newer: https://go.dev/dl (it builds the Kubernetes API server); or a folder with "
            "kube-apiserver, kube-controller-manager and etcd in the variable KUBEBUILDER_ASSETS."
        )
    if tests and browser() is None:
        missing.append("Chromium, for the tests in a browser: Debian's package chromium, or its program in CHROMIUM.")
    if missing:
        raise MissingPrerequisiteError("Missing on this machine:", "\n".join(f"  - {line}" for line in missing))
