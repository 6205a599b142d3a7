"""The contract's fake BSS as a process: a distributor in memory that forgets everything when it ends."""

from __future__ import annotations

import sys
import urllib.request
from pathlib import Path

from local import ports, secrets
from local.processes import Command, Daemon
from local.sources import REPOSITORY

_PORT = 18480
_START_SECONDS = 60.0


class FakeBss:
    """A fake BSS. `copy_seconds` is how long it takes to copy products; accounts `L-<number>` exist for all numbers.

    `log_calls`: each call is logged with its marks.
    """

    def __init__(self, directory: Path, *, copy_seconds: float = 0.0, log_calls: bool = False) -> None:
        self.api_key = directory / "api-key"
        secrets.ensure(self.api_key)
        port = ports.choose({"fake": _PORT})["fake"]
        self.url = f"http://127.0.0.1:{port}"
        arguments = (
            *(sys.executable, "-m", "tenant_provisioning.fake", "--port", str(port), "--load-accounts"),
            *("--copy-seconds", str(copy_seconds), "--api-key-file", f"operator={self.api_key}"),
            *(("--log-calls",) if log_calls else ()),
        )
        self.daemon = Daemon("fake-bss", directory, Command(arguments, directory=REPOSITORY))

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.daemon.start()
        self.daemon.wait_until(self._answers, seconds=_START_SECONDS, what="answering")

    def stop(self) -> None:
        """Stop it."""
        self.daemon.stop()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_faults", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False
