"""kubectl on the local control plane: what a person would type, from here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from local.errors import LocalError, MissingPrerequisiteError


class Kubectl:
    """kubectl with one kubeconfig, whatever the environment of the caller says."""

    def __init__(self, kubeconfig: Path) -> None:
        program = shutil.which("kubectl")
        if program is None:
            raise MissingPrerequisiteError(
                "kubectl is missing.",
                "Install it: https://kubernetes.io/docs/tasks/tools/, or Debian's kubernetes-client.",
            )
        self._program = program
        self.kubeconfig = kubeconfig

    def run(self, *arguments: str, document: str = "") -> subprocess.CompletedProcess[str]:
        """Run it and return what happened, success or not. `document` goes to its standard input."""
        return subprocess.run(  # noqa: S603
            [self._program, *arguments],
            env={**os.environ, "KUBECONFIG": str(self.kubeconfig)},
            input=document,
            capture_output=True,
            text=True,
            check=False,
        )

    def __call__(self, *arguments: str, document: str = "") -> str:
        """Run it and return its output.

        Raises LocalError with its own message when it fails.
        """
        result = self.run(*arguments, document=document)
        if result.returncode != 0:
            raise LocalError(f"kubectl {' '.join(arguments[:3])} failed.", result.stderr.strip()[-2000:])
        return result.stdout

    def get(self, *arguments: str) -> Any:
        """The answer of `kubectl get ... -o json`."""
        return json.loads(self("get", *arguments, "-o", "json"))
