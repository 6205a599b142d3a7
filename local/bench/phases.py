"""The phases: each brings the world into its state, measures, and answers its figures."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from local.bench.limits import Figure, PhaseName
from local.bench.meters import peak, resident
from local.bench.world import World, patience

Figures = dict[Figure, float]
_OUTAGE_SECONDS = 15.0
_AFTER_RESTART_SECONDS = 10.0


@dataclass(frozen=True)
class Phase:
    """A phase with the number of objects that it is measured with."""

    name: PhaseName
    objects: int
    run: Callable[[World, int], Awaitable[Figures]]

    @property
    def title(self) -> str:
        """Name and size."""
        return f"{self.name} {self.objects:,}"


async def one_by_one(world: World, count: int) -> Figures:
    """Create objects one after the other: the next one when the last one is Ready."""
    figures: Figures = {}
    latencies = []
    await world.add(3)  # connections are made, code is loaded
    with world.measured(count, figures):
        for _ in range(count):
            latencies += _latencies(await world.add(1))
    return figures | _quantiles(latencies)


async def at_once(world: World, count: int) -> Figures:
    """Create all objects as fast as the API server takes them."""
    await world.ensure(0)
    await world.restart_operator()
    figures: Figures = {}
    with world.measured(count, figures):
        times = await world.add(count)
    seconds = max(ready for _, ready in times.values()) - min(sent for sent, _ in times.values())
    return figures | {Figure.THROUGHPUT: count / seconds} | _quantiles(_latencies(times))


async def update(world: World, count: int) -> Figures:
    """Change one field of all objects."""
    names = await world.ensure(count)
    figures: Figures = {}
    started = time.monotonic()
    with world.measured(count, figures):
        generations = await world.client.patch(names, {"spec": {"displayName": f"Renamed {started:.0f}"}})
        last = await world.watcher.until_ready(generations, seconds=patience(count))
    return figures | {Figure.THROUGHPUT: count / (last - started)}


async def no_op(world: World, count: int) -> Figures:
    """Label all objects, restart the operator, and let it look at each of them: nothing is to be written."""
    names = await world.ensure(count)
    figures: Figures = {}
    with world.measured(count, figures):
        await world.client.patch(names, {"metadata": {"labels": {"bench": "seen"}}})
        world.forget_calls()
        await world.restart_operator()
        await world.until_looked_at(count)
    return figures


async def quiet(world: World, count: int, *, seconds: float) -> Figures:
    """Leave everything alone."""
    await world.ensure(count)
    figures: Figures = {}
    with world.measured(count, figures):
        await asyncio.sleep(seconds)
    figures[Figure.OPERATOR_LOAD] = figures.pop(Figure.OPERATOR_CPU) * count / seconds
    return _without_shares(figures)


async def outage(world: World, count: int) -> Figures:
    """Kill the API server in the middle of creating objects, and start it again after a while."""
    await world.ensure(0)
    figures: Figures = {}
    with world.measured(count, figures):
        sent = await world.client.create(world.manifests(count))
        await world.watcher.until_ready(dict.fromkeys(list(sent)[: count // 4], 1), seconds=patience(count))
        await asyncio.to_thread(world.plane.apiserver.kill)
        await asyncio.sleep(_OUTAGE_SECONDS)
        await asyncio.to_thread(world.plane.start)
        back = time.monotonic()
        await world.watcher.until_ready(dict.fromkeys(sent, 1), seconds=patience(count))
        figures[Figure.RECOVERY] = time.monotonic() - back
    return figures


async def delete(world: World, count: int) -> Figures:
    """Delete all objects: the BSS marks the organizations as deleted."""
    names = await world.ensure(count)
    figures: Figures = {}
    started = time.monotonic()
    with world.measured(count, figures):
        await world.remove(names)
        seconds = time.monotonic() - started
    return figures | {Figure.THROUGHPUT: count / seconds}


async def restart(world: World, count: int) -> Figures:
    """Start the operator where many objects are as declared."""
    await world.ensure(count)
    figures: Figures = {}
    with world.measured(count, figures):
        figures[Figure.START] = await world.restart_operator()
        await asyncio.sleep(_AFTER_RESTART_SECONDS)
    figures[Figure.RESIDENT] = resident(world.operator.daemon)
    figures[Figure.PEAK] = peak(world.operator.daemon)
    return figures


def choose(names: Iterable[PhaseName], sizes: Mapping[PhaseName, tuple[int, ...]], quiet_seconds: float) -> list[Phase]:
    """The phases of a run, in their order."""

    async def quiet_for(world: World, count: int) -> Figures:
        return await quiet(world, count, seconds=quiet_seconds)

    runs: dict[PhaseName, Callable[[World, int], Awaitable[Figures]]] = {
        PhaseName.ONE_BY_ONE: one_by_one,
        PhaseName.AT_ONCE: at_once,
        PhaseName.UPDATE: update,
        PhaseName.NO_OP: no_op,
        PhaseName.QUIET: quiet_for,
        PhaseName.OUTAGE: outage,
        PhaseName.DELETE: delete,
        PhaseName.RESTART: restart,
    }
    wanted = set(names)
    return [Phase(name, size, run) for name, run in runs.items() if name in wanted for size in sizes[name]]


def _latencies(times: Mapping[str, tuple[float, float]]) -> list[float]:
    return [ready - sent for sent, ready in times.values()]


def _quantiles(seconds: list[float]) -> Figures:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {Figure.P50: 1000 * statistics.median(seconds), Figure.P95: 1000 * cuts[-1]}


def _without_shares(figures: Figures) -> Figures:
    """Without CPU times for each object: none of them did anything."""
    shares = {Figure.API_SERVER_CPU, Figure.ETCD_CPU, Figure.BSS_CPU, Figure.BENCH_CPU}
    return {figure: value for figure, value in figures.items() if figure not in shares}
