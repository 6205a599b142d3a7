"""What is read from outside: CPU time and memory of processes, and writes from the API server's audit log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.bench.client import NAMESPACE
from local.operator import SERVICE_ACCOUNT
from local.processes import Daemon


@dataclass(frozen=True)
class Cpu:
    """Seconds of CPU time, user and system, of each process so far; by name, with its id."""

    seconds: Mapping[str, tuple[int, float]]

    @classmethod
    def of(cls, daemons: Mapping[str, Daemon]) -> Cpu:
        """Of these programs and of this process."""
        running = {name: daemon.process for name, daemon in daemons.items()}
        processes = {**running, "bench": psutil.Process()}
        return cls({name: (process.pid, _seconds(process)) for name, process in processes.items() if process})

    def since(self, before: Cpu) -> dict[str, float]:
        """What was used since; of a program that was started anew meanwhile, all that it used."""
        used = {}
        for name, (pid, seconds) in self.seconds.items():
            old_pid, old_seconds = before.seconds.get(name, (pid, 0.0))
            used[name] = seconds - old_seconds if pid == old_pid else seconds
        return used


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def resident(daemon: Daemon) -> float:
    """MB that are in memory now."""
    return _status(daemon, "VmRSS")


def peak(daemon: Daemon) -> float:
    """MB that were in memory at most since the last `forget_peak`, or since the start."""
    return _status(daemon, "VmHWM")


def forget_peak(daemon: Daemon) -> None:
    """Measure the peak from now on."""
    process = daemon.process
    assert process is not None
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def _status(daemon: Daemon, field: str) -> float:
    process = daemon.process
    assert process is not None
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024 / 1e6
    raise ValueError(field)


class Writes:
    """Counts the operator's writes in the benchmark's namespace."""

    def __init__(self, audit_log: Path) -> None:
        self._log = audit_log
        self._offset = 0

    def take(self) -> Counter[str]:
        """By resource and subresource, since the last `take`."""
        found: Counter[str] = Counter()
        with self._log.open("rb") as log:
            log.seek(self._offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break  # it is being written
                self._offset += len(line)
                if SERVICE_ACCOUNT.encode() in line:
                    record = json.loads(line)
                    target = record["objectRef"]
                    if target["resource"] == "events":
                        continue  # best effort, and limited in their rate
                    if target.get("namespace") == NAMESPACE and record["user"]["username"].endswith(SERVICE_ACCOUNT):
                        found["/".join(filter(None, (target["resource"], target.get("subresource"))))] += 1
        return found
