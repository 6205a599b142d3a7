"""The runtime that takes one capability out of what containers are given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.kind.runtime import specification, without_capability

RUNTIME = Path(__file__).parents[2] / "local" / "kind" / "runtime.py"


def test_the_capability_is_taken_out_wherever_it_stands() -> None:
    given = {
        "process": {"args": ["sh"], "capabilities": {"bounding": ["CAP_CHOWN", "CAP_SYS_RESOURCE"], "ambient": []}}
    }
    assert without_capability(given) == {
        "process": {"args": ["sh"], "capabilities": {"bounding": ["CAP_CHOWN"], "ambient": []}}
    }


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["--log", "x", "create", "--bundle", "/run/b", "id"], Path("/run/b/config.json")),
        (["exec", "--process", "/tmp/process.json", "id"], Path("/tmp/process.json")),
        (["kill", "id", "9"], None),
    ],
)
def test_the_specification_is_found_in_runcs_arguments(arguments: list[str], file: Path | None) -> None:
    assert specification(arguments) == file


def test_it_hands_on_to_runc_with_the_changed_specification(tmp_path: Path) -> None:
    runc = tmp_path / "runc"
    runc.write_text('#!/bin/sh\necho "$@"\ncat "$3/config.json"\n')
    runc.chmod(0o755)
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "config.json").write_text(json.dumps({"bounding": ["CAP_SYS_RESOURCE", "CAP_KILL"]}))

    done = subprocess.run(
        [sys.executable, "-I", "-S", str(RUNTIME), "create", "--bundle", str(bundle), "id"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    called, specification_seen = done.stdout.splitlines()
    assert called == f"create --bundle {bundle} id"
    assert json.loads(specification_seen) == {"bounding": ["CAP_KILL"]}
