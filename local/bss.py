"""The BSS as processes: its preparation, gunicorn, the worker of its queue, and its scheduler."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from local import ports, secrets, web_client
from local.database import Database
from local.errors import LocalError
from local.processes import Command, Daemon, stop_all
from local.sources import REPOSITORY, fingerprint

_PORT = 8000
_START_SECONDS = 180.0
_API = "/provisioning/v1/"
_CLIENT = "operator"
"""Name of the API client that the operator's key belongs to; organizations are its."""


class Bss:
    """The BSS with its secrets in one folder and its data in a database server."""

    def __init__(self, directory: Path, database: Database) -> None:
        self._directory = directory.absolute()
        self._database = database
        self._admin_password = self._directory / "admin-password"
        self.api_key = self._directory / "api-key"
        self._port_file = self._directory / "ports.json"
        self.web = Daemon("bss-web", self._directory, Command(()))
        self.worker = Daemon("bss-worker", self._directory, Command(()))
        self.cron = Daemon("bss-cron", self._directory, Command(()))
        port = ports.remembered(self._port_file, {"bss": _PORT}, in_use=self.web.running)["bss"]
        self._bind = f"127.0.0.1:{port}"
        self.url = f"http://{self._bind}"
        version = fingerprint("bss", "contract", "uv.lock")
        environment = self._environment()
        for daemon, command in ((self.web, "web"), (self.worker, "worker"), (self.cron, "cron")):
            daemon.command = Command(_bss(command), environment, REPOSITORY, version=version)
        self._prepared_with = f"{version} {database.url.rpartition('@')[2]}"

    @property
    def administrator(self) -> tuple[str, str]:
        """User name and password of the distributor's administrator."""
        return "admin", secrets.ensure(self._admin_password)

    @property
    def root(self) -> str:
        """Client ID of the distributor's own organization."""
        return os.environ.get("TENANT_BSS_ROOT_DATABASE", "distributor")

    @property
    def daemons(self) -> tuple[Daemon, ...]:
        """The BSS's programs."""
        return self.web, self.worker, self.cron

    @property
    def running(self) -> bool:
        """Whether all of its programs run."""
        return all(daemon.running for daemon in self.daemons)

    def prepare(self, note: Callable[[str], None] = lambda _: None) -> bool:
        """Make the template and the distributor's database with its demonstration data.

        Answers whether there was anything to do.
        """
        stamp = self._directory / "prepared"
        if stamp.exists() and stamp.read_text() == self._prepared_with:
            return False
        secrets.ensure(self._admin_password)
        log = self._directory / "logs" / "bss-init.log"
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with log.open("w") as stream:
            child = subprocess.Popen(  # noqa: S603
                _bss("init", "--demo"),
                env=self._full_environment(),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            lines = child.stdout or ()
            last = ""
            for line in lines:
                stream.write(line)
                stream.flush()
                last = line.strip() or last
                note(last)
        if child.wait() != 0:
            end = "\n".join(log.read_text().splitlines()[-15:])
            raise LocalError("The BSS could not be prepared.", f"The end of {log}:\n{end}")
        stamp.write_text(self._prepared_with)
        return True

    def start(self) -> bool:
        """Start what does not run, and wait until the Tenant Provisioning API answers to the operator's key."""
        web_client.ensure()
        if not self.api_key.exists():
            self._make_key()
        started = [daemon.start() for daemon in self.daemons]
        self.web.wait_until(lambda: self._status() is not None, seconds=_START_SECONDS, what=f"{self.url}{_API}")
        if self._status() == 401:
            # The key outlived its database: somebody else's server was given, or was cleared.
            self._make_key()
        if (status := self._status()) != 200:
            raise LocalError(f"The BSS answers {status} at {self.url}{_API}.", self.web.log_hint())
        for daemon in self.daemons:
            if not daemon.running:
                raise LocalError(f"The BSS's {daemon.name} ended while it was starting.", daemon.log_hint())
        return any(started)

    def stop(self) -> None:
        """Stop its programs."""
        stop_all(self.daemons)

    def command(self, *arguments: str) -> int:
        """Run a command of the BSS (`python -m bss`) for this stack at the terminal; its exit status."""
        return subprocess.run(_bss(*arguments), env=self._full_environment(), cwd=REPOSITORY).returncode  # noqa: S603

    def _make_key(self) -> None:
        result = subprocess.run(  # noqa: S603
            _bss("api-key", _CLIENT),
            env=self._full_environment(),
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise LocalError("The BSS made no API key.", result.stderr.strip()[-2000:])
        secrets.write(self.api_key, result.stdout.split()[-1])

    def _status(self) -> int | None:
        """Status of the API's first page; None while nobody answers."""
        key = self.api_key.read_text().strip()
        request = urllib.request.Request(f"{self.url}{_API}", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def _full_environment(self) -> dict[str, str]:
        return Command((), self._environment()).full_environment()

    def _environment(self) -> dict[str, str]:
        chosen = {name: value for name, value in os.environ.items() if name.startswith("TENANT_BSS_")}
        return chosen | {
            "TENANT_BSS_DATABASE_URL": self._database.url,
            "TENANT_BSS_BIND": self._bind,
            "TENANT_BSS_PUBLIC_URL": os.environ.get("TENANT_BSS_PUBLIC_URL", self.url),
            "TENANT_BSS_WEB_CLIENT": str(web_client.CLIENT),
            "TENANT_BSS_ADMIN_PASSWORD_FILE": str(self._admin_password),
        }


def _bss(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "bss", *arguments)
