"""Settings are checked at the start, and each error names its variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tenant_reseller.cli import main
from tenant_reseller.kube import operator
from tenant_reseller.options import flag, misspelt, variable
from tenant_reseller.settings import Settings


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    key = tmp_path / "key"
    key.write_text("secret-key\n")
    monkeypatch.setenv("TENANT_RESELLER_BSS_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("TENANT_RESELLER_BSS_API_KEY_FILE", str(key))
    return monkeypatch


class Seen:
    """Stands where the operator would run, and keeps its settings."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._settings: list[Settings] = []
        patch.setattr(operator, "run", self._run)

    async def _run(self, settings: Settings) -> None:
        self._settings.append(settings)

    @property
    def settings(self) -> Settings:
        (settings,) = self._settings
        return settings


def test_the_least_that_is_needed(environment: pytest.MonkeyPatch) -> None:
    settings = Settings()
    assert settings.process_slots == 4
    assert settings.namespaces == ()


def test_namespaces_are_a_list_with_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TENANT_RESELLER_NAMESPACES", "a, b,")
    assert Settings().namespaces == ("a", "b")


def test_a_flag_wins_over_its_variable(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TENANT_RESELLER_PROCESS_SLOTS", "5")
    environment.setenv("TENANT_RESELLER_BSS_CALLS", "6")
    seen = Seen(environment)
    arguments = ["--process-slots=7", "--namespace=a", "--namespace", "b", "--no-leader-election"]
    assert CliRunner().invoke(main, ["run", *arguments]).exit_code == 0
    assert (seen.settings.process_slots, seen.settings.bss_calls) == (7, 6)
    assert seen.settings.namespaces == ("a", "b")
    assert seen.settings.leader_election is False


def test_the_operators_namespace_is_that_of_its_pod(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "namespace"
    environment.setattr("tenant_reseller.settings._POD_NAMESPACE", file)
    assert Settings().operator_namespace == "tenant-reseller-system"
    file.write_text("bss-operators")
    assert Settings().operator_namespace == "bss-operators"
    environment.setenv("TENANT_RESELLER_OPERATOR_NAMESPACE", "chosen")
    assert Settings().operator_namespace == "chosen"


def test_a_variable_that_only_looks_like_a_setting_is_told() -> None:
    (told,) = misspelt(["TENANT_RESELLER_PROCESS_SLOT", "TENANT_RESELLER_DATABASE_URL", "PATH"])
    assert told.startswith("TENANT_RESELLER_PROCESS_SLOT is no setting")
    assert "TENANT_RESELLER_PROCESS_SLOTS is one" in told


def test_operators_with_selectors_need_leases_of_their_own(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TENANT_RESELLER_SELECTOR", "shard=a")
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 2
    assert "TENANT_RESELLER_LEASE_NAME: with a selector each operator needs a Lease of its own" in result.stderr
    assert Settings(lease_name="shard-a").lease_name == "shard-a"
    assert Settings(leader_election=False).selector == "shard=a"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BSS_URL", "nonsense", "--bss-url or TENANT_RESELLER_BSS_URL"),
        ("BSS_API_KEY_FILE", "/nowhere", "/nowhere cannot be read"),
        ("BSS_API_KEY_FILE", "/dev/null", "/dev/null is empty"),
        ("PROCESS_SLOTS", "0", "TENANT_RESELLER_PROCESS_SLOTS"),
        ("LOG_LEVEL", "LOUD", "Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("DRIFT_INTERVAL", "-1", "TENANT_RESELLER_DRIFT_INTERVAL"),
        ("NAMESPACES", "team-*", "'team-*' is no name of a namespace"),
        ("LEASE_NAME", "My Lease", "TENANT_RESELLER_LEASE_NAME"),
        ("LEASE_DURATION", "7", "TENANT_RESELLER_LEASE_DURATION must be at least 1 s more"),
        ("LEASE_RENEW_DEADLINE", "1", "TENANT_RESELLER_LEASE_RENEW_DEADLINE must be more than"),
        ("LEASE_RETRY_PERIOD", "0.5", "TENANT_RESELLER_LEASE_RETRY_PERIOD must be at least 1"),
    ],
)
def test_a_wrong_setting_is_named(environment: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    environment.setenv(f"TENANT_RESELLER_{name}", value)
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 2
    assert told in result.stderr


def test_what_is_missing_is_told_with_its_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENANT_RESELLER_BSS_URL", raising=False)
    monkeypatch.delenv("TENANT_RESELLER_BSS_API_KEY_FILE", raising=False)
    told = CliRunner().invoke(main, ["run"]).stderr.splitlines()
    assert told[0].startswith("--bss-url or TENANT_RESELLER_BSS_URL is required: Address of the BSS")
    assert told[1].startswith("--bss-api-key-file or TENANT_RESELLER_BSS_API_KEY_FILE is required: File with")


def test_help_lists_every_setting_as_flag_and_variable() -> None:
    text = " ".join(CliRunner().invoke(main, ["run", "--help"], terminal_width=300).output.split())
    for name, field in Settings.model_fields.items():
        assert f"{flag(name)} " in text or f"{flag(name)} /" in text
        assert variable(name) in text
        assert str(field.description) in text
