"""`python -m bss`: settings that are missing are named, and keys are printed once."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bss import settings as settings_module
from bss.__main__ import main
from bss.tenants import databases
from tests.bss.root.client import ApiClient


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings_module.settings.cache_clear()
    try:
        with monkeypatch.context() as patch:
            patch.delenv("TENANT_BSS_DATABASE_URL")
            result = CliRunner().invoke(main, ["api-key", "operator"])
    finally:
        settings_module.settings.cache_clear()
    assert result.exit_code == 1
    assert "TENANT_BSS_DATABASE_URL" in result.output


def test_api_key_prints_a_key_that_works(operator: ApiClient) -> None:
    result = CliRunner().invoke(main, ["api-key", "printed"])
    assert result.exit_code == 0
    client = ApiClient("printed")
    client.key = result.output.strip()
    assert client.get("/").status_code == 401, "the fixture's own key replaced it"
    client.key = CliRunner().invoke(main, ["api-key", "printed"]).output.strip()
    assert client.get("/").status_code == 200


def test_only_a_tenant_that_is_marked_as_deleted_is_purged_by_hand(operator: ApiClient, key: str) -> None:
    client_id = operator.create(key, "R-1003").json["clientId"]
    refused = CliRunner().invoke(main, ["purge", "--yes", client_id])
    assert refused.exit_code == 1
    assert "not marked as deleted" in refused.output
    assert operator.organization(key)["state"] == "Active"

    operator.put(f"/organizations/{key}/state", {"state": "Deleted"})
    assert operator.get("/accounts/R-1003").json["organizationKey"] == key
    assert CliRunner().invoke(main, ["purge", client_id], input="n\n").exit_code == 1
    purged = CliRunner().invoke(main, ["purge", "--yes", key])
    assert purged.exit_code == 0, purged.output
    assert not databases.exists(client_id)
    assert operator.get("/accounts/R-1003").json.get("organizationKey") is None

    unknown = CliRunner().invoke(main, ["purge", "--yes", client_id])
    assert unknown.exit_code == 1
    assert "no organization" in unknown.output
