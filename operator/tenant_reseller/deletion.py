"""The end of a tenant: what happens in the BSS before a deleted resource may go.

The finalizer is removed only after the BSS has confirmed. Retain marks the organization as deleted and keeps its data;
Delete purges. An organization that is not there, or not ours, needs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from tenant_provisioning.errors import ProvisioningError
from tenant_provisioning.models import OrganizationState, ProcessState, ProcessType, StateRequest

from . import process as processes
from .conditions import ConditionType
from .deadline import Deadline
from .failure import failure_of
from .observe import Observer
from .ports import Bss
from .reconcile import Next, Visit
from .recording import record_process
from .resource import DeletionPolicy, Process
from .subject import Subject
from .summary import Findings, gather

logger = logging.getLogger(__name__)
TASK = "Remove tenant"


class Deletion:
    """Removes tenants; one instance serves all."""

    def __init__(
        self,
        bss: Bss,
        observer: Observer,
        *,
        deadline: Deadline,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bss = bss
        self._observer = observer
        self._deadline = deadline
        self._now = now

    async def visit(self, subject: Subject) -> Visit:
        """Remove the tenant. SETTLED: the BSS has confirmed, the finalizer may go."""
        key = self._observer.key(subject)
        process = processes.begin(subject.status, key, subject.generation, ProcessType.DELETION, 1)
        process = processes.moved(process, completed=0, task=TASK, now=self._now())
        try:
            await self._remove(subject, key, process)
        except ProvisioningError as error:
            failure = failure_of(error, ConditionType.ORGANIZATION_CREATED)
            now = self._now()
            process = process.model_copy(update={"message": failure.text})
            found = Findings(process=self._deadline.tell(process, now), failure=failure, deleting=True)
            return Visit(gather(subject, found, now), Next.RETRY, failure, self._deadline.left(process, now))
        return Visit(subject.status, Next.SETTLED)

    async def _remove(self, subject: Subject, key: str, process: Process) -> None:
        organization = await self._bss.organization(key)
        if organization is None:
            return
        purge = subject.spec.deletion_policy is DeletionPolicy.DELETE
        if not purge and organization.state is OrganizationState.DELETED:
            return
        before = subject.status.process
        if before is not None and processes.has_begun(before) and before.id != process.id:
            closed = processes.superseded(before, subject.generation, self._now())
            await record_process(self._bss, subject, key, closed)
        await record_process(self._bss, subject, key, process)
        if purge:
            await self._bss.delete_organization(key, process.id)
        else:
            await self._bss.put_state(key, StateRequest(state=OrganizationState.DELETED), process.id)
        ended = processes.ended(process, ProcessState.COMPLETED, completed=1, message="Completed.", now=self._now())
        try:
            await record_process(self._bss, subject, key, ended)
        except ProvisioningError as error:
            # The tenant is gone: a resource must not hang on the book being closed.
            logger.warning("%s: process %s could not be closed in the BSS: %s", subject.path, process.id, error.message)
