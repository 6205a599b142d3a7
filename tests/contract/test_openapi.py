"""The OpenAPI document: made from the code, valid, and true of a server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from tenant_provisioning import openapi
from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.models import Edition, OrganizationRequest
from tenant_provisioning.routes import ROUTES

from .conftest import FakeProcess

SCHEMATHESIS = Path(__file__).with_name("schemathesis.toml")
PREPARED = "prepared.1"
EXAMPLES = 8


def test_the_document_is_up_to_date() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.text(), "run python -m tenant_provisioning.openapi"


def test_check_finds_an_old_document(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stale = tmp_path / "openapi.yaml"
    stale.write_text("openapi: 3.1.0\n")
    monkeypatch.setattr(openapi, "DOCUMENT", stale)
    monkeypatch.setattr(sys, "argv", ["openapi", "--check"])
    with pytest.raises(SystemExit, match="out of date"):
        openapi.main()
    assert stale.read_text() == "openapi: 3.1.0\n"
    monkeypatch.setattr(sys, "argv", ["openapi"])
    openapi.main()
    assert stale.read_text() == openapi.text()


def test_the_document_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(yaml.safe_load(openapi.DOCUMENT.read_text())).validate()


def test_every_route_stands_in_it_once() -> None:
    paths = yaml.safe_load(openapi.DOCUMENT.read_text())["paths"]
    listed = sorted(operation["operationId"] for operations in paths.values() for operation in operations.values())
    assert listed == sorted(route.name for route in ROUTES)


def _schemathesis(fake: FakeProcess, folder: Path, *options: str) -> None:
    run = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), *options, "run", str(openapi.DOCUMENT)),
            *(
                "--url",
                f"{fake.url}/provisioning/v1",
                "-H",
                f"Authorization: Bearer {fake.api_key_file.read_text().strip()}",
            ),
            *("--seed", "20261124", "--max-examples", str(EXAMPLES), "--checks", "all", "--no-color"),
            *("--generation-database", "none"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{len(ROUTES)} selected" in run.stdout


def test_schemathesis_finds_no_difference(fake_process: FakeProcess, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(SCHEMATHESIS.read_text().partition("# Prepared")[0])
    _schemathesis(fake_process, tmp_path, "--config-file", str(config))


def test_schemathesis_finds_no_difference_at_what_exists(fake_process: FakeProcess, tmp_path: Path) -> None:
    async def prepare() -> None:
        async with TenantProvisioningClient(fake_process.url, "operator-key") as bss:
            request = OrganizationRequest(account="L-1", name="Prepared", edition=Edition.PREMIUM)
            await bss.put_organization(PREPARED, request)

    asyncio.run(prepare())
    _schemathesis(fake_process, tmp_path, "--config-file", str(SCHEMATHESIS))
