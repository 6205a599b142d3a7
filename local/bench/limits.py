"""The figures that must be reached; docs/performance.md tells what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Figure(StrEnum):
    """What is measured, with its unit; also the member of the JSON line."""

    THROUGHPUT = "objects_per_second"
    P50 = "ready_p50_ms"
    P95 = "ready_p95_ms"
    WRITES = "writes_per_object"
    OTHER_WRITES = "other_writes_per_object"
    """Of other resources: generated Secrets, events."""
    OPERATOR_CPU = "operator_cpu_ms_per_object"
    API_SERVER_CPU = "api_server_cpu_ms_per_object"
    ETCD_CPU = "etcd_cpu_ms_per_object"
    BSS_CPU = "fake_bss_cpu_ms_per_object"
    BENCH_CPU = "bench_cpu_ms_per_object"
    PEAK = "operator_peak_mb"
    RESIDENT = "operator_resident_mb"
    START = "start_seconds"
    RECOVERY = "recovery_seconds"
    OPERATOR_LOAD = "operator_cpu_ms_per_second"


class PhaseName(StrEnum):
    """Phases, in the order in which they run."""

    ONE_BY_ONE = "one-by-one"
    AT_ONCE = "at-once"
    UPDATE = "update"
    NO_OP = "no-op"
    QUIET = "quiet"
    OUTAGE = "outage"
    DELETE = "delete"
    RESTART = "restart"


@dataclass(frozen=True)
class Limit:
    """A figure's limit: at most, or with `least` at least, for runs of up to so many objects."""

    phase: PhaseName
    figure: Figure
    value: float
    least: bool = False
    objects: int = 10_000

    def met(self, value: float) -> bool:
        """Whether the value is within the limit."""
        return value >= self.value if self.least else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.value:g}"


LIMITS = (
    Limit(PhaseName.ONE_BY_ONE, Figure.P95, 50),
    Limit(PhaseName.ONE_BY_ONE, Figure.WRITES, 2),
    Limit(PhaseName.ONE_BY_ONE, Figure.OPERATOR_CPU, 8),
    Limit(PhaseName.AT_ONCE, Figure.THROUGHPUT, 100, least=True),
    Limit(PhaseName.AT_ONCE, Figure.OPERATOR_CPU, 8),
    Limit(PhaseName.AT_ONCE, Figure.PEAK, 130, objects=1_000),
    Limit(PhaseName.AT_ONCE, Figure.PEAK, 300, objects=5_000),
    Limit(PhaseName.UPDATE, Figure.WRITES, 1),
    Limit(PhaseName.NO_OP, Figure.WRITES, 0),
    Limit(PhaseName.QUIET, Figure.WRITES, 0),
    Limit(PhaseName.OUTAGE, Figure.RECOVERY, 30),
    Limit(PhaseName.DELETE, Figure.WRITES, 1),
    Limit(PhaseName.RESTART, Figure.START, 30),
    Limit(PhaseName.RESTART, Figure.WRITES, 0),
    Limit(PhaseName.RESTART, Figure.RESIDENT, 220),
)


def limit_of(phase: PhaseName, figure: Figure, objects: int) -> Limit | None:
    """The limit of a figure of a run of so many objects: the one for the least number that is not exceeded."""
    fitting = [limit for limit in LIMITS if (limit.phase, limit.figure) == (phase, figure) and objects <= limit.objects]
    return min(fitting, key=lambda limit: limit.objects, default=None)
