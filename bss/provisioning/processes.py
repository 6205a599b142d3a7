# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that API clients report, as the Processes tab shows them. They outlive the organization they are about."""

from __future__ import annotations

from typing import Any

from tenant_provisioning.models import (
    LogEntry,
    ProblemCode,
    Process,
    ProcessList,
    ProcessRequest,
    ProcessState,
    ProcessType,
    Task,
    WorkState,
)
from tenant_provisioning.problems import refusal
from trytond.pool import Pool

from bss.provisioning.call import Call, Outcome
from bss.provisioning.tenant_record import by_key, is_owned, not_found
from bss.provisioning.values import kept_time, selection, time_of, value_of
from bss.root import locks
from bss.root.transaction import reading, write

_LOCK_SECONDS = 30
_MAX_LINES = 500
"""Newest lines of the log in an answer; all of them are kept and shown in the Processes tab."""
_MAX_PROCESSES = 100


def put_process(call: Call, request: ProcessRequest) -> Outcome:
    """Record a run of the caller's."""
    identifier = call.parameters["id"]

    def work(pool: Pool) -> tuple[Process, bool]:
        Model = pool.get("tenant.reseller.process")  # noqa: N806 - Tryton's models are classes
        found = Model.search([("identifier", "=", identifier)], limit=1)
        values = _values(pool, call, request)
        if not found:
            (record,) = Model.create([{**values, "identifier": identifier, "api_client": call.caller.id}])
            return _view(pool, record), True
        (record,) = found
        if record.api_client.id != call.caller.id or record.organization_key != request.organization_key:
            raise refusal(
                ProblemCode.OWNED_BY_ANOTHER,
                "This process id is in use for something else: choose another.",
                field="id",
            )
        Model.write([record], values)
        return _view(pool, record), False

    # Two first reports of one process at the same time would both be the first.
    with locks.held(f"process {identifier}", wait=_LOCK_SECONDS):
        shown, new = write(work)
    return Outcome(201 if new else 200, shown)


def process(call: Call, request: None) -> Outcome:
    """A run of the caller's with its tasks and log."""
    with reading() as pool:
        found = pool.get("tenant.reseller.process").search(
            [("identifier", "=", call.parameters["id"]), ("api_client", "=", call.caller.id)], limit=1
        )
        if not found:
            raise refusal(ProblemCode.NOT_FOUND, "No such process.", field="id")
        return Outcome(200, _view(pool, found[0]))


def processes(call: Call, request: None) -> Outcome:
    """Runs about an organization of the caller's, newest first."""
    with reading() as pool:
        found = pool.get("tenant.reseller.process").search(
            [("organization_key", "=", call.key), ("api_client", "=", call.caller.id)], limit=_MAX_PROCESSES
        )
        if not found:
            reseller = by_key(pool, call.key)
            if reseller is None or not is_owned(reseller, call.caller):
                raise not_found()
        return Outcome(200, ProcessList(items=[_view(pool, record) for record in found]))


def _values(pool: Pool, call: Call, request: ProcessRequest) -> dict[str, object]:
    reseller = by_key(pool, request.organization_key)
    accounts = pool.get("party.party").search([("code", "=", request.account)], limit=1)
    return {
        "organization_key": request.organization_key,
        "reseller": reseller.id if reseller is not None and is_owned(reseller, call.caller) else None,
        # The run may be about an account that does not exist: its failure is what the run has to say.
        "account": accounts[0].id if accounts else None,
        "account_code": request.account,
        "type": selection(request.type),
        "state": selection(request.state),
        "task": request.task,
        "completed": request.completed,
        "total": request.total,
        "message": request.message,
        "started_at": kept_time(request.started_at),
        "finished_at": kept_time(request.finished_at),
    }


def _view(pool: Pool, record: Any) -> Process:  # a record of Tryton
    lines = pool.get("tenant.reseller.process.log").search(
        [("process", "=", record.id)], order=[("id", "DESC")], limit=_MAX_LINES
    )
    return Process(
        id=record.identifier,
        organization_key=record.organization_key,
        account=record.account_code,
        type=value_of(ProcessType, record.type),
        state=value_of(ProcessState, record.state),
        task=record.task or "",
        completed=record.completed,
        total=record.total,
        message=record.message or "",
        created_at=time_of(record.create_date),
        started_at=time_of(record.started_at),
        finished_at=time_of(record.finished_at),
        tasks=[
            Task(
                name=task.call,
                state=value_of(WorkState, task.state),
                started_at=time_of(task.started_at),
                finished_at=time_of(task.finished_at),
                message=task.message or "",
            )
            for task in record.tasks
        ],
        log=[LogEntry(at=time_of(line.at), text=line.text) for line in reversed(lines)],
    )
