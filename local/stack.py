"""The whole local stack: control plane, PostgreSQL, BSS and operator, with all of its state in one folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local import binaries, installation
from local.bss import Bss
from local.control_plane import ControlPlane
from local.database import URL_VARIABLE, ExternalDatabase, database
from local.kubectl import Kubectl
from local.locks import exclusive
from local.operator import Operator
from local.processes import Daemon
from local.progress import Note, Report
from local.sources import REPOSITORY

STATE = REPOSITORY / ".local"


@dataclass(frozen=True)
class Part:
    """One program of the stack as `status` shows it."""

    name: str
    running: bool
    address: str
    log: Path | None


class Stack:
    """The stack with its state in `state`.

    `durable`: data survives a power failure. Tests switch it off to be quicker.
    `operator_settings`: environment variables of the operator, beside those that it needs to run here.
    """

    def __init__(
        self, state: Path = STATE, *, durable: bool = True, operator_settings: Mapping[str, str] | None = None
    ) -> None:
        self.state = state.absolute()
        self.kubeconfig = self.state / "kubeconfig"
        self._durable = durable
        self._operator_settings = operator_settings
        self.database = database(self.state / "database", durable=durable)
        self.bss = Bss(self.state / "bss", self.database)

    @property
    def control_plane(self) -> ControlPlane:
        """The control plane; its programs must be on this machine by now (see `local.binaries`)."""
        return ControlPlane(self.state / "control-plane", binaries.ensure(), durable=self._durable)

    @property
    def operator(self) -> Operator:
        """The operator, for this control plane and this BSS."""
        return Operator(
            self.state / "operator", self.control_plane, self.bss.url, self.bss.api_key, self._operator_settings
        )

    @property
    def database_is_external(self) -> bool:
        """Whether the PostgreSQL server is somebody else's, its data left alone."""
        return isinstance(self.database, ExternalDatabase)

    @property
    def kubectl(self) -> Kubectl:
        """kubectl with all rights on the stack's own control plane."""
        return Kubectl(self.kubeconfig)

    def up(self, report: Report) -> None:
        """Start what does not run, and replace what runs with old code or settings.

        Raises LocalError, with the remedy, when a part cannot be started.
        """
        with self.alone(), ThreadPoolExecutor(3) as pool:
            parts = [
                pool.submit(self._start_control_plane, report),
                pool.submit(self._start_database_and_prepare, report),
                pool.submit(installation.install_web_client, report),
            ]
            for part in parts:
                part.result()
            self._start_bss(report)
            self._start_operator(report)

    def down(self) -> None:
        """Stop all programs; the data stays."""
        with self.alone():
            self._stop()

    def reset(self) -> None:
        """Stop all programs and remove the data of this stack. What is costly to build stays in the cache."""
        with self.alone():
            self._stop()
            for entry in ("control-plane", "database", "bss", "operator"):
                shutil.rmtree(self.state / entry, ignore_errors=True)
            self.kubeconfig.unlink(missing_ok=True)

    def status(self) -> list[Part]:
        """What runs, where, and where its log is."""
        parts = [_part(daemon) for daemon in self._control_plane_daemons()]
        if self.database_is_external:
            parts.append(Part(f"PostgreSQL ({URL_VARIABLE})", self.database.running, "", None))
        else:
            parts.append(_part(Daemon("postgresql", self.state / "database")))
        web, *others = self.bss.daemons
        parts += [_part(web, self.bss.url), *map(_part, others), _part(Daemon("operator", self.state / "operator"))]
        return parts

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the stack against a second `up`, `down` or `reset` at the same time."""
        with exclusive(
            self.state / "lock", busy="Another command is starting or stopping this stack now. Wait for it to end."
        ):
            yield

    def _start_control_plane(self, report: Report) -> None:
        with report.part("Kubernetes") as note:
            installation.install_control_plane(note)
            note("starting (usually 5 s)")
            control_plane = self.control_plane
            started = control_plane.start()
            shutil.copyfile(control_plane.kubeconfig, self.kubeconfig)
            self.kubeconfig.chmod(0o600)
            note(_told(started, f"at {control_plane.url}"))

    def _start_database_and_prepare(self, report: Report) -> None:
        with report.part("PostgreSQL") as note:
            note("starting (usually 2 s)")
            note(_told(self.database.start(), "answers"))
        with report.part("BSS data") as note:
            note("preparing (usually 2 min the first time, then seconds)")
            note("prepared" if self.bss.prepare(_prefixed(note)) else "already prepared")

    def _start_bss(self, report: Report) -> None:
        with report.part("BSS") as note:
            note("starting (usually 10 s)")
            # Its port was free when the preparation began, minutes ago.
            self.bss = Bss(self.state / "bss", self.database)
            note(_told(self.bss.start(), f"at {self.bss.url}"))

    def _start_operator(self, report: Report) -> None:
        with report.part("Operator") as note:
            note("starting (usually 3 s)")
            operator = self.operator
            operator.install()
            note(_told(operator.start(), "runs"))

    def _stop(self) -> None:
        # The operator first, so that it does not report a BSS that is only being stopped.
        Daemon("operator", self.state / "operator").stop()
        self.bss.stop()
        for daemon in reversed(self._control_plane_daemons()):
            daemon.stop()
        self.database.stop()

    def _control_plane_daemons(self) -> list[Daemon]:
        """As `control_plane.daemons`, for looking and stopping: that needs no programs to be found or built."""
        return [
            Daemon(name, self.state / "control-plane") for name in ("etcd", "kube-apiserver", "kube-controller-manager")
        ]


def _part(daemon: Daemon, address: str = "") -> Part:
    return Part(daemon.name, daemon.running, address, daemon.log)


def _told(started: bool, what: str) -> str:
    return f"started, {what}" if started else f"was running, {what}"


def _prefixed(note: Note) -> Note:
    return lambda text: note(f"{text} (usually 2 min the first time, then seconds)")
