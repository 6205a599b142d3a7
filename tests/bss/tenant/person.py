"""A person at a tenant's BSS, over the protocol that Tryton's clients speak."""

from __future__ import annotations

import base64
from typing import Any, Self

import trytond.protocols.dispatcher  # noqa: F401 - its routes
from trytond.protocols.wrappers import Response
from trytond.wsgi import app
from werkzeug.test import Client

from bss.tenants.pools import held

PASSWORD = "Sail-boat 42 away"


class Refused(Exception):  # noqa: N818 - what happened
    """The server did not do it."""


class Person:
    """Somebody with a session. Calls go through Tryton's own dispatcher, with all of its access checks."""

    def __init__(self, client_id: str, session: str) -> None:
        self.client_id = client_id
        self.session = session
        self._client = Client(app, Response)

    @classmethod
    def log_in(cls, client_id: str, user_name: str, password: str = PASSWORD) -> Self:
        """Raises Refused."""
        with held(client_id):
            pass
        person = cls(client_id, "")
        user, token, _ = person._post("common.db.login", user_name, {"password": password}, "en")
        person.session = base64.b64encode(f"{user_name}:{user}:{token}".encode()).decode()
        return person

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of a model, such as `model.res.user.read`, with this person's preferences as context."""
        context = {} if method.endswith("get_preferences") else self.preferences()
        return self._post(method, *arguments, context)

    def preferences(self) -> dict[str, Any]:
        """What a client asks for first, and sends along with each call."""
        preferences: dict[str, Any] = self._post("model.res.user.get_preferences", True, {})
        return preferences

    def _post(self, method: str, *params: Any) -> Any:
        headers = {"Authorization": f"Session {self.session}"} if self.session else {}
        answer = self._client.post(
            f"/{self.client_id}/rpc/", json={"id": 1, "method": method, "params": list(params)}, headers=headers
        )
        if answer.status_code != 200:
            raise Refused(answer.status)
        body = answer.json
        if "error" in body:
            raise Refused(str(body["error"]))
        return body["result"]
