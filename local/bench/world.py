"""The world of a benchmark: API server, etcd, fake BSS and operator as processes, and what the phases do with it."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from local import binaries
from local.bench.client import NAMESPACE, Client, Watcher
from local.bench.limits import Figure
from local.bench.meters import Cpu, Writes, forget_peak, peak
from local.control_plane import ControlPlane
from local.fake_bss import FakeBss
from local.kubectl import Kubectl
from local.operator import Operator
from local.resellers import manifest

_SECRET = "administrators"  # noqa: S105 - the name of a Secret
_PASSWORD = "Windward-Harbour-48"  # noqa: S105 - of nobody: the fake forgets it with the benchmark
_GO = {"GOGC": "400"}
"""Go's runtime looks for garbage less often: there is memory, and the cores are what all of them share."""
_SECONDS_PER_OBJECT = 1.0
"""After so long for each object, and a minute, the benchmark gives up."""


class World:
    """Everything that runs. `generated`: the operator makes each object's Secret; else all refer to one that exists."""

    def __init__(self, directory: Path, settings: Mapping[str, str], *, generated: bool = False) -> None:
        self.plane = ControlPlane(
            directory / "control-plane",
            binaries.ensure(),
            durable=False,
            audit=True,
            controllers=False,
            environment=_GO,
        )
        self.fake = FakeBss(directory / "fake")
        self.operator = Operator(directory / "operator", self.plane, self.fake.url, self.fake.api_key, settings)
        self.writes = Writes(self.plane.audit_log)
        self.client = Client(self.plane)
        self.watcher: Watcher
        self._generated = generated
        self._numbers = itertools.count()
        self._programs = ExitStack()
        self._connections = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            self._start()
            await self._connections.enter_async_context(self.client)
            self.watcher = await self._connections.enter_async_context(Watcher(self.client))
        except BaseException:
            self._programs.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connections.aclose()
        self._programs.close()

    def manifests(self, count: int) -> list[dict[str, Any]]:
        """New resellers, of accounts that have none yet."""
        made = []
        for number in itertools.islice(self._numbers, count):
            item = manifest(f"L-{number}", number, NAMESPACE)
            if not self._generated:
                item["spec"]["administrator"]["passwordSecretRef"] = {"name": _SECRET}
            made.append(item)
        return made

    async def ensure(self, count: int) -> list[str]:
        """Names of so many Ready resellers; what is missing is created, what is too many deleted."""
        names = sorted(self.watcher.names)
        await self.remove(names[count:])
        await self.add(max(count - len(names), 0))
        return sorted(self.watcher.names)

    async def add(self, count: int) -> dict[str, tuple[float, float]]:
        """Create so many and wait until all are Ready; answers when each was asked for, and seen Ready."""
        sent = await self.client.create(self.manifests(count))
        await self.watcher.until_ready(dict.fromkeys(sent, 1), seconds=patience(count))
        return {name: (moment, self.watcher.ready[name][0]) for name, moment in sent.items()}

    async def remove(self, names: list[str]) -> None:
        """Delete these and wait until they are gone."""
        await self.client.delete(names)
        await self.watcher.until_gone(names, seconds=patience(len(names)))

    async def restart_operator(self) -> float:
        """Answers the seconds that the start took, until the operator said that it is ready."""
        await asyncio.to_thread(self.operator.stop)
        started = time.monotonic()
        await asyncio.to_thread(self.operator.start)
        return time.monotonic() - started

    async def until_looked_at(self, count: int) -> None:
        """Wait until the operator has asked the BSS about so many organizations since `forget_calls`."""
        deadline = time.monotonic() + patience(count)
        while self._calls("GET")["calls"].get("organization", 0) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{count} organizations were not looked at")
            await asyncio.sleep(0.5)

    def forget_calls(self) -> None:
        """Count the calls to the BSS anew."""
        self._calls("DELETE")

    @contextmanager
    def measured(self, objects: int, figures: dict[Figure, float]) -> Iterator[None]:
        """Put into `figures` what the processes use and write within the block, for each object."""
        self.writes.take()
        forget_peak(self.operator.daemon)
        before = self._cpu()
        yield
        used = self._cpu().since(before)
        # What is written after the last object was Ready counts too.
        time.sleep(1.5)
        written = self.writes.take()
        own = sum(count for target, count in written.items() if target.startswith("tenantresellers"))
        figures[Figure.WRITES] = own / objects
        figures[Figure.OTHER_WRITES] = (written.total() - own) / objects
        for figure, name in (
            (Figure.OPERATOR_CPU, "operator"),
            (Figure.API_SERVER_CPU, "api-server"),
            (Figure.ETCD_CPU, "etcd"),
            (Figure.BSS_CPU, "fake-bss"),
            (Figure.BENCH_CPU, "bench"),
        ):
            figures[figure] = 1000 * used.get(name, 0.0) / objects
        figures[Figure.PEAK] = peak(self.operator.daemon)

    def _cpu(self) -> Cpu:
        return Cpu.of(
            {
                "operator": self.operator.daemon,
                "api-server": self.plane.apiserver,
                "etcd": self.plane.etcd,
                "fake-bss": self.fake.daemon,
            }
        )

    def _start(self) -> None:
        for program in (self.plane, self.fake, self.operator):
            self._programs.callback(program.stop)
        self.plane.start()
        self.fake.start()
        kubectl = Kubectl(self.plane.kubeconfig)
        self.operator.install()
        kubectl("create", "namespace", NAMESPACE)
        kubectl(
            *("--namespace", NAMESPACE, "create", "secret", "generic", _SECRET),
            f"--from-literal=password={_PASSWORD}",
        )
        self.operator.start()

    def _calls(self, method: str) -> Any:
        request = urllib.request.Request(f"{self.fake.url}/_world/calls", method=method)  # noqa: S310 - our own fake
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None


def patience(count: int) -> float:
    """Seconds after which work on so many objects counts as lost."""
    return 60 + count * _SECONDS_PER_OBJECT
