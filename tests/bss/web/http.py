"""Plain HTTP to the BSS, byte for byte, as an attacker would look at it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.running_bss import RunningBss


@dataclass(frozen=True)
class Answered:
    """One answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float = field(compare=False)

    def header(self, name: str) -> str | None:
        """Value of a header; None where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Session:
    """A session as `common.db.login` gives it."""

    user_name: str
    user: int
    token: str

    @property
    def cookie(self) -> str:
        """What a browser sends back."""
        return f"tryton_session={self.user_name}:{self.user}:{self.token}"


class Http:
    """Calls of the BSS, each on a connection of its own."""

    def __init__(self, bss: RunningBss) -> None:
        parts = urlsplit(bss.url)
        assert parts.hostname is not None
        self._address = (parts.hostname, parts.port)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """One request. The date is left out of the answer: it is not the BSS's to choose."""
        connection = http.client.HTTPConnection(*self._address, timeout=120)
        started = time.monotonic()
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        shown = tuple((name, value) for name, value in response.getheaders() if name != "Date")
        return Answered(response.status, shown, content, time.monotonic() - started)

    def rpc(
        self, client_id: str, method: str, *parameters: object, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """A call of JSON-RPC; `common.db.login` and the methods of models alike."""
        return self._call(f"/{client_id}/rpc/", method, parameters, headers)

    def cookie_login(self, client_id: str, user_name: str, password: str) -> Answered:
        """A login as the web client does it."""
        return self._call(
            f"/{client_id}/session/login", "common.db.login", (user_name, {"password": password}, "en"), None
        )

    def login(self, client_id: str, user_name: str, password: str) -> Answered:
        """A login that answers with the session's token."""
        return self.rpc(client_id, "common.db.login", user_name, {"password": password}, "en")

    def session(self, client_id: str, user_name: str, password: str) -> Session:
        """A session of a login that must succeed."""
        answered = self.login(client_id, user_name, password)
        assert answered.status == 200, answered
        user, token, _ = answered.json["result"]
        return Session(user_name, user, token)

    def preferences(self, client_id: str, session: Session) -> Answered:
        """What the web client asks for first, with a session's cookie."""
        return self.rpc(client_id, "model.res.user.get_preferences", True, {}, headers={"Cookie": session.cookie})

    def _call(
        self, path: str, method: str, parameters: tuple[object, ...], headers: Mapping[str, str] | None
    ) -> Answered:
        body = json.dumps({"id": 0, "method": method, "params": parameters}).encode()
        return self.send("POST", path, body, {"Content-Type": "application/json", **(headers or {})})
