"""The outcome of phases, for people and for machines."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from local.bench.limits import Figure, Limit, limit_of
from local.bench.phases import Phase


@dataclass(frozen=True)
class Outcome:
    """Figures of a phase; of several runs their medians."""

    phase: Phase
    figures: Mapping[Figure, float]
    runs: int = 1

    @property
    def missed(self) -> list[tuple[Figure, Limit]]:
        """Limits that were not kept."""
        return [
            (figure, limit) for figure, limit in self.limits.items() if limit and not limit.met(self.figures[figure])
        ]

    @property
    def limits(self) -> dict[Figure, Limit | None]:
        """The limit of each figure, where it has one."""
        return {figure: limit_of(self.phase.name, figure, self.phase.objects) for figure in self.figures}

    def line(self, machine: str) -> str:
        """One JSON object."""
        return json.dumps(
            {
                "phase": self.phase.name,
                "objects": self.phase.objects,
                "runs": self.runs,
                **{figure: round(value, 3) for figure, value in self.figures.items()},
                "missed": [figure for figure, _ in self.missed],
                "machine": machine,
            }
        )


def median(outcomes: Iterable[Outcome]) -> Outcome:
    """One outcome of several of the same phase."""
    runs = list(outcomes)
    figures = {figure: statistics.median(run.figures[figure] for run in runs) for figure in runs[0].figures}
    return Outcome(runs[0].phase, figures, len(runs))


def show(console: Console, outcome: Outcome) -> None:
    """A table for people."""
    runs = "" if outcome.runs == 1 else f", median of {outcome.runs} runs"
    table = Table(title=f"{outcome.phase.title} objects{runs}", title_justify="left", title_style="bold", min_width=60)
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("limit", justify="right")
    for figure, limit in outcome.limits.items():
        value = outcome.figures[figure]
        style = "" if limit is None else "green" if limit.met(value) else "bold red"
        table.add_row(figure.replace("_", " "), f"{value:,.1f}", str(limit or ""), style=style)
    console.print(table)
