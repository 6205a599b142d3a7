"""Tells what a worker has done: events and metrics, both from the statuses that were written."""

from __future__ import annotations

from tenant_reseller.resource import DeletionPolicy, Status
from tenant_reseller.signals import events
from tenant_reseller.signals.metrics import Metrics

from .event_recorder import EventRecorder, Regarding


class Teller:
    """One for all workers; it never waits for anything."""

    def __init__(self, recorder: EventRecorder, metrics: Metrics) -> None:
        self._recorder = recorder
        self._metrics = metrics

    def status_written(self, regarding: Regarding, before: Status, after: Status) -> None:
        """The API server has taken a status in place of another."""
        self._metrics.status_written(before, after)
        for event in events.changes(before, after):
            self._recorder.record(regarding, event)

    def removed(self, regarding: Regarding, policy: DeletionPolicy | None) -> None:
        """The BSS has confirmed the end of a tenant, and its object was let go."""
        self._recorder.record(regarding, events.removed(policy))

    def abandoned(self, regarding: Regarding) -> None:
        """An object was let go without asking the BSS."""
        self._recorder.record(regarding, events.abandoned())
