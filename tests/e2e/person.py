"""A person at the BSS, by the protocol of its web client, over the network."""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass
class Refusal(Exception):  # noqa: N818 - what happened
    """The BSS did not let the person in, or did not do what was asked."""

    status: int
    body: str


class Person:
    """Somebody who has logged in with Client ID, user name and password. Raises `Refusal` when that is refused."""

    def __init__(self, bss_url: str, client_id: str, user_name: str, password: str) -> None:
        self._url = bss_url
        self.client_id = client_id
        parameters = [user_name, {"password": password}, "en"]
        user, token, _ = _post(f"{bss_url}/{client_id}/rpc/", "common.db.login", parameters)
        self.session = base64.b64encode(f"{user_name}:{user}:{token}".encode()).decode()
        self.preferences: dict[str, Any] = self._call("model.res.user.get_preferences", True, {})

    def search(self, model: str, domain: list[Any], *names: str) -> list[dict[str, Any]]:
        """Records that match, with these fields."""
        return list(self.call(f"model.{model}.search_read", domain, 0, None, None, list(names)))

    def create(self, model: str, *records: dict[str, Any]) -> list[int]:
        """Make records; answers their ids."""
        return list(self.call(f"model.{model}.create", list(records)))

    def write(self, model: str, ids: list[int], **values: object) -> None:
        """Change records."""
        self.call(f"model.{model}.write", ids, values)

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method with the person's own preferences as context."""
        return self._call(method, *arguments, self.preferences)

    def at(self, client_id: str) -> Any:
        """Use this session at another tenant: what that tenant's users are, if it lets us."""
        parameters = [[], 0, None, None, ["login"], {}]
        return _post(f"{self._url}/{client_id}/rpc/", "model.res.user.search_read", parameters, self.session)

    def _call(self, method: str, *arguments: Any) -> Any:
        return _post(f"{self._url}/{self.client_id}/rpc/", method, list(arguments), self.session)


def names_in_storefront(url: str) -> list[str]:
    """Names of the products on a Storefront's page."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        page = answer.read().decode()
    return [html.unescape(name) for name in re.findall(r'<span class="name">([^<]*)</span>', page)]


def _post(url: str, method: str, parameters: list[Any], session: str | None = None) -> Any:
    body = json.dumps({"id": 1, "method": method, "params": parameters}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    if session is not None:
        request.add_header("Authorization", f"Session {session}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answered = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise Refusal(error.code, error.read().decode()) from None
    if "error" in answered:
        raise Refusal(200, json.dumps(answered["error"]))
    return answered["result"]
