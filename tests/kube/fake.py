"""The contract's fake BSS as a process, and the doors through which tests look into it and make trouble."""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

from local import ports, secrets
from local.processes import Command, Daemon
from local.sources import REPOSITORY

_PORT = 18480


class FakeBss:
    """A distributor's BSS in memory, in a process of its own: it forgets everything when it ends."""

    def __init__(self, directory: Path, *, copy_seconds: float = 0.0) -> None:
        self.api_key = directory / "api-key"
        secrets.ensure(self.api_key)
        port = ports.choose({"fake": _PORT})["fake"]
        self.url = f"http://127.0.0.1:{port}"
        arguments = (
            *(sys.executable, "-m", "tenant_provisioning.fake", "--port", str(port), "--load-accounts"),
            *("--copy-seconds", str(copy_seconds), "--api-key-file", f"operator={self.api_key}"),
        )
        self.daemon = Daemon("fake-bss", directory, Command(arguments, directory=REPOSITORY))

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.daemon.start()
        self.daemon.wait_until(self._answers, seconds=60, what="answering")

    def organizations(self) -> list[dict[str, Any]]:
        """All organizations of the operator's, oldest first."""
        found = self._call("GET", "/_world/organizations")["items"]
        return [item["organization"] for item in found if item["owner"] == "operator"]

    def organization(self, client_id: str | None) -> dict[str, Any]:
        """The organization with this Client ID."""
        (found,) = (item for item in self.organizations() if item["clientId"] == client_id)
        return found

    def account(self, code: str, **change: object) -> str:
        """Make or change an account; answers its code."""
        self._call("PUT", f"/_world/accounts/{code}", change)
        return code

    def price_list(self, code: str, **change: object) -> str:
        """Make or change a price list; answers its code."""
        self._call("PUT", f"/_world/price-lists/{code}", change)
        return code

    def change_organization(self, key: str, **change: object) -> None:
        """Change a tenant as a person would, behind the operator's back."""
        self._call("PATCH", f"/_world/organizations/{key}", change)

    def calls(self) -> dict[str, int]:
        """Calls by route since the last `forget_calls`."""
        return dict(self._call("GET", "/_world/calls")["calls"])

    def forget_calls(self) -> None:
        """Count calls anew."""
        self._call("DELETE", "/_world/calls")

    def trouble(self, *faults: dict[str, object], seed: int = 1) -> None:
        """Put faults in force."""
        self._call("PUT", "/_faults", {"faults": list(faults), "seed": seed})

    def calm(self) -> None:
        """Switch all faults off."""
        self._call("DELETE", "/_faults")

    def _answers(self) -> bool:
        try:
            self.calls()
        except OSError:
            return False
        return True

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None
