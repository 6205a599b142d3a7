"""Settings are checked at the start, and each error names its variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tenant_reseller.cli import main
from tenant_reseller.settings import Settings


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    key = tmp_path / "key"
    key.write_text("secret-key\n")
    monkeypatch.setenv("TENANT_RESELLER_BSS_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("TENANT_RESELLER_BSS_API_KEY_FILE", str(key))
    return monkeypatch


def test_the_least_that_is_needed(environment: pytest.MonkeyPatch) -> None:
    settings = Settings()
    assert settings.process_slots == 4
    assert settings.namespaces == ()
    assert settings.api_key().get_secret_value() == "secret-key"
    assert "secret-key" not in repr(settings)


def test_namespaces_are_a_list_with_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TENANT_RESELLER_NAMESPACES", "a, b,")
    assert Settings().namespaces == ("a", "b")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BSS_URL", "nonsense", "TENANT_RESELLER_BSS_URL"),
        ("BSS_API_KEY_FILE", "/nowhere", "/nowhere cannot be read"),
        ("PROCESS_SLOTS", "0", "TENANT_RESELLER_PROCESS_SLOTS"),
        ("LOG_LEVEL", "LOUD", "TENANT_RESELLER_LOG_LEVEL"),
        ("DRIFT_INTERVAL", "-1", "TENANT_RESELLER_DRIFT_INTERVAL"),
    ],
)
def test_a_wrong_setting_is_named(environment: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    environment.setenv(f"TENANT_RESELLER_{name}", value)
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 2
    assert told in result.stderr


def test_help_lists_every_setting() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    for name in Settings.model_fields:
        assert f"TENANT_RESELLER_{name.upper()}" in text
