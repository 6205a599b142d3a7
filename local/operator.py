"""The operator as a process, with the rights of its own ServiceAccount and no others."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Mapping
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

_PORT = 18180
_START_SECONDS = 60.0


class Operator:
    """The operator on a control plane, for the BSS at `bss_url`.

    `settings` are environment variables of the operator, beside those that it needs to run here.
    """

    def __init__(
        self,
        directory: Path,
        control_plane: ControlPlane,
        bss_url: str,
        api_key: Path,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._control_plane = control_plane
        self.kubeconfig = directory.absolute() / "operator.kubeconfig"
        self.daemon = Daemon("operator", directory.absolute(), Command(()))
        port_file = directory.absolute() / "ports.json"
        self._health_port = ports.remembered(port_file, {"health": _PORT}, in_use=self.daemon.running)["health"]
        self.address = f"http://127.0.0.1:{self._health_port}"
        """Where its probes and metrics are."""
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
                "TENANT_RESELLER_HEALTH_PORT": str(self._health_port),
                # There is no second one here, and one that was killed shall go on at once.
                "TENANT_RESELLER_LEADER_ELECTION": "false",
                **(settings or {}),
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
        """Start it unless it runs, and wait until it is ready. Answers whether it was started now."""
        started = self.daemon.start()
        self.daemon.wait_until(self.ready, seconds=_START_SECONDS, what="/readyz")
        return started

    def stop(self) -> None:
        """Stop it: it finishes what it is doing, and leaves the rest to its next start."""
        self.daemon.stop()

    def ready(self) -> bool:
        """Whether it says that it can do its part."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            # Not listening yet, or 503: starting.
            return False


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
