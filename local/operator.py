"""The operator as a process, with the rights of its own ServiceAccount and no others."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from local import ports
from local.control_plane import ControlPlane
from local.database import URL_VARIABLE
from local.kubectl import Kubectl
from local.processes import Command, Daemon
from local.sources import REPOSITORY, fingerprint

NAMESPACE = "tenant-reseller-system"
SERVICE_ACCOUNT = "tenant-reseller-operator"

_TOKEN_SECONDS = 30 * 24 * 3600
"""Renewed by each `up`; no stack stays up that long without one."""

_PORTS = {"health": 18180}


class Operator:
    """The operator on a control plane, for the BSS at `bss_url`. `environment` adds settings or replaces them."""

    def __init__(
        self,
        directory: Path,
        control_plane: ControlPlane,
        bss_url: str,
        api_key: Path,
        environment: dict[str, str] | None = None,
    ) -> None:
        self._control_plane = control_plane
        self.kubeconfig = directory.absolute() / "operator.kubeconfig"
        self.daemon = Daemon("operator", directory.absolute(), Command(()))
        self.ports = ports.remembered(directory.absolute() / "operator-ports.json", _PORTS, in_use=self.daemon.running)
        chosen = {
            name: value
            for name, value in os.environ.items()
            # The operator has no business with the BSS's database.
            if name.startswith("TENANT_RESELLER_") and name != URL_VARIABLE
        }
        self.daemon.command = Command(
            (sys.executable, "-m", "tenant_reseller", "run"),
            {
                **chosen,
                "KUBECONFIG": str(self.kubeconfig),
                "TENANT_RESELLER_BSS_URL": bss_url,
                "TENANT_RESELLER_BSS_API_KEY_FILE": str(api_key),
                **(environment or {}),
            },
            REPOSITORY,
            version=fingerprint("operator", "contract", "uv.lock"),
        )

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.daemon.running

    def install(self) -> None:
        """Put the resource's definition and the operator's account with its rights into the control plane."""
        kubectl = Kubectl(self._control_plane.kubeconfig)
        kubectl("apply", "--server-side", "--force-conflicts", "-f", str(REPOSITORY / "crds"))
        kubectl("apply", "--server-side", "--force-conflicts", "-k", str(REPOSITORY / "manifests" / "operator"))
        kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", str(REPOSITORY / "crds"))
        self._control_plane.user_kubeconfig(self.kubeconfig, SERVICE_ACCOUNT, _token(kubectl))

    def start(self) -> bool:
        """Start it unless it runs. Answers whether it was started now."""
        return self.daemon.start()

    def stop(self) -> None:
        """Stop it: it finishes what it is doing, and leaves the rest to its next start."""
        self.daemon.stop()


def _token(kubectl: Kubectl) -> str:
    """A token of the ServiceAccount. By the plain API: older versions of kubectl have no `create token`."""
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": _TOKEN_SECONDS},
    }
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{SERVICE_ACCOUNT}/token"
    answer = json.loads(kubectl("create", "--raw", path, "-f", "-", document=json.dumps(request)))
    return str(answer["status"]["token"])
