"""The fake BSS as a process of its own, as people and load tests run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class FakeProcess:
    """Where the fake is, and the files with the keys of its two API clients."""

    url: str
    api_key_file: Path
    other_api_key_file: Path


@contextmanager
def run_fake(folder: Path, *options: str) -> Iterator[FakeProcess]:
    """Run the fake's command with two API clients, one key by file and one by the environment."""
    key, other = folder / "key", folder / "other-key"
    key.write_text("operator-key\n")
    other.write_text("other-key\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "tenant_provisioning.fake", "--api-key-file", f"operator={key}", *options],
        env={**os.environ, "FAKE_BSS_API_KEYS": "other=other-key"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        words, _, url = process.stdout.readline().strip().rpartition(" ")
        assert words == "fake BSS on"
        yield FakeProcess(url, key, other)
    finally:
        process.terminate()
        status = process.wait(timeout=20)
        process.stdout.close()
    assert status == 0, "the fake did not end in good order"


@pytest.fixture
def fake_process(tmp_path: Path) -> Iterator[FakeProcess]:
    """A fake with accounts for load tests, which copies products for a while."""
    with run_fake(tmp_path, "--load-accounts", "--copy-seconds", "0.3") as fake:
        yield fake
