"""Metrics for Prometheus.

Those about visits and queue have the names that controller-runtime gives them, so that dashboards and alerts for other
operators fit; the others begin with `tenant_reseller_`. Labels only have values from the code: no object, account or
message ever becomes one. `declared` is the table that `docs/reference/metrics.md` is made from.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics import MetricWrapperBase
from tenant_provisioning.models import ProcessState

from tenant_reseller.process import has_begun
from tenant_reseller.resource import Process, Status

from .census import Census

CONTROLLER = "tenantreseller"
"""Value of the labels `controller` and `name`: there is one controller and one queue."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LONG = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
MetricT = TypeVar("MetricT", bound=MetricWrapperBase)


@dataclass(frozen=True, slots=True)
class Declared:
    """One family of metrics, as the reference page shows it."""

    name: str
    """Name of the samples; of a histogram, without `_bucket`, `_sum` and `_count`."""
    kind: str
    labels: tuple[str, ...]
    meaning: str


class Metrics:
    """All metrics of one operator."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.declared: list[Declared] = []
        self.watch_ages: Callable[[], Mapping[str, float]] = dict
        """Tells, by resource, how long its watches were silent."""
        self.census = Census()

        controller = ("controller",)
        queue = ("name",)
        self.visits = self._add(
            Counter,
            "controller_runtime_reconcile_total",
            "Visits by result: success, requeue_after (it comes again for work of the BSS or after trouble), error.",
            (*controller, "result"),
        )
        self.visit_errors = self._add(
            Counter,
            "controller_runtime_reconcile_errors_total",
            "Visits that ended with an error of the API server or of the operator itself. Trouble that the status "
            "tells, such as an unreachable BSS, is none.",
            controller,
        ).labels(CONTROLLER)
        self.visit_seconds = self._histogram(
            "controller_runtime_reconcile_time_seconds",
            "Duration of a visit, without the time in the queue.",
            controller,
            _SHORT,
        ).labels(CONTROLLER)
        self.active = self._add(Gauge, "controller_runtime_active_workers", "Visits under way.", controller).labels(
            CONTROLLER
        )
        self.most_at_once = self._add(
            Gauge,
            "controller_runtime_max_concurrent_reconciles",
            "Processes that may run at once (`TENANT_RESELLER_PROCESS_SLOTS`).",
            controller,
        ).labels(CONTROLLER)
        self.queue_depth = self._add(Gauge, "workqueue_depth", "Processes that wait for a slot.", queue).labels(
            CONTROLLER
        )
        self.queue_adds = self._add(
            Counter, "workqueue_adds_total", "Processes that have asked for a slot.", queue
        ).labels(CONTROLLER)
        self.queue_seconds = self._histogram(
            "workqueue_queue_duration_seconds", "Time that a process waited for its slot.", queue, _LONG
        ).labels(CONTROLLER)
        self.retries = self._add(
            Counter, "workqueue_retries_total", "Visits after which the operator tries again by itself.", queue
        ).labels(CONTROLLER)

        self.processes = self._add(
            Counter,
            "tenant_reseller_processes_total",
            "Processes that have ended, by type and outcome: completed, failed (each time that it fails anew), "
            "superseded.",
            ("type", "outcome"),
        )
        self.process_seconds = self._histogram(
            "tenant_reseller_process_duration_seconds",
            "Time from the start of a process to its completion, with all retries.",
            ("type",),
            _LONG,
        )
        self.phase_seconds = self._histogram(
            "tenant_reseller_phase_duration_seconds",
            "Time that the operator spent on a phase that had work: its calls to the BSS.",
            ("phase", "outcome"),
            _SHORT,
        )
        self.bss_requests = self._add(
            Counter,
            "tenant_reseller_bss_requests_total",
            "Calls to the BSS by template of the path and status; `none`: no answer.",
            ("method", "path", "status"),
        )
        self.bss_seconds = self._histogram(
            "tenant_reseller_bss_request_duration_seconds",
            "Duration of a call to the BSS, without the wait for its turn.",
            ("method", "path"),
            _SHORT,
        )
        self.status_writes = self._add(
            Counter, "tenant_reseller_status_writes_total", "Status writes that the API server took.", ()
        )
        self.events = self._add(
            Counter,
            "tenant_reseller_events_total",
            "Kubernetes events by what became of them: written, counted (in a series), dropped (too many), failed.",
            ("fate",),
        )
        self.leader = self._add(
            Gauge, "tenant_reseller_leader", "1 while this operator works, 0 while another one has the Lease.", ()
        )
        self._watch_seconds = self._add(
            Gauge,
            "tenant_reseller_watch_idle_seconds",
            "Seconds since a watch last heard something, or asked for something.",
            ("resource",),
        )
        build = self._add(Gauge, "tenant_reseller_build_info", "Always 1.", ("version", "python"))
        build.labels(_version(), platform.python_version()).set(1)
        self._declare("tenant_reseller_resellers", "gauge", ("edition", "condition", "status"), self.census.MEANING)
        self.registry.register(self.census)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def end_of_term(self) -> None:
        """Another replica works from now on: what this one knew of the resellers is no longer true."""
        self.leader.set(0)
        self.watch_ages = dict
        self.census.clear()

    def status_written(self, before: Status, after: Status) -> None:
        """Count what has happened to processes between two statuses."""
        self.status_writes.inc()
        for process, outcome in _ends(before, after):
            self.processes.labels(process.type, outcome).inc()
            if outcome == "completed" and process.started_at is not None and process.finished_at is not None:
                seconds = (process.finished_at - process.started_at).total_seconds()
                self.process_seconds.labels(process.type).observe(max(seconds, 0.0))

    def text(self) -> str:
        """All metrics in the text format of Prometheus."""
        self._watch_seconds.clear()
        for resource, seconds in self.watch_ages().items():
            self._watch_seconds.labels(resource).set(seconds)
        return generate_latest(self.registry).decode()

    def _add(self, kind: type[MetricT], name: str, meaning: str, labels: tuple[str, ...]) -> MetricT:
        self._declare(name, kind.__name__.lower(), labels, meaning)
        return kind(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, labels: tuple[str, ...], buckets: Sequence[float]) -> Histogram:
        self._declare(name, "histogram", labels, meaning)
        return Histogram(name, meaning, labels, registry=self.registry, buckets=buckets)

    def _declare(self, name: str, kind: str, labels: tuple[str, ...], meaning: str) -> None:
        self.declared.append(Declared(name, kind, labels, meaning))


def _ends(before: Status, after: Status) -> Iterator[tuple[Process, str]]:
    old, new = before.process, after.process
    if new is None:
        return
    if old is not None and old.id != new.id:
        if has_begun(old):
            yield old, "superseded"
        old = None
    was = None if old is None else old.state
    if new.state is not was:
        if new.state is ProcessState.COMPLETED:
            yield new, "completed"
        elif new.state is ProcessState.FAILED:
            yield new, "failed"


def _version() -> str:
    try:
        return version("tenant-reseller-operator")
    except PackageNotFoundError:
        return "unknown"
