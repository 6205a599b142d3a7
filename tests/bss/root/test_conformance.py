"""The conformance suite against the BSS as it is deployed: gunicorn with two workers, and the queue's worker."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bss.provisioning.api_clients import renew_key
from bss.provisioning.organizations import create_without_client
from local import ports
from local.processes import Daemon
from tests.bss.root.programs import bss_program
from tests.eventually import eventually


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@pytest.fixture
def served(root: str, worker: Daemon, tmp_path: Path) -> Iterator[str]:
    """Address of the BSS."""
    address = f"127.0.0.1:{ports.choose({'web': 8000})['web']}"
    url = f"http://{address}"
    web = bss_program(tmp_path, "web", TENANT_BSS_BIND=address, TENANT_BSS_PUBLIC_URL=url)
    web.start()
    worker.start()
    try:
        eventually(lambda: _answers(url), seconds=120)
        yield url
    finally:
        web.kill()


@pytest.mark.timeout(1800)
def test_the_bss_conforms(served: str, tmp_path: Path) -> None:
    for name in ("conformance", "conformance-other"):
        (tmp_path / name).write_text(renew_key(name))
    client_id = create_without_client("R-1023", "Amphora Business IT")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tenant_provisioning.conformance"),
            *("--base-url", served),
            *("--api-key-file", str(tmp_path / "conformance")),
            *("--other-api-key-file", str(tmp_path / "conformance-other")),
            *("--adoptable-client-id", client_id),
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout.splitlines()[-1]
