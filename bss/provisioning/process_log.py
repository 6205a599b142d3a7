# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks and log of a process, written from the calls that name it in `Process-Id`."""

from __future__ import annotations

from typing import Any

from tenant_provisioning.models import ProcessState
from trytond.pool import Pool

from bss.provisioning.call import Call
from bss.provisioning.values import now, selection
from bss.root.transaction import write

_TEXT = 4096  # characters; as long as the contract lets a message be


def find(pool: Pool, call: Call) -> Any:  # a record of Tryton, or None
    """The process that a call names; none when it is unknown or another client's: a log must never fail the work."""
    if call.process_id is None:
        return None
    found = pool.get("tenant.reseller.process").search(
        [("identifier", "=", call.process_id), ("api_client", "=", call.caller.id)], limit=1
    )
    return found[0] if found else None


def open_task(call: Call, task: str) -> int | None:
    """Show a call as a running task of its process; the process's record, or none."""
    if call.process_id is None:
        return None

    def work(pool: Pool) -> int | None:
        process = find(pool, call)
        if process is None:
            return None
        _write_task(pool, process.id, task, {"state": "running", "finished_at": None, "message": None})
        return int(process.id)

    return write(work)


def close_task(process: int, task: str, state: ProcessState, message: str) -> None:
    """Show how a task ended, and add a line to the log."""

    def work(pool: Pool) -> None:
        if not pool.get("tenant.reseller.process").search([("id", "=", process)], count=True):
            return
        kept = selection(state)
        _write_task(pool, process, task, {"state": kept, "finished_at": now(), "message": message[:_TEXT] or None})
        _add_line(pool, process, f"{task}: {kept}" + (f": {message}" if message else ""))

    write(work)


def note(process: int, text: str) -> None:
    """Add a line to the log of a process."""
    write(lambda pool: _add_line(pool, process, text))


def _write_task(pool: Pool, process: int, task: str, values: dict[str, object]) -> None:
    """One row for each kind of call: a call that is repeated until it succeeds is still one task."""
    Task = pool.get("tenant.reseller.process.task")  # noqa: N806 - Tryton's models are classes
    found = Task.search([("process", "=", process), ("call", "=", task)], limit=1)
    if found:
        Task.write(found, values)
    else:
        Task.create([{"process": process, "call": task, "started_at": now(), **values}])


def _add_line(pool: Pool, process: int, text: str) -> None:
    pool.get("tenant.reseller.process.log").create([{"process": process, "at": now(), "text": text[:_TEXT]}])
