"""The deadline of processes: one that takes longer is shown as Failed with the task that it hangs at.

Nothing is given up by that: the operator goes on trying, with longer and longer waits and without keeping a slot from
others, and the process is Completed when the work is done after all. The time counts from the start of the process, so
one that waits in the queue is not late. Neither is one that waited for a person: its time starts when it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tenant_provisioning.models import ProcessState

from .process import unfinished
from .resource import Process


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long a process may take."""

    allowed: timedelta

    def left(self, process: Process | None, now: datetime) -> float | None:
        """Seconds until the process is late; None when it cannot become late any more."""
        end = self._end(process)
        return None if end is None or now >= end else (end - now).total_seconds()

    def passed(self, process: Process | None, now: datetime) -> bool:
        """Whether the process is late."""
        end = self._end(process)
        return end is not None and now >= end

    def taken_up(self, process: Process) -> Process:
        """The process as it goes on. One that failed before its deadline has not started again yet."""
        if process.state is ProcessState.FAILED and process.started_at is not None and self._end(process) is None:
            return process.model_copy(update={"started_at": None})
        return process

    def tell(self, process: Process | None, now: datetime) -> Process | None:
        """The process as it is to be shown. A late one always looks the same: repeated attempts write nothing."""
        end = self._end(process)
        if process is None or end is None or now < end or process.state is ProcessState.FAILED:
            return process
        message = f"Not done within {_span(self.allowed)}. {process.message}".strip()
        return process.model_copy(update={"state": ProcessState.FAILED, "finished_at": end, "message": message})

    def _end(self, process: Process | None) -> datetime | None:
        if process is None or process.started_at is None or not unfinished(process):
            return None
        end = process.started_at.replace(microsecond=0) + self.allowed
        # One that failed before its deadline failed for another cause, and waits for that cause to be mended.
        return None if process.finished_at is not None and process.finished_at < end else end


def _span(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    return f"{seconds // 60} min" if seconds >= 60 and seconds % 60 == 0 else f"{seconds} s"
