"""The Tenant Provisioning API in this process, spoken to over its WSGI application."""

from __future__ import annotations

from typing import Any

from tenant_provisioning.models import PREFIX
from werkzeug.test import Client, TestResponse


class ApiClient:
    """Calls with the key of one API client."""

    def __init__(self, name: str) -> None:
        # Here and not above: what they import reads the database's address, which tests/bss/conftest.py settles.
        from bss.provisioning.api_clients import renew_key
        from bss.provisioning.app import app

        self.name = name
        self.key = renew_key(name)
        self._client = Client(app)

    def call(
        self, method: str, path: str, body: object = None, process: str | None = None, request: str | None = None
    ) -> TestResponse:
        """One call; the path is the part below the prefix."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if process is not None:
            headers["Process-Id"] = process
        if request is not None:
            headers["Request-Id"] = request
        return self._client.open(PREFIX + path, method=method, json=body, headers=headers)

    def get(self, path: str) -> TestResponse:
        """GET."""
        return self.call("GET", path)

    def put(self, path: str, body: object, process: str | None = None) -> TestResponse:
        """PUT."""
        return self.call("PUT", path, body, process)

    def delete(self, path: str, process: str | None = None) -> TestResponse:
        """DELETE."""
        return self.call("DELETE", path, process=process)

    def create(self, key: str, account: str, name: str = "Northwind Cloud", process: str | None = None) -> TestResponse:
        """PUT of an organization."""
        return self.put(f"/organizations/{key}", {"account": account, "name": name, "edition": "Premium"}, process)

    def organization(self, key: str) -> Any:
        """The organization under a key, as JSON; it must be there."""
        response = self.get(f"/organizations/{key}")
        assert response.status_code == 200, response.text
        return response.json
