"""A tenant's credentials open this tenant's data and nothing else, in every worker process."""

from __future__ import annotations

import base64
import re
import uuid

from tenant_provisioning.models import OrganizationState

from tests.bss.web.http import Http, Session
from tests.eventually import eventually
from tests.running_bss import RunningBss, Tenant


def _workers_that_answered(bss: RunningBss, path: str, since: int) -> set[int]:
    """Process ids in the access log, of answers to `path` with status 200."""
    lines = re.findall(rf'<(\d+)> "POST {re.escape(path)}" 200 ', bss.log[since:])
    return {int(pid) for pid in lines}


def test_a_tenant_made_while_the_server_runs_is_loginable_in_every_worker(http: Http, bss_server: RunningBss) -> None:
    assert len(bss_server.workers) > 1
    tenant = bss_server.make_tenant()
    since = len(bss_server.log)

    def log_in() -> set[int]:
        assert http.login(tenant.client_id, tenant.user_name, tenant.password).status == 200
        return _workers_that_answered(bss_server, f"/{tenant.client_id}/rpc/", since)

    assert eventually(log_in, lambda seen: seen >= bss_server.workers, seconds=120) == bss_server.workers


def test_a_session_of_one_tenant_is_useless_at_another(http: Http, tenant_a: Tenant, tenant_b: Tenant) -> None:
    session = http.session(tenant_a.client_id, tenant_a.user_name, tenant_a.password)
    assert http.preferences(tenant_a.client_id, session).status == 200
    # Both have a user of this name, under the same id even.
    assert http.preferences(tenant_b.client_id, session).status == 401
    assert http.preferences("distributor", session).status == 401
    assert http.preferences("zq7k2m9d", session).status == 401


def test_a_session_of_the_distributor_is_useless_at_a_tenant(
    http: Http, bss_server: RunningBss, tenant_a: Tenant
) -> None:
    session = http.session(bss_server.root, *bss_server.administrator)
    assert http.preferences(bss_server.root, session).status == 200
    assert http.preferences(tenant_a.client_id, session).status == 401
    # Nor does it work through a name that nobody has, which the root database answers for.
    assert http.preferences("zq7k2m9d", session).status == 401


def test_a_cookie_goes_to_its_own_tenant_only(http: Http, tenant_a: Tenant) -> None:
    cookie = http.cookie_login(tenant_a.client_id, tenant_a.user_name, tenant_a.password).header("Set-Cookie")
    assert cookie is not None
    attributes = cookie.split("; ")
    assert f"Path=/{tenant_a.client_id}" in attributes
    assert "HttpOnly" in attributes
    assert "SameSite=Strict" in attributes
    # The test's BSS is not behind https: a cookie for https only would never come back.
    assert "Secure" not in attributes


def _make_key(http: Http, tenant: Tenant, session: Session) -> str:
    key = uuid.uuid4().hex * 4
    change = {"applications": [["create", [{"application": "rest", "key": key}]]]}
    saved = http.rpc(tenant.client_id, "model.res.user.set_preferences", change, {}, headers={"Cookie": session.cookie})
    assert saved.status == 200, saved
    assert "error" not in saved.json, saved
    return key


def test_an_api_key_of_one_tenant_is_useless_at_another(http: Http, tenant_a: Tenant, tenant_b: Tenant) -> None:
    session = http.session(tenant_a.client_id, tenant_a.user_name, tenant_a.password)
    bearer = {"Authorization": f"Bearer {_make_key(http, tenant_a, session)}"}
    path = "rest/model/party.party"
    assert http.send("GET", f"/{tenant_a.client_id}/{path}", headers=bearer).status == 200
    assert http.send("GET", f"/{tenant_b.client_id}/{path}", headers=bearer).status == 401
    assert http.send("GET", f"/distributor/{path}", headers=bearer).status == 401
    # Nor is it a key of the Tenant Provisioning API.
    assert http.send("GET", "/provisioning/v1/", headers=bearer).status == 401


def test_the_provisioning_key_opens_no_tenant(http: Http, bss_server: RunningBss, tenant_a: Tenant) -> None:
    bearer = {"Authorization": f"Bearer {bss_server.api_key}"}
    assert http.send("GET", "/provisioning/v1/", headers=bearer).status == 200
    for client_id in (tenant_a.client_id, bss_server.root):
        assert http.send("GET", f"/{client_id}/rest/model/party.party", headers=bearer).status == 401


def test_a_suspension_ends_sessions_and_keys_in_every_worker_at_once(http: Http, bss_server: RunningBss) -> None:
    tenant = bss_server.make_tenant()
    session = http.session(tenant.client_id, tenant.user_name, tenant.password)
    bearer = {"Authorization": f"Bearer {_make_key(http, tenant, session)}"}
    path = f"/{tenant.client_id}/rest/model/party.party"
    assert http.send("GET", path, headers=bearer).status == 200
    bss_server.set_state(tenant, OrganizationState.SUSPENDED)
    # More often than there are workers, each on a new connection.
    assert {http.preferences(tenant.client_id, session).status for _ in range(20)} == {401}
    assert {http.send("GET", path, headers=bearer).status for _ in range(20)} == {401}
    bss_server.set_state(tenant, OrganizationState.ACTIVE)
    assert http.login(tenant.client_id, tenant.user_name, tenant.password).status == 200
    assert http.preferences(tenant.client_id, session).status == 401


def test_a_purged_tenant_leaves_nothing_behind(http: Http, bss_server: RunningBss) -> None:
    tenant = bss_server.make_tenant()
    session = http.session(tenant.client_id, tenant.user_name, tenant.password)
    assert bss_server.call(lambda client: client.delete_organization(tenant.key))
    for _ in range(4 * len(bss_server.workers)):
        assert http.preferences(tenant.client_id, session).status == 401
    reference = http.login("zq7k2m9d", tenant.user_name, tenant.password)
    assert http.login(tenant.client_id, tenant.user_name, tenant.password) == reference


def test_basic_authorization_is_no_second_way_in(http: Http, bss_server: RunningBss) -> None:
    secret = base64.b64encode(":".join(bss_server.administrator).encode()).decode()
    answered = http.rpc(
        bss_server.root, "model.res.user.get_preferences", True, {}, headers={"Authorization": f"Basic {secret}"}
    )
    assert answered.status == 401
