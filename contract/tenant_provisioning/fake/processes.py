"""Processes of the fake BSS: runs that its clients report, with tasks and log made from the calls that name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tenant_provisioning.models import LogEntry, ProblemCode, Process, ProcessRequest, Task, WorkState
from tenant_provisioning.problems import Refusal, refusal

_MAX_LOG = 500  # lines kept of one process: a client that retries for days must not fill the memory


@dataclass(slots=True)
class _Run:
    owner: str
    created_at: datetime
    report: ProcessRequest
    tasks: dict[str, Task] = field(default_factory=dict)
    log: list[LogEntry] = field(default_factory=list)

    def view(self, process_id: str) -> Process:
        report = self.report
        return Process(
            id=process_id,
            organization_key=report.organization_key,
            account=report.account,
            type=report.type,
            state=report.state,
            task=report.task,
            completed=report.completed,
            total=report.total,
            message=report.message,
            created_at=self.created_at,
            started_at=report.started_at,
            finished_at=report.finished_at,
            tasks=list(self.tasks.values()),
            log=list(self.log),
        )


class Processes:
    """All processes, by id."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._ids_of_key: dict[tuple[str, str], list[str]] = {}

    def put(self, client: str, process_id: str, report: ProcessRequest, now: datetime) -> tuple[Process, bool]:
        """Record a report; the flag says whether the process is new."""
        run = self._runs.get(process_id)
        if run is None:
            run = self._runs[process_id] = _Run(client, now, report)
            self._ids_of_key.setdefault((client, report.organization_key), []).append(process_id)
            return run.view(process_id), True
        if run.owner != client or run.report.organization_key != report.organization_key:
            raise refusal(ProblemCode.OWNED_BY_ANOTHER, "This process id is in use for something else.", field="id")
        run.report = report
        return run.view(process_id), False

    def get(self, client: str, process_id: str) -> Process:
        """The process, or the refusal `NotFound`."""
        run = self._runs.get(process_id)
        if run is None or run.owner != client:
            raise refusal(ProblemCode.NOT_FOUND, "No such process.", field="id")
        return run.view(process_id)

    def of_organization(self, client: str, key: str) -> list[Process] | None:
        """Processes of a key, newest first; None when there never was one."""
        ids = self._ids_of_key.get((client, key))
        return None if ids is None else [self._runs[process_id].view(process_id) for process_id in reversed(ids)]

    def record(
        self, client: str, process_id: str | None, task: str, started_at: datetime, now: datetime, error: Refusal | None
    ) -> None:
        """Add a call to the process that it names. An unknown process is ignored: a log must never fail the work."""
        run = None if process_id is None else self._runs.get(process_id)
        if run is None or run.owner != client:
            return
        message = "" if error is None else (error.problem.detail or error.problem.title)
        first = run.tasks.get(task)
        run.tasks[task] = Task(
            name=task,
            state=WorkState.COMPLETED if error is None else WorkState.FAILED,
            started_at=started_at if first is None else first.started_at,
            finished_at=now,
            message=message,
        )
        outcome = "done" if error is None else f"refused: {error.problem.code}: {message}"
        run.log.append(LogEntry(at=now, text=f"{task}: {outcome}"[:4096]))
        del run.log[:-_MAX_LOG]
