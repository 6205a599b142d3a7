"""The fake passes the same suite as a real BSS, run by the same command."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from .conftest import FakeProcess


def _run(fake: FakeProcess, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "tenant_provisioning.conformance"),
            *("--base-url", fake.url, "--api-key-file", str(fake.api_key_file)),
            *("--other-api-key-file", str(fake.other_api_key_file), "-q", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_fake_conforms(fake_process: FakeProcess, tmp_path: Path) -> None:
    run = _run(fake_process, tmp_path, "--faults")
    assert run.returncode == 0, run.stdout + run.stderr
    summary = run.stdout.splitlines()[-1]
    passed = re.match(r"(\d+) passed in", summary)
    assert passed, f"something was skipped or left out: {summary}"
    assert int(passed[1]) > 100
    repeated = _run(fake_process, tmp_path, "-k", "adopted")
    assert repeated.returncode == 0, f"the suite cannot be repeated on the same BSS: {repeated.stdout}"


def test_the_suite_finds_a_bss_that_does_not_conform(fake_process: FakeProcess, tmp_path: Path) -> None:
    run = _run(fake_process, tmp_path, "-k", "not_order", "--not-ordering-account", "R-1025")
    assert run.returncode == 1
    assert "2 failed" in run.stdout


def test_the_suite_says_what_it_must_be_told(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tenant_provisioning.conformance"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 2
    assert "--base-url" in run.stderr
