"""Whichever part of a login is wrong, a stranger sees the same, byte for byte, and after the same time."""

from __future__ import annotations

import base64
import statistics
import uuid
from collections.abc import Callable

import pytest
from tenant_provisioning.models import OrganizationState

from tests.bss.web.http import Answered, Http
from tests.running_bss import RunningBss, Tenant

_NOBODY = "zq7k2m9d"
_NO_CLIENT_IDS = ("postgres", "template1", "tenant_template_0", "Zq7k2m9d", "zq7k2m9", "zq7k2m9d0", "rpc", "%2e%2e")


def _somebody() -> str:
    """A user name that was not tried before, so that no counting of attempts gets in the way."""
    return f"user-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def suspended(bss_server: RunningBss) -> Tenant:
    tenant = bss_server.make_tenant()
    bss_server.set_state(tenant, OrganizationState.SUSPENDED)
    return tenant


@pytest.mark.parametrize("way", ["login", "cookie_login"])
def test_every_wrong_part_gives_the_same_answer(way: str, http: Http, tenant_a: Tenant, suspended: Tenant) -> None:
    log_in: Callable[[str, str, str], Answered] = getattr(http, way)
    reference = log_in(tenant_a.client_id, tenant_a.user_name, "not-the-password")
    assert reference.status == 401
    assert log_in(tenant_a.client_id, _somebody(), tenant_a.password) == reference
    assert log_in(_NOBODY, tenant_a.user_name, tenant_a.password) == reference
    assert log_in(suspended.client_id, suspended.user_name, suspended.password) == reference
    for client_id in _NO_CLIENT_IDS:
        assert log_in(client_id, _somebody(), tenant_a.password) == reference, client_id
    # The right parts are accepted, so the comparison above compared something.
    assert log_in(tenant_a.client_id, tenant_a.user_name, tenant_a.password).status == 200


def test_the_password_is_asked_for_whoever_logs_in(http: Http, tenant_a: Tenant, suspended: Tenant) -> None:
    def ask(client_id: str, language: str) -> Answered:
        return http.rpc(client_id, "common.db.login", "maria", {}, language)

    for language in ("en", "de", "el", "nonsense"):
        reference = ask(tenant_a.client_id, language)
        assert reference.status == 200
        assert reference.json["error"][0] == "LoginException"
        assert ask(_NOBODY, language) == reference
        assert ask(suspended.client_id, language) == reference


def test_attempts_are_counted_alike(http: Http, tenant_a: Tenant) -> None:
    def statuses(client_id: str, user_name: str) -> list[int]:
        # Tryton makes each further attempt wait longer; the later ones are refused without.
        return [http.login(client_id, user_name, f"wrong-{number}").status for number in range(8)]

    known, unknown = statuses(tenant_a.client_id, _somebody()), statuses(_NOBODY, _somebody())
    assert known == unknown
    assert known[0] == 401
    assert known[-1] == 429


def test_a_refusal_takes_the_same_time(http: Http, tenant_a: Tenant, suspended: Tenant) -> None:
    # Used before, since the first use of a tenant in a process loads it.
    for _ in range(6):
        http.login(tenant_a.client_id, _somebody(), "wrong")
    ways: dict[str, Callable[[], Answered]] = {
        "user": lambda: http.login(tenant_a.client_id, _somebody(), "wrong"),
        "client ID": lambda: http.login(_NOBODY, _somebody(), "wrong"),
        "state": lambda: http.login(suspended.client_id, _somebody(), suspended.password),
    }
    # In turn, so that a busy moment of the machine meets all of them.
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(12):
        for name, way in ways.items():
            times[name].append(way().seconds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    # Refusals come on a grid of a quarter of a second: one step is what a busy machine may add.
    assert max(medians.values()) - min(medians.values()) < 0.26, medians


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "rpc/", {"Content-Type": "application/json"}),
        ("POST", "rpc/", {"Content-Type": "application/json", "Cookie": "tryton_session=maria:2:0123456789abcdef"}),
        ("POST", "rpc/", {"Content-Type": "application/json", "Authorization": "Session bWFyaWE6MjphYmM="}),
        ("POST", "rpc/", {"Content-Type": "application/json", "Authorization": "Basic bWFyaWE6d3Jvbmc="}),
        ("POST", "rpc/", {"Content-Type": "text/xml"}),
        ("POST", "rpc/", {"Content-Type": "application/json", "Origin": "https://evil.example"}),
        ("POST", "session/logout", {"Content-Type": "application/json", "Cookie": "tryton_session=maria:2:abc"}),
        ("POST", "session/logout", {"Content-Type": "application/json"}),
        ("GET", "rest/model/party.party", {}),
        ("GET", "rest/model/party.party", {"Authorization": "Bearer 0123456789abcdef"}),
        ("GET", "rest/model/no.such.model", {"Authorization": "Bearer 0123456789abcdef"}),
        ("GET", "rest/report/sale.sale/1", {}),
        ("GET", "data/party.party", {}),
        ("GET", "data/party.party", {"Cookie": "tryton_session=maria:2:abc"}),
        ("POST", "user/application/", {"Content-Type": "application/json"}),
        ("DELETE", "user/application/", {"Content-Type": "application/json"}),
        ("POST", "bus", {"Content-Type": "application/json"}),
        ("GET", "ir/html/party.party/1/name", {}),
        ("GET", "rpc/", {}),
        ("POST", "rpc", {"Content-Type": "application/json"}),
        ("POST", "/rpc/", {"Content-Type": "application/json"}),
        ("GET", "", {}),
        ("GET", "nothing", {}),
        ("OPTIONS", "rpc/", {}),
    ],
)
def test_no_path_tells_which_tenants_exist(
    method: str, path: str, headers: dict[str, str], http: Http, tenant_a: Tenant, suspended: Tenant
) -> None:
    call = b'{"id": 0, "method": "model.party.party.search", "params": [[], 0, null, null, {}]}'
    body = call if method in {"POST", "DELETE"} else None

    def ask(client_id: str) -> Answered:
        answered = http.send(method, f"/{client_id}/{path}", body, headers)
        # Where an answer names the Client ID, it names the one that was asked for.
        shown = tuple((name, value.replace(client_id, "CLIENT-ID")) for name, value in answered.headers)
        return Answered(answered.status, shown, answered.body.replace(client_id.encode(), b"CLIENT-ID"), 0)

    reference = ask(tenant_a.client_id)
    assert ask(_NOBODY) == reference
    assert ask(suspended.client_id) == reference
    assert b"distributor" not in reference.body


def test_a_password_reset_tells_nobody_anything(http: Http, tenant_a: Tenant) -> None:
    reference = http.rpc(tenant_a.client_id, "common.db.reset_password", tenant_a.user_name, "en")
    assert reference.status == 403
    assert http.rpc(tenant_a.client_id, "common.db.reset_password", _somebody(), "en") == reference
    assert http.rpc(_NOBODY, "common.db.reset_password", tenant_a.user_name, "en") == reference


def test_the_server_lists_no_tenants(http: Http, tenant_a: Tenant) -> None:
    def server(method: str) -> Answered:
        body = b'{"id": 0, "method": "%s", "params": []}' % method.encode()
        return http.send("POST", "/rpc/", body, {"Content-Type": "application/json"})

    assert server("common.db.list").status == 403
    assert server("common.server.version").json["result"] == "8.0"
    assert server("common.authentication.services").json["result"] == []


def test_an_avatars_address_tells_nothing(http: Http, tenant_a: Tenant) -> None:
    def avatar(client_id: str) -> Answered:
        name = base64.urlsafe_b64encode(client_id.encode()).decode().rstrip("=")
        return http.send("GET", f"/avatar/{name}/{'0' * 32}")

    assert avatar(tenant_a.client_id).status == 404
    assert avatar(_NOBODY) == avatar(tenant_a.client_id)
    assert http.send("GET", "/avatar/-_-/x") == avatar(tenant_a.client_id)
