"""Programs that keep running after the command that started them has ended."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local.errors import LocalError

LOG_LIMIT = 20_000_000
"""Bytes after which a log is moved aside at the next start."""

_POLL = 0.1
_SAME_START = 1.0
"""Seconds by which two readings of one process's start may differ: the clock may have been adjusted in between."""

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_CACHE_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Command:
    """How a program is started.

    The environment is `environment` and a few neutral variables, never all of the caller's: a KUBECONFIG of the person
    at the terminal must not reach a program of the stack.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    version: str = ""
    """Mark of the code that runs; a program started from other code is started anew."""
    shutdown: signal.Signals = signal.SIGTERM
    shutdown_seconds: float = 30.0

    def full_environment(self) -> dict[str, str]:
        """The environment that the program sees."""
        kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {"LANG": "C.UTF-8", **kept, **self.environment}

    def digest(self) -> str:
        """Mark of everything that decides what runs; it gives away no secret."""
        facts = (self.arguments, sorted(self.environment.items()), str(self.directory), self.version)
        return hashlib.sha256(repr(facts).encode()).hexdigest()


_UNKNOWN = Command(())


class Daemon:
    """One program in the background, known by a file that survives this process.

    Without a command it can be looked at and stopped, not started.
    The file holds the process id and the moment of its start, so that another program that was given the same id later
    is never taken for ours. Signals go to the program's whole process group.
    """

    def __init__(self, name: str, directory: Path, command: Command = _UNKNOWN) -> None:
        self.name = name
        self.command = command
        self.log = directory / "logs" / f"{name}.log"
        self._pid_file = directory / "run" / f"{name}.json"

    @property
    def process(self) -> psutil.Process | None:
        """The running process, or None."""
        record = self._record()
        try:
            process = psutil.Process(int(record["pid"]))
            same = abs(process.create_time() - float(record["started"])) < _SAME_START
            # Killed with many threads, it is a zombie while some of them still hold its port: then it is not gone yet.
            if same and process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1:
                _collect(process)
                return None
            return process if same else None
        except (KeyError, psutil.NoSuchProcess):
            return None

    @property
    def running(self) -> bool:
        """Whether the program runs now."""
        return self.process is not None

    def start(self) -> bool:
        """Start the program unless it runs as it should. Answers whether it was started now.

        One that runs with other arguments, settings or code than it should have now is replaced.
        """
        digest = self.command.digest()
        if self.running:
            if self._record()["command"] == digest:
                return False
            self.stop()
        self._end_orphans()
        for folder in (self.log.parent, self._pid_file.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            child = subprocess.Popen(  # noqa: S603 - the arguments are ours, no shell is involved
                self.command.arguments,
                env=self.command.full_environment(),
                cwd=self.command.directory,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
        started = psutil.Process(child.pid).create_time()
        scratch = self._pid_file.with_suffix(".new")
        scratch.write_text(json.dumps({"pid": child.pid, "started": started, "command": digest}))
        scratch.replace(self._pid_file)
        # Popen must not wait for it: the program outlives this object; psutil collects it where it is still our child.
        child.returncode = 0
        return True

    def wait_until(self, ready: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait until `ready`.

        A program that ends meanwhile, or that takes longer, is an error with the end of its log.
        """
        deadline = time.monotonic() + seconds
        while True:
            is_ready = ready()
            # Asked after the look: it may have been answered by another program that has our port.
            if not self.running:
                raise LocalError(f"{self.name} ended while it was starting.", self.log_hint())
            if is_ready:
                return
            if time.monotonic() > deadline:
                raise LocalError(f"{self.name}: {what} did not come true within {seconds:.0f} s.", self.log_hint())
            self._gone_within(_POLL)

    def stop(self) -> None:
        """Ask the program to end, and kill it if it does not within its time."""
        process = self.process
        if process is None:
            self._end_orphans()
            return
        self.thaw()
        self._signal(self.command.shutdown)
        if not self._gone_within(self.command.shutdown_seconds):
            self.kill()
        # The program has ended; helpers of it that did not listen must not keep running without it.
        _signal_group(process.pid, signal.SIGKILL)
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the program at once, as a crash or a power failure would."""
        self._signal(signal.SIGKILL)
        self._gone_within(10)

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Hold the program: it keeps its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a held program go on."""
        self._signal(signal.SIGCONT)

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the program's log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def log_hint(self) -> str:
        """Where the log is, and its end."""
        return f"The end of {self.log}:\n{self.log_tail()}"

    def _record(self) -> dict[str, str]:
        if not self._pid_file.exists():
            return {}
        return {name: str(value) for name, value in json.loads(self._pid_file.read_text()).items()}

    def _end_orphans(self) -> None:
        """End helpers of a program that was killed: they would hold its port, or its place in a queue.

        No other program can have the group: the kernel gives no number of a group that still has members.
        """
        record = self._record()
        if record and not psutil.pid_exists(int(record["pid"])):
            _signal_group(int(record["pid"]), signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        process = self.process
        if process is not None:
            _signal_group(process.pid, number)

    def _gone_within(self, seconds: float) -> bool:
        process = self.process
        if process is None:
            return True
        try:
            process.wait(timeout=seconds)
        except psutil.TimeoutExpired:
            return not self.running
        return True


def _collect(ended: psutil.Process) -> None:
    """Take an ended child of ours out of the process table; one of another parent is that parent's to collect."""
    try:
        ended.wait(timeout=0)
    except psutil.TimeoutExpired:
        return


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def stop_all(daemons: Iterable[Daemon]) -> None:
    """Stop programs in the given order."""
    for daemon in daemons:
        daemon.stop()
