"""Headers, limits and entrances of the one address."""

from __future__ import annotations

import json

import pytest

from tests.bss.web.http import Http
from tests.running_bss import RunningBss, Tenant

_PAGES = (
    "/",
    "/custom.js",
    "/dist/tryton-sao.js",
    "/node_modules/jquery/dist/jquery.js",
    "/healthz",
    "/rpc/",
    "/nothing",
)


@pytest.mark.parametrize("path", [*_PAGES, "/provisioning/v1/", "/s/zq7k2m9d/"])
def test_every_answer_has_strict_headers(path: str, http: Http) -> None:
    answered = http.send("GET", path)
    assert answered.header("X-Content-Type-Options") == "nosniff"
    assert answered.header("X-Frame-Options") == "DENY"
    assert answered.header("Referrer-Policy") == "same-origin"
    policy = answered.header("Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    # Nobody learns what runs here in which version.
    assert answered.header("Server") == "bss"
    # Only for an address with https.
    assert answered.header("Strict-Transport-Security") is None


def test_the_web_client_runs_its_own_scripts_only(http: Http) -> None:
    policy = http.send("GET", "/").header("Content-Security-Policy")
    assert policy is not None
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'self'" in scripts
    # The one script in the page itself, by its hash.
    assert scripts.count("'sha256-") == 1
    assert "unsafe-inline" not in scripts


def test_the_web_client_is_tryton_s_and_names_the_distributor(http: Http) -> None:
    assert b"dist/tryton-sao.js" in http.send("GET", "/").body
    script = http.send("GET", "/custom.js")
    first, _, _ = script.body.partition(b"\n")
    assert json.loads(first.removeprefix(b"const BSS = ").removesuffix(b";")) == {"name": "Aegean Cloud Distribution"}
    assert http.send("GET", "/custom.js", headers={"If-None-Match": str(script.header("ETag"))}).status == 304


@pytest.mark.parametrize(
    "path",
    ["/package.json", "/src/sao.js", "/Gruntfile.js", "/node_modules/grunt/package.json", "/dist/../package.json"],
)
def test_nothing_but_the_web_client_is_served(path: str, http: Http) -> None:
    assert http.send("GET", path).status == 404


def test_answers_with_data_are_not_kept(http: Http, tenant_a: Tenant) -> None:
    session = http.session(tenant_a.client_id, tenant_a.user_name, tenant_a.password)
    assert http.preferences(tenant_a.client_id, session).header("Cache-Control") == "no-store"


def test_a_foreign_host_is_no_way_to_the_web_client(http: Http, tenant_a: Tenant) -> None:
    unknown = http.send("GET", "/", headers={"Host": "shop.nobody.example"})
    assert unknown.status == 404
    assert b"tryton" not in unknown.body
    login = http.send("POST", f"/{tenant_a.client_id}/rpc/", b"{}", {"Host": "shop.nobody.example"})
    assert login.status == 405
    for host in ("localhost", "bss", "127.0.0.1", "[::1]:8000"):
        assert b"dist/tryton-sao.js" in http.send("GET", "/", headers={"Host": host}).body


def test_a_storefront_is_found_by_its_path_under_any_host(http: Http, tenant_a: Tenant) -> None:
    assert tenant_a.name.encode() in http.send("GET", f"/s/{tenant_a.client_id}/").body


def test_too_much_is_refused(http: Http, tenant_a: Tenant) -> None:
    json_type = {"Content-Type": "application/json"}
    # Strangers send a login and no more.
    large = http.send("POST", f"/{tenant_a.client_id}/rpc/", b" " * 100_000, json_type)
    assert large.status in {400, 413}
    announced = http.send("POST", "/rpc/", b"", {**json_type, "Content-Length": str(10**10)})
    assert announced.status == 413
    endless = http.send("POST", "/rpc/", b"0\r\n\r\n", {**json_type, "Transfer-Encoding": "chunked"})
    assert endless.status == 411
    assert http.send("GET", "/" + "x" * 10_000).status in {400, 414}
    assert http.send("GET", "/", headers={"X-Long": "x" * 20_000}).status in {400, 431}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[" * 50_000, b'{"method": 1}', b'{"method": "common.db.login"}', b"\xff"]
)
def test_nonsense_is_refused_without_a_word_about_the_server(body: bytes, http: Http, tenant_a: Tenant) -> None:
    for path in (f"/{tenant_a.client_id}/rpc/", f"/{tenant_a.client_id}/session/login", "/rpc/"):
        answered = http.send("POST", path, body, {"Content-Type": "application/json"})
        assert answered.status >= 400 or "error" in answered.json
        for word in (b"Traceback", b"trytond", b"psycopg", b"/site-packages/"):
            assert word not in answered.body


def test_the_health_page_is_for_probes(http: Http, bss_server: RunningBss) -> None:
    assert http.send("GET", "/healthz").body == b"ok\n"
    assert len(bss_server.workers) > 1


def test_the_access_log_holds_no_secrets(http: Http, bss_server: RunningBss, tenant_a: Tenant) -> None:
    session = http.session(tenant_a.client_id, tenant_a.user_name, tenant_a.password)
    http.preferences(tenant_a.client_id, session)
    http.send("GET", "/healthz?secret=swordfish")
    for secret in (tenant_a.password, session.token, bss_server.api_key, "swordfish"):
        assert secret not in bss_server.log
