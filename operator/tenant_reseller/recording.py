"""Telling the BSS about processes, so that its Processes tab shows the same as the status."""

from __future__ import annotations

import logging

from tenant_provisioning.errors import ProblemError
from tenant_provisioning.models import ProcessRequest

from .ports import Bss
from .resource import Process
from .subject import Subject

logger = logging.getLogger(__name__)


async def record_process(bss: Bss, subject: Subject, key: str, process: Process) -> None:
    """Tell the BSS about a process of the organization with this key.

    An outage is raised like any other, and the visit comes again. A refusal is only logged: a tenant must not wait for
    a BSS that keeps no processes.
    """
    try:
        await bss.put_process(process.id, _request(process, key, subject.spec.account))
    except ProblemError as error:
        if error.retryable:
            raise
        logger.warning("%s: the BSS does not record process %s: %s", subject.path, process.id, error.message)


def _request(process: Process, key: str, account: str) -> ProcessRequest:
    return ProcessRequest(
        organization_key=key,
        account=account,
        type=process.type,
        state=process.state,
        task=process.task[:64],
        completed=process.completed,
        total=process.total,
        message=process.message[:4096],
        started_at=process.started_at,
        finished_at=process.finished_at,
    )
