"""What changes when people reach the BSS by https."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from bss.web import headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def _application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    response = Response("hello")
    response.set_cookie(
        "tryton_session", "maria:2:abc", path="/t7k2m9qd", httponly=True, secure=True, samesite="Strict"
    )
    response.set_cookie("other", "1")
    return response(environ, start_response)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cookies_and_transport(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "settings", lambda: SimpleNamespace(public_url=f"{scheme}://bss.example"))
    answered = Client(headers.StrictHeaders(_application)).get("/")
    secure = scheme == "https"
    assert [cookie.endswith("; Secure") for cookie in answered.headers.getlist("Set-Cookie")] == [secure, secure]
    assert all("HttpOnly" in cookie for cookie in answered.headers.getlist("Set-Cookie")[:1])
    assert ("Strict-Transport-Security" in answered.headers) is secure


def test_an_application_keeps_its_own_content_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "settings", lambda: SimpleNamespace(public_url="http://bss.example"))

    def page(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return Response("", headers={"Content-Security-Policy": "default-src 'self'"})(environ, start_response)

    assert Client(headers.StrictHeaders(page)).get("/").headers["Content-Security-Policy"] == "default-src 'self'"


def test_faults_tell_nothing() -> None:
    def fault(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = Response("connection to server at 10.0.0.7 failed", 503, headers={"Retry-After": "7"})
        return response(environ, start_response)

    answered = Client(headers.QuietFaults(fault)).get("/")
    assert answered.status_code == 503
    assert answered.headers["Retry-After"] == "7"
    assert "10.0.0.7" not in answered.get_data(as_text=True)
