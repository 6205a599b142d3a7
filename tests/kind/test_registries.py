"""How image builds learn the way to package registries."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local.kind import registries


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in registries.VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(registries, "PIP_FILES", ())


def _sourced(file: Path, name: str) -> str:
    script = '. "$1"; eval "printf %s \\"\\$$2\\""'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", file, name], capture_output=True, text=True, check=True, env={}
    )
    return done.stdout


def test_addresses_arrive_whole_and_in_a_file_that_only_we_read(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://user:pa'ss $word@packages.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", address)

    with registries.secrets() as files:
        assert _sourced(files["packages"], "PIP_INDEX_URL") == address
        assert files["packages"].stat().st_mode & 0o077 == 0


def test_pips_configuration_counts_and_the_environment_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://a.example/simple\ntrusted-host =\n  a.example\n  b.example\n")
    monkeypatch.setattr(registries, "PIP_FILES", (str(file),))
    monkeypatch.setenv("PIP_INDEX_URL", "https://c.example/simple")

    with registries.secrets() as files:
        assert _sourced(files["packages"], "PIP_INDEX_URL") == "https://c.example/simple"
        assert _sourced(files["packages"], "PIP_TRUSTED_HOST") == "a.example b.example"


def test_trusted_certificates_go_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.crt"
    bundle.write_text("certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))

    with registries.secrets() as files:
        assert files["authorities"].read_text() == "certificates"
        assert _sourced(files["packages"], "SSL_CERT_FILE") == "/run/secrets/authorities"


def test_no_file_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://a.example/simple")

    with registries.secrets() as files:
        file = files["packages"]
        assert file.exists()

    assert not file.exists()
