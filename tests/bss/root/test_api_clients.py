"""Keys of API clients."""

from __future__ import annotations

from trytond.pool import Pool

from bss.root.transaction import reading, write
from tests.bss.root.client import ApiClient


def test_a_new_key_ends_the_old_one(root: str) -> None:
    first = ApiClient("renewed")
    assert first.get("/").status_code == 200
    second = ApiClient("renewed")
    assert second.get("/").status_code == 200
    refused = first.get("/")
    assert (refused.status_code, refused.json["code"]) == (401, "Unauthorized")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_key_is_stored_as_a_hash_that_nobody_reads_in_the_client(root: str) -> None:
    client = ApiClient("hashed")
    with reading() as pool:
        (record,) = pool.get("tenant.reseller.api_client").search([("name", "=", "hashed")])
        assert client.key not in record.key_hash
        accesses = pool.get("ir.model.field.access")
        (access,) = accesses.search([("model", "=", "tenant.reseller.api_client"), ("field", "=", "key_hash")])
        assert not access.perm_read


def test_a_deactivated_client_is_refused(root: str) -> None:
    client = ApiClient("retired")

    def retire(pool: Pool) -> None:
        clients = pool.get("tenant.reseller.api_client")
        clients.write(clients.search([("name", "=", "retired")]), {"active": False})

    write(retire)
    assert client.get("/").status_code == 401
