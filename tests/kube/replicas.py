"""Two replicas of the operator, and who of them wrote what and when."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.control_plane import ControlPlane
from local.kubectl import Kubectl
from local.operator import NAMESPACE, Operator
from tests.eventually import eventually
from tests.kube.fake import WatchedFake
from tests.kube.tcp_relay import TcpRelay

Json = dict[str, Any]

LEASE = "tenant-reseller-operator"
_CREDENTIAL = "authentication.kubernetes.io/credential-id"


@dataclass(frozen=True)
class Write:
    """A request that changed something, as the API server recorded it when it began."""

    at: datetime
    what: str


class Replica:
    """One replica: with a token of its own, and relays of its own to the API server and to the BSS."""

    def __init__(
        self, directory: Path, control_plane: ControlPlane, fake: WatchedFake, settings: Mapping[str, str]
    ) -> None:
        self._control_plane = control_plane
        self.to_api_server = TcpRelay(_port(control_plane.url))
        self.to_bss = TcpRelay(_port(fake.url))
        self.operator = Operator(
            directory,
            control_plane,
            f"http://127.0.0.1:{self.to_bss.port}",
            fake.api_key,
            {**settings, "TENANT_RESELLER_LEADER_ELECTION": "true"},
        )
        self.operator.install()
        file = self.operator.kubeconfig
        kubeconfig = json.loads(file.read_text())
        kubeconfig["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{self.to_api_server.port}"
        file.write_text(json.dumps(kubeconfig))
        self._credential = f"JTI={_token_id(kubeconfig['users'][0]['user']['token'])}"

    @property
    def identity(self) -> str:
        """What it writes into the Lease."""
        found: list[str] = re.findall(r'Standing by as ([^\s"]+)', self.operator.daemon.log.read_text())
        return found[-1] if found else "not started"

    def writes(self) -> list[Write]:
        """What it has changed in the cluster, in order; not the Lease."""
        entries = [json.loads(line) for line in self._control_plane.audit_log.read_text().splitlines()]
        return [
            Write(datetime.fromisoformat(entry["requestReceivedTimestamp"]), f"{entry['verb']} {entry['requestURI']}")
            for entry in entries
            if self._credential in entry["user"].get("extra", {}).get(_CREDENTIAL, ())
            and entry["objectRef"]["resource"] != "leases"
            and entry["verb"] in {"create", "update", "patch", "delete"}
        ]


class Replicas:
    """Both of them."""

    def __init__(self, first: Replica, second: Replica, kubeconfig: Path) -> None:
        self.both = (first, second)
        self._kubectl = Kubectl(kubeconfig)

    def lease(self) -> Json:
        """The Lease as it is."""
        found = self._kubectl.run("get", "lease", LEASE, "--namespace", NAMESPACE, "-o", "json")
        return dict(json.loads(found.stdout)) if found.returncode == 0 else {}

    def leader(self, *, other_than: Replica | None = None, seconds: float = 60.0) -> Replica:
        """The one that holds the Lease, as soon as one does."""

        def look() -> Replica | None:
            holder = self.lease().get("spec", {}).get("holderIdentity")
            return next((one for one in self.both if one is not other_than and one.identity == holder), None)

        found = eventually(look, seconds=seconds, every=0.05)
        assert found is not None
        return found

    def other(self, one: Replica) -> Replica:
        """The other one."""
        return self.both[1] if one is self.both[0] else self.both[0]


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def _token_id(token: str) -> str:
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["jti"])
