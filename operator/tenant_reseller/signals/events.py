"""Kubernetes events from the difference of two statuses: a pure function.

An event tells a change. What was told in the status before is not told again, so a restart, a repeated visit or a
failure that lasts emits nothing. All that happened between two writes of the status makes one event, or a few: a tenant
that is made at once has one, not eleven.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tenant_provisioning.models import ProcessState, ProcessType

from tenant_reseller.conditions import (
    REASONS,
    Condition,
    ConditionStatus,
    ConditionType,
    Cure,
    Reason,
)
from tenant_reseller.phases import PHASES
from tenant_reseller.resource import DeletionPolicy, Process, Status
from tenant_reseller.summary import NOT_YET_DONE

MAX_NOTE_BYTES = 1024
"""More is refused by the API server."""


class EventType(StrEnum):
    """How much it matters."""

    NORMAL = "Normal"
    WARNING = "Warning"


class EventReason(StrEnum):
    """Reasons of events beside those of conditions, which an event about trouble has."""

    PROCESS_STARTED = "ProcessStarted"
    PHASES_DONE = "PhasesDone"
    PROCESS_COMPLETED = "ProcessCompleted"
    NOT_RETROACTIVE = "NotRetroactive"
    TENANT_REMOVED = "TenantRemoved"
    ABANDONED = "Abandoned"


EVENTS = {
    EventReason.PROCESS_STARTED: "A process was started and goes on. One that ends at once has only its end told.",
    EventReason.PHASES_DONE: "These phases were done since the status was last written.",
    EventReason.PROCESS_COMPLETED: "A process was completed, with the phases that were done since the last event.",
    EventReason.NOT_RETROACTIVE: "spec.separateInvoices was changed for a tenant that exists: it counts only for "
    "customers that are copied up from now on.",
    EventReason.TENANT_REMOVED: "The BSS has confirmed the end, and the object goes.",
    EventReason.ABANDONED: "The object went by its annotation; the BSS was not asked and keeps the tenant.",
}
"""What each of them means."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one object."""

    type: EventType
    reason: str
    action: str
    """What was being done: the type of the process."""
    note: str


def changes(before: Status, after: Status) -> tuple[Event, ...]:
    """The events that tell what has happened between two statuses of an object, in the order in which it did."""
    process = after.process
    trouble = _trouble(after)
    told = _trouble(before)
    action = "Reconcile" if process is None else str(process.type)
    events = []
    if process is not None:
        events += _progress(before, after, process)
    if _invoicing_changed(before, after):
        note = "spec.separateInvoices counts only for customers that are copied up from now on; others keep theirs."
        events.append(Event(EventType.NORMAL, EventReason.NOT_RETROACTIVE, action, note))
    if trouble is not None and (told is None or trouble.key != told.key):
        events.append(Event(EventType.WARNING, trouble.reason, action, _short(trouble.message)))
    return tuple(events)


def removed(policy: DeletionPolicy | None) -> Event:
    """The event of an object whose tenant has come to its end in the BSS."""
    kept = policy is not DeletionPolicy.DELETE
    note = "The tenant is marked as deleted in the BSS; its data is kept." if kept else "The tenant is purged."
    return Event(EventType.NORMAL, EventReason.TENANT_REMOVED, ProcessType.DELETION, note)


def abandoned() -> Event:
    """The event of an object that goes without the BSS being asked."""
    note = "The BSS was not asked; it keeps the tenant as it is."
    return Event(EventType.WARNING, EventReason.ABANDONED, ProcessType.DELETION, note)


@dataclass(frozen=True, slots=True)
class _Trouble:
    reason: str
    message: str
    key: tuple[str, ...]
    """What makes it another trouble. The texts of passing ones differ from attempt to attempt and do not count."""


def _progress(before: Status, after: Status, process: Process) -> list[Event]:
    old = before.process if before.process is not None and before.process.id == process.id else None
    done = _done(before, after)
    if process.state is ProcessState.COMPLETED:
        if old is not None and old.state is ProcessState.COMPLETED:
            return []
        text = f"{process.type} completed, {process.progress}{_duration(process)}{_list(done)}."
        return [Event(EventType.NORMAL, EventReason.PROCESS_COMPLETED, process.type, _short(text))]
    events = []
    if process.started_at is not None and (old is None or old.started_at is None):
        events.append(Event(EventType.NORMAL, EventReason.PROCESS_STARTED, process.type, f"{process.type} started."))
    if process.started_at is not None and done:
        text = f"{process.type}, {process.progress}{_list(done)}."
        events.append(Event(EventType.NORMAL, EventReason.PHASES_DONE, process.type, _short(text)))
    return events


def _done(before: Status, after: Status) -> list[str]:
    known, now = _by_type(before), _by_type(after)
    return [
        phase.task
        for phase in PHASES
        if (told := now.get(phase.condition)) is not None
        and told.true
        and not ((old := known.get(phase.condition)) is not None and old.true)
    ]


def _invoicing_changed(before: Status, after: Status) -> bool:
    old, new = (_by_type(status).get(ConditionType.INVOICING_CONFIGURED) for status in (before, after))
    if old is None or new is None or not new.true:
        return False
    if old.true:
        return old.message != new.message
    of_creation = after.process is None or after.process.type is ProcessType.CREATION
    return not of_creation and old.status is ConditionStatus.UNKNOWN and old.message == NOT_YET_DONE


def _trouble(status: Status) -> _Trouble | None:
    told = _by_type(status)
    stalled = told.get(ConditionType.STALLED)
    if stalled is not None and stalled.true:
        return _Trouble(stalled.reason, _at(told, stalled.reason, stalled.message), (stalled.reason, stalled.message))
    retry = told.get(ConditionType.RECONCILING)
    if retry is None or retry.reason != Reason.PROGRESSING_WITH_RETRY:
        return None
    # A tenant that stays Ready while the BSS is away is no news: with ten thousand of them it would be a flood.
    for kind in (ConditionType.READY, ConditionType.BACK_ORDERING_ACTIVE):
        cause = told.get(kind)
        if cause is not None and not cause.true and _is_trouble(cause.reason):
            return _Trouble(cause.reason, _at(told, cause.reason, retry.message), (cause.reason,))
    return None


def _at(told: dict[str, Condition], reason: str, message: str) -> str:
    """The message with the task that has the trouble."""
    for phase in PHASES:
        condition = told.get(phase.condition)
        if condition is not None and not condition.true and condition.reason == reason:
            return f"{phase.task}: {message}"
    return message


def _is_trouble(reason: str) -> bool:
    return reason in REASONS and REASONS[Reason(reason)].cure is not Cure.NONE


def _by_type(status: Status) -> dict[str, Condition]:
    return {condition.type: condition for condition in status.conditions}


def _duration(process: Process) -> str:
    if process.started_at is None or process.finished_at is None:
        return ""
    return f" in {max((process.finished_at - process.started_at).total_seconds(), 0.0):.0f} s"


def _list(done: list[str]) -> str:
    return f": {', '.join(done)}" if done else ""


def _short(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= MAX_NOTE_BYTES:
        return text
    return encoded[: MAX_NOTE_BYTES - 3].decode(errors="ignore") + "…"
