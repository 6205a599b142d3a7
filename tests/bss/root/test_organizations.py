"""Organizations: one for each key whatever happens in between, and Client IDs that are never given twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from trytond.pool import Pool

from bss.modules.tenant_reseller.exceptions import ClientIDGivenError
from bss.provisioning import organizations
from bss.root.transaction import reading, write
from bss.tenants import databases, pools, server
from tests.bss.root.client import ApiClient

ACCOUNT = "R-1002"


class Killed(BaseException):
    """Stands for a process that ends here; nothing catches it."""


def _raise(*_arguments: object, **_named: object) -> None:
    raise Killed


def _resellers(key: str) -> list[str]:
    with reading() as pool:
        found = pool.get("tenant.reseller").search([("key", "=", key)])
        return [reseller.client_id for reseller in found]


def test_eight_at_once_make_one(operator: ApiClient, key: str) -> None:
    with ThreadPoolExecutor(8) as executor:
        responses = list(executor.map(lambda _: operator.create(key, ACCOUNT), range(8)))
    assert sorted(response.status_code for response in responses) == [200] * 7 + [201]
    assert {response.json["clientId"] for response in responses} == set(_resellers(key))


def test_two_keys_at_once_for_one_account_make_one(operator: ApiClient) -> None:
    keys = ["rival.1", "rival.2"]
    try:
        with ThreadPoolExecutor(2) as executor:
            responses = list(executor.map(lambda key: operator.create(key, ACCOUNT), keys))
        assert sorted(response.status_code for response in responses) == [201, 409]
        (refused,) = (response for response in responses if response.status_code == 409)
        assert (refused.json["code"], refused.json["field"]) == ("AccountIsTenant", "account")
    finally:
        for key in keys:
            operator.delete(f"/organizations/{key}")


@pytest.mark.parametrize(
    "step", [(databases, "create"), (organizations, "configure_company"), (organizations, "show_status")]
)
def test_creation_goes_on_where_it_was_killed(
    operator: ApiClient, key: str, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(*step, _raise)
        with pytest.raises(Killed):
            operator.create(key, ACCOUNT)
    (client_id,) = _resellers(key)
    finished = step[1] == "show_status"
    assert operator.get(f"/organizations/{key}").status_code == (200 if finished else 404)

    again = operator.create(key, ACCOUNT)
    assert again.status_code == (200 if finished else 201)
    assert again.json["clientId"] == client_id
    assert _resellers(key) == [client_id]


def test_a_purge_goes_on_where_it_was_killed(operator: ApiClient, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.create(key, ACCOUNT)
    (client_id,) = _resellers(key)
    with monkeypatch.context() as patch:
        patch.setattr(databases, "drop", _raise)
        with pytest.raises(Killed):
            operator.delete(f"/organizations/{key}")
    assert operator.organization(key)["state"] == "Deleted"

    assert operator.delete(f"/organizations/{key}").status_code == 204
    assert _resellers(key) == []
    assert not databases.exists(client_id)
    assert operator.delete(f"/organizations/{key}").status_code == 404


def test_a_tenant_whose_database_was_dropped_is_missing_until_it_is_made_again(operator: ApiClient, key: str) -> None:
    client_id = operator.create(key, ACCOUNT).json["clientId"]
    operator.put(f"/organizations/{key}/edition", {"edition": "Premium"})
    pools.forget(client_id)
    with server.maintenance() as connection:
        server.drop(connection, client_id)

    gone = operator.get(f"/organizations/{key}")
    assert (gone.status_code, gone.json["code"]) == (404, "OrganizationNotFound")

    made = operator.create(key, ACCOUNT)
    assert made.status_code == 201
    assert "edition" not in made.json


def test_a_client_id_is_never_given_again(operator: ApiClient, key: str) -> None:
    first = operator.create(key, ACCOUNT).json["clientId"]
    operator.delete(f"/organizations/{key}")
    second = operator.create(key, ACCOUNT).json["clientId"]
    assert first != second

    def given(pool: Pool) -> set[str]:
        return {record.client_id for record in pool.get("tenant.reseller.client_id").search([])}

    def forget(pool: Pool) -> None:
        client_ids = pool.get("tenant.reseller.client_id")
        client_ids.delete(client_ids.search([("client_id", "=", first)]))

    with reading() as pool:
        assert {first, second} <= given(pool)
    with pytest.raises(ClientIDGivenError):
        write(forget)


def test_the_tenant_that_no_client_made_can_be_adopted_by_its_client_id(
    operator: ApiClient, other: ApiClient, key: str
) -> None:
    client_id = organizations.create_without_client("R-1019", "Montclair Services")
    assert organizations.create_without_client("R-1019", "Montclair Services") == client_id
    assert operator.get("/accounts/R-1019").json["organizationKey"] == ""
    found = other.get(f"/organizations?clientId={client_id}").json["items"]
    assert [item["key"] for item in found] == [""]

    body = {"account": "R-1019", "name": "Montclair", "edition": "Basic", "adopt": client_id}
    adopted = operator.put(f"/organizations/{key}", body)
    assert (adopted.status_code, adopted.json["clientId"]) == (200, client_id)
    assert other.get(f"/organizations?clientId={client_id}").json["items"] == []
