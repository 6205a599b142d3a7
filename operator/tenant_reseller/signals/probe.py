"""The places of the work that are measured, logged with their context, and traced: visit, phase, BSS call, queue."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from structlog.contextvars import bound_contextvars
from tenant_provisioning.errors import ProvisioningError
from tenant_provisioning.watching import Call

from tenant_reseller.resource import Process
from tenant_reseller.subject import Subject

from .metrics import CONTROLLER, Metrics
from .tracing import NoTracing, Tracing

logger = logging.getLogger(__name__)


class PhaseProbe(Protocol):
    """Watches the phases of a visit."""

    def phase(self, task: str, process: Process) -> AbstractContextManager[object]:
        """A phase with work, while the context is entered."""
        ...


class NoProbe:
    """Watches nothing."""

    def phase(self, task: str, process: Process) -> AbstractContextManager[object]:
        """Nothing."""
        return nullcontext()


class VisitOutcome:
    """What a visit came to; the visitor sets it. An error that leaves the visit needs no word."""

    __slots__ = ("again",)

    def __init__(self) -> None:
        self.again = False
        """Whether the tenant is to be visited again soon: for work of the BSS, or after trouble."""


class Probe:
    """Watches the operator's work; implements `PhaseProbe` and, with `call`, the client's `CallWatcher`."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self.metrics = metrics
        self._tracing = tracing or NoTracing()

    @contextmanager
    def visit(self, subject: Subject) -> Iterator[VisitOutcome]:
        """One visit, without the time in the queue."""
        outcome = VisitOutcome()
        result = ""
        metrics = self.metrics
        started = time.perf_counter()
        attributes = {"k8s.namespace.name": subject.namespace, "tenant_reseller.name": subject.name}
        attributes["tenant_reseller.uid"] = subject.uid
        metrics.active.inc()
        try:
            with self._tracing.span("visit", attributes):
                yield outcome
            result = "requeue_after" if outcome.again else "success"
        except Exception:
            result = "error"
            metrics.visit_errors.inc()
            raise
        finally:
            metrics.active.dec()
            if result:  # else it was cancelled, since the object is gone or the operator ends
                metrics.visits.labels(CONTROLLER, result).inc()
                metrics.visit_seconds.observe(time.perf_counter() - started)

    @contextmanager
    def phase(self, task: str, process: Process) -> Iterator[None]:
        """A phase with work."""
        outcome = "failed"
        started = time.perf_counter()
        attributes = {"tenant_reseller.process.id": process.id, "tenant_reseller.process.type": str(process.type)}
        try:
            with (
                bound_contextvars(process=process.id, process_type=str(process.type), phase=task),
                self._tracing.span(task, attributes),
            ):
                yield
            outcome = "done"
        finally:
            self.metrics.phase_seconds.labels(task, outcome).observe(time.perf_counter() - started)

    @contextmanager
    def call(self, call: Call) -> Iterator[None]:
        """A call to the BSS. One that is cancelled is not counted: that says nothing about the BSS."""
        cancelled = False
        started = time.perf_counter()
        attributes = {"http.request.method": call.method, "url.template": call.path, "request.id": call.request_id}
        try:
            with self._tracing.span(f"{call.method} {call.path}", attributes, remote=True) as span:
                self._tracing.inject(call.headers)
                try:
                    yield
                finally:
                    span.note("http.response.status_code", call.status or 0)
        except asyncio.CancelledError:
            cancelled = True
            raise
        except ProvisioningError as error:
            self._log(logging.INFO, call, started, error.message)
            raise
        else:
            if logger.isEnabledFor(logging.DEBUG):
                self._log(logging.DEBUG, call, started, "done")
        finally:
            if not cancelled:
                status = str(call.status) if call.status is not None and 100 <= call.status < 600 else "none"
                self.metrics.bss_requests.labels(call.method, call.path, status).inc()
                self.metrics.bss_seconds.labels(call.method, call.path).observe(time.perf_counter() - started)

    @contextmanager
    def queued(self) -> Iterator[None]:
        """A process that asks for a slot and waits for it."""
        started = time.perf_counter()
        metrics = self.metrics
        metrics.queue_adds.inc()
        metrics.queue_depth.inc()
        try:
            yield
        finally:
            metrics.queue_depth.dec()
            metrics.queue_seconds.observe(time.perf_counter() - started)

    def _log(self, level: int, call: Call, started: float, outcome: str) -> None:
        extra = {
            "request_id": call.request_id,
            "status": call.status,
            "milliseconds": round(1000 * (time.perf_counter() - started), 1),
        }
        logger.log(level, "BSS %s %s: %s", call.method, call.path, outcome, extra=extra)
