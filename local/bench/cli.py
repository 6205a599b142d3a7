"""`python -m local.bench`: run the benchmark; exit code 1 when a limit is missed."""

from __future__ import annotations

import asyncio
import platform
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import click
import psutil
import uvloop
from rich.console import Console

from local.bench.limits import PhaseName
from local.bench.phases import Phase, choose
from local.bench.report import Outcome, median, show
from local.bench.world import World
from local.errors import LocalError

_SIZES: dict[PhaseName, tuple[int, ...]] = {
    PhaseName.ONE_BY_ONE: (200,),
    PhaseName.AT_ONCE: (1_000, 5_000),
    PhaseName.UPDATE: (1_000,),
    PhaseName.NO_OP: (1_000,),
    PhaseName.QUIET: (1_000,),
    PhaseName.OUTAGE: (200,),
    PhaseName.DELETE: (1_000,),
    PhaseName.RESTART: (10_000,),
}
_QUICK: dict[PhaseName, tuple[int, ...]] = dict.fromkeys(PhaseName, (100,))


@click.command()
@click.option(
    "--phase",
    "names",
    type=click.Choice([str(name) for name in PhaseName]),
    multiple=True,
    help="Only this phase; may be repeated.",
)
@click.option("--objects", type=click.IntRange(2, 50_000), help="Number of objects of each phase.")
@click.option("--quick", is_flag=True, help="100 objects a phase and 10 s of quiet: to try it, not to measure.")
@click.option("--runs", type=click.IntRange(1, 20), default=1, show_default=True, help="Repeat, and show medians.")
@click.option("--slots", type=click.IntRange(1, 1000), default=32, show_default=True, help="Processes at once.")
@click.option("--generated-secrets", is_flag=True, help="Let the operator make a Secret for each object.")
@click.option(
    "--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="Append the JSON lines to a file."
)
def main(
    names: tuple[str, ...],
    objects: int | None,
    quick: bool,
    runs: int,
    slots: int,
    generated_secrets: bool,
    file: Path | None,
) -> None:
    """Measure the operator with a real API server and etcd, and the contract's fake BSS, which answers at once."""
    sizes = dict.fromkeys(PhaseName, (objects,)) if objects else _QUICK if quick else _SIZES
    phases = choose(map(PhaseName, names or tuple(PhaseName)), sizes, 10.0 if quick else 60.0)
    settings = {"TENANT_RESELLER_PROCESS_SLOTS": str(slots), "TENANT_RESELLER_BSS_CALLS": str(slots)}
    console = Console(highlight=False)
    outcomes: defaultdict[Phase, list[Outcome]] = defaultdict(list)

    def tell(outcome: Outcome) -> None:
        show(console, outcome)
        line = outcome.line(_machine())
        click.echo(line)
        if file is not None:
            with file.open("a") as lines:
                lines.write(f"{line}\n")

    async def measure() -> None:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            async with World(Path(folder), settings, generated=generated_secrets) as world:
                for phase in phases:
                    outcome = Outcome(phase, await phase.run(world, phase.objects))
                    outcomes[phase].append(outcome)
                    tell(outcome)

    try:
        for _ in range(runs):
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(measure())
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    final = [median(of_phase) for of_phase in outcomes.values()]
    if runs > 1:
        console.rule(f"Medians of {runs} runs")
        for outcome in final:
            tell(outcome)
    missed = [
        f"{outcome.phase.title}: {figure} is {outcome.figures[figure]:.1f}, must be {limit}"
        for outcome in final
        for figure, limit in outcome.missed
    ]
    for line in missed:
        console.print(line, style="bold red")
    sys.exit(1 if missed else 0)


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{psutil.cpu_count()} cores, {system}, load {psutil.getloadavg()[0]:.1f}"
