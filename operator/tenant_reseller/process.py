"""Processes: one run of work on a tenant, shown in the status and in the BSS's Processes tab.

Ids are derived from the organization's key, the generation, the type and the process before: an operator that starts
again in the middle of a run, even before its first status write, continues the same process instead of leaving a second
one behind.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from tenant_provisioning.models import ProcessState, ProcessType

from .resource import Process, Run, Status

_NAMESPACE = UUID("5a1a1f0e-0c5e-4b53-9a55-6f3a7c1d2b90")
_KEPT = 5
QUEUED_TYPES = frozenset({ProcessType.CREATION, ProcessType.UPDATE, ProcessType.PRODUCT_UPDATE})
"""Types that need a slot. The others are urgent or short, and must not wait behind creations."""

SUPERSEDABLE = frozenset(ProcessType) - {ProcessType.CREATION, ProcessType.DELETION}
"""Types that a newer spec puts an end to. A tenant is made once, and no spec changes its deletion."""


def is_open(process: Process | None) -> bool:
    """Whether the process waits or runs."""
    return process is not None and process.state in (ProcessState.QUEUED, ProcessState.RUNNING)


def unfinished(process: Process | None) -> bool:
    """Whether the process is still to be completed. One that failed is: it is taken up again when it is tried again."""
    return process is not None and process.state is not ProcessState.COMPLETED


def has_begun(process: Process | None) -> bool:
    """Whether the process was started and not yet ended: after a restart such ones go on before others start."""
    return process is not None and process.started_at is not None and is_open(process)


def begin(status: Status, key: str, generation: int, kind: ProcessType, total: int) -> Process:
    """The process to go on with: the unfinished one of this type, or a new one that waits for its start.

    A process that failed goes on under its id: a cause that is looked at again every few minutes must not fill the
    history with the same failure. A newer spec supersedes what was started for an older one.
    """
    current = status.process
    if current is not None and unfinished(current) and current.type is kind:
        goes_on = kind not in SUPERSEDABLE or current.started_at is None
        if goes_on or current.generation in (None, generation):
            return current.model_copy(update={"generation": generation})
    previous = "" if current is None else current.id
    identity = uuid5(_NAMESPACE, f"{key}/{generation}/{kind}/{previous}")
    return Process(
        id=str(identity),
        type=kind,
        state=ProcessState.QUEUED,
        generation=generation,
        completed=0,
        total=total,
        progress=f"0/{total}",
    )


def superseded(process: Process, generation: int, now: datetime) -> Process:
    """The process that was under way when this generation of the spec took its place."""
    message = f"Superseded by generation {generation}."
    return process.model_copy(update={"state": ProcessState.FAILED, "finished_at": now, "message": message})


def moved(process: Process, *, completed: int, task: str = "", message: str = "", now: datetime) -> Process:
    """The process at work, with this progress."""
    return process.model_copy(
        update={
            "state": ProcessState.RUNNING,
            "started_at": process.started_at or now,
            "finished_at": None,
            "completed": completed,
            "progress": f"{completed}/{process.total}",
            "task": task,
            "message": message,
        }
    )


def waiting(process: Process, message: str) -> Process:
    """The process without a slot, with what it waits for: its start, or another attempt."""
    return process.model_copy(update={"state": ProcessState.QUEUED, "message": message, "finished_at": None})


def ended(
    process: Process, state: ProcessState, *, completed: int, task: str = "", message: str = "", now: datetime
) -> Process:
    """The process at its end."""
    return moved(process, completed=completed, task=task, message=message, now=now).model_copy(
        update={"state": state, "finished_at": now}
    )


def same_failure(before: Process, after: Process) -> bool:
    """Whether a process failed again as it had failed before."""
    return (before.id, before.state, before.task, before.message, before.completed) == (
        after.id,
        after.state,
        after.task,
        after.message,
        after.completed,
    )


def history(status: Status, process: Process | None, generation: int, now: datetime) -> tuple[Run, ...]:
    """The last processes before this one: a process that was started moves there when another takes its place."""
    before = status.process
    if before is None or process is None or before.id == process.id:
        return status.history
    if is_open(before):
        if before.started_at is None:
            return status.history
        before = superseded(before, generation, now)
    run = Run(
        id=before.id,
        type=before.type,
        state=before.state,
        started_at=before.started_at,
        finished_at=before.finished_at,
        progress=before.progress,
        message=before.message,
    )
    return (run, *status.history)[:_KEPT]
