"""`python -m local.bench [N]`: create N resellers at once, with the real API server and the contract's fake BSS.

It measures the operator alone: the fake answers at once; what is left is the operator's own work and the API server's.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click
import psutil
from kubernetes import client, config, watch

from local import binaries
from local.control_plane import ControlPlane
from local.fake_bss import FakeBss
from local.kubectl import Kubectl
from local.operator import Operator
from local.resellers import manifest

_NAMESPACE = "bench"
_SECONDS_PER_OBJECT = 2.0
"""After so long for each object the bench gives up."""


@dataclass(frozen=True)
class Result:
    """What was measured. Times in seconds."""

    objects: int
    elapsed: float
    """From the first creation until the last object was Ready."""
    latencies: Sequence[float]
    """From the creation of an object until it was seen Ready."""
    operator_cpu: float
    api_server_cpu: float
    operator_memory: int
    """Resident bytes at the end."""
    writes: int
    """Writes of the operator that the API server counted."""

    def lines(self) -> Iterator[str]:
        """The result for people."""
        cuts = statistics.quantiles(self.latencies, n=20)
        yield f"objects           {self.objects}"
        yield f"throughput        {self.objects / self.elapsed:.1f} objects/s ({self.elapsed:.1f} s in all)"
        yield f"latency           p50 {statistics.median(self.latencies):.2f} s, p95 {cuts[-1]:.2f} s"
        yield f"operator CPU      {1000 * self.operator_cpu / self.objects:.1f} ms per object"
        yield f"API server CPU    {1000 * self.api_server_cpu / self.objects:.1f} ms per object"
        yield f"operator memory   {self.operator_memory / 2**20:.0f} MiB"
        yield f"writes            {self.writes / self.objects:.1f} per object"


def run(count: int, directory: Path, settings: Mapping[str, str]) -> Result:
    """Start control plane, fake and operator in a folder of their own, create the objects, and measure."""
    with ExitStack() as stack:
        plane = ControlPlane(directory / "control-plane", binaries.ensure(), durable=False, audit=True)
        stack.callback(plane.stop)
        plane.start()
        fake = FakeBss(directory / "fake")
        stack.callback(fake.stop)
        fake.start()
        operator = Operator(directory / "operator", plane, fake.url, fake.api_key, settings)
        stack.callback(operator.stop)
        operator.install()
        operator.start()
        kubectl = Kubectl(plane.kubeconfig)
        kubectl("create", "namespace", _NAMESPACE)

        worker, server = operator.daemon.process, plane.apiserver.process
        assert worker is not None
        assert server is not None
        before = _cpu(worker), _cpu(server)
        api = client.CustomObjectsApi(config.new_client_from_config(str(plane.kubeconfig)))
        started = time.monotonic()
        created = _create(api, count)
        ready = _await_ready(api, count)
        return Result(
            objects=count,
            elapsed=max(ready.values()) - started,
            latencies=[ready[name] - created[name] for name in created],
            operator_cpu=_cpu(worker) - before[0],
            api_server_cpu=_cpu(server) - before[1],
            operator_memory=worker.memory_info().rss,
            writes=_writes(plane),
        )


def _create(api: client.CustomObjectsApi, count: int) -> dict[str, float]:
    created = {}
    for number in range(count):
        body = manifest(f"L-{number}", number, _NAMESPACE)
        created[body["metadata"]["name"]] = time.monotonic()
        api.create_namespaced_custom_object("tenantreseller.io", "v1alpha1", _NAMESPACE, "tenantresellers", body)
    return created


def _await_ready(api: client.CustomObjectsApi, count: int) -> dict[str, float]:
    ready: dict[str, float] = {}
    deadline = time.monotonic() + 60 + count * _SECONDS_PER_OBJECT
    # The API server may end a watch at any time; the next one begins with all objects as they are then.
    while time.monotonic() < deadline:
        for event in watch.Watch().stream(
            api.list_namespaced_custom_object,
            *("tenantreseller.io", "v1alpha1", _NAMESPACE, "tenantresellers"),
            timeout_seconds=30,
        ):
            item = event["object"]
            conditions = item.get("status", {}).get("conditions", [])
            if any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions):
                ready.setdefault(item["metadata"]["name"], time.monotonic())
            if len(ready) == count:
                return ready
    raise click.ClickException(f"Only {len(ready)} of {count} became Ready.")


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _writes(plane: ControlPlane) -> int:
    records = (json.loads(line) for line in plane.audit_log.read_text().splitlines())
    return sum(
        record["user"]["username"].endswith(":tenant-reseller-operator")
        and record["objectRef"].get("namespace") == _NAMESPACE
        for record in records
    )


@click.command()
@click.argument("count", type=click.IntRange(2, 20_000), default=200)
@click.option("--slots", type=click.IntRange(1, 1000), default=32, show_default=True, help="Processes at once.")
def main(count: int, slots: int) -> None:
    """Create COUNT resellers at once and measure the operator."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        result = run(count, Path(folder), {"TENANT_RESELLER_PROCESS_SLOTS": str(slots)})
    for line in result.lines():
        click.echo(line)
    click.echo(f"on                {psutil.cpu_count()} cores, Python {sys.version.split()[0]}, {slots} slots")


if __name__ == "__main__":
    main()
