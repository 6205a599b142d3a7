"""The doors of the contract's fake BSS through which tests look into it and make trouble."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from typing import Any

from local.fake_bss import FakeBss


class WatchedFake(FakeBss):
    """A fake BSS with which tests do what people do in a real one."""

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

    def remove_organization(self, key: str) -> None:
        """Purge a tenant as a person would, behind the operator's back."""
        self._call("DELETE", f"/_world/organizations/{key}")

    def logs_in(self, client_id: str | None, user_name: str, password: str) -> bool:
        """Whether a person can log in so."""
        who = {"clientId": client_id, "userName": user_name, "password": password}
        try:
            self._call("POST", "/provisioning/v1/sessions", who)
        except urllib.error.HTTPError as error:
            if error.code == 401:
                return False
            raise
        return True

    def calls(self) -> Counter[str]:
        """Calls by route since the last `forget_calls`; none is zero."""
        return Counter(self._call("GET", "/_world/calls")["calls"])

    def forget_calls(self) -> None:
        """Count calls anew."""
        self._call("DELETE", "/_world/calls")

    def trouble(self, *faults: dict[str, object], seed: int = 1) -> None:
        """Put faults in force."""
        self._call("PUT", "/_faults", {"faults": list(faults), "seed": seed})

    def struck(self) -> int:
        """How often a fault has struck since the last `trouble`."""
        return sum(item["fired"] for item in self._call("GET", "/_faults")["items"])

    def calm(self) -> None:
        """Switch all faults off."""
        self._call("DELETE", "/_faults")

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method)
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self.api_key.read_text().strip()}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None
