"""One visit to one tenant: read the world, do what each phase still asks for, gather one status.

Level-triggered: nothing is remembered between visits but what the resource and the BSS tell. A visit never sleeps; it
says what it waits for, and the caller comes again. It may be given up between two calls to the BSS, never within one: a
cancelled PUT could still be carried out after a later look at the world.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from tenant_provisioning.errors import ProvisioningError
from tenant_provisioning.models import (
    AdministratorRequest,
    BackOrderingRequest,
    EditionRequest,
    InvoicingRequest,
    LocaleRequest,
    Organization,
    OrganizationRequest,
    ProcessState,
    ProcessType,
    ProductRangeRequest,
    Request,
    SessionRequest,
    StateRequest,
    StorefrontRequest,
)

from . import process as processes
from .conditions import ConditionType, Reason
from .deadline import Deadline
from .failure import Failure, failure_of
from .observe import Observer
from .passwords import generate_password
from .phases import PHASES, STATE, Do, Done, Generate, Phase, Refuse, Wait
from .plan import plan, process_type
from .ports import Bss, Cluster
from .recording import record_process
from .resource import Process, Status, TenantState
from .signals.probe import NoProbe, PhaseProbe
from .subject import Subject
from .summary import Findings, done_phases, gather, suspended
from .world import World

logger = logging.getLogger(__name__)

Report = Callable[[Callable[[], Status]], None]
"""Takes a way to make the current status; it is only made when it is time to write one."""


class Next(StrEnum):
    """What the visit waits for."""

    SETTLED = "settled"
    """Nothing: all is as declared."""
    POLL = "poll"
    """The BSS's own work; the slot is kept."""
    SLOT = "slot"
    """A slot of the process queue."""
    RETRY = "retry"
    """The failure's cure."""
    SUPERSEDED = "superseded"
    """Nothing: a newer event makes this visit's outcome stale."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Outcome of a visit."""

    status: Status
    next: Next
    failure: Failure | None = None
    due: float | None = None
    """Seconds until the process is late; it is to be visited then."""


class Reconciler:
    """Visits tenants; one instance serves all."""

    def __init__(
        self,
        bss: Bss,
        cluster: Cluster,
        observer: Observer,
        *,
        deadline: Deadline,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        probe: PhaseProbe | None = None,
    ) -> None:
        self._bss = bss
        self._cluster = cluster
        self._observer = observer
        self._deadline = deadline
        self._now = now
        self._probe = probe or NoProbe()

    async def visit(self, subject: Subject, *, slot: bool, superseded: Callable[[], bool], report: Report) -> Visit:
        """Bring the tenant closer to its spec. `slot`: a slot of the process queue is held."""
        visit = await self._visit(subject, slot, superseded, report)
        await self._record_lateness(subject, visit.status.process)
        return visit

    async def _visit(self, subject: Subject, slot: bool, superseded: Callable[[], bool], report: Report) -> Visit:
        found = Findings(process=subject.status.process)
        try:
            world = await self._observer.look(subject)
        except ProvisioningError as error:
            return self._retry(subject, found, failure_of(error, ConditionType.ORGANIZATION_CREATED))
        found = replace(found, world=world)
        steps = plan(subject, world)
        work = _undone(subject, world)
        if not work:
            return await self._settle(subject, found)
        if suspended(world) and subject.spec.state is TenantState.SUSPENDED:
            return self._retry(subject, found, _waits_for_activity(work[0]))
        kind = process_type(subject, world, work)
        if kind is ProcessType.SUSPENSION:
            steps = (STATE,)  # what else was changed waits until the tenant is active again
        if kind in processes.QUEUED_TYPES and not slot:
            return self._wait(subject, found, Next.SLOT)
        if any(step.condition is not ConditionType.BACK_ORDERING_ACTIVE and step is not STATE for step in work):
            try:
                world = await self._observer.with_facts(subject, world)
            except ProvisioningError as error:
                return self._retry(subject, found, failure_of(error, ConditionType.PREREQUISITES_MET))
        total = len(PHASES) if kind in processes.QUEUED_TYPES else 1
        process = self._begin(subject, world.key, kind, total)
        return await self._work(subject, replace(found, world=world, process=process), steps, superseded, report)

    def queued(self, subject: Subject, ahead: int) -> Status:
        """The status of a subject that waits for a slot behind `ahead` others."""
        key = self._observer.key(subject)
        kind = ProcessType.CREATION if subject.status.client_id is None else ProcessType.UPDATE
        before = subject.status.process
        if before is not None and processes.unfinished(before):
            kind = before.type
        process = self._begin(subject, key, kind, len(PHASES))
        message = f"Queued, {ahead} ahead"
        if process.state is not ProcessState.RUNNING:
            process = processes.waiting(process, message)
        return self._gather(subject, Findings(process=process, waiting=message))

    def _begin(self, subject: Subject, key: str, kind: ProcessType, total: int) -> Process:
        return self._deadline.taken_up(processes.begin(subject.status, key, subject.generation, kind, total))

    async def _work(
        self,
        subject: Subject,
        found: Findings,
        steps: tuple[Phase, ...],
        superseded: Callable[[], bool],
        report: Report,
    ) -> Visit:
        """Go through the steps until one cannot be done."""
        before = subject.status.process
        # What was superseded is closed in any case, also when the newer process has its first trouble at once.
        resumed = (
            before is not None
            and found.process is not None
            and before.state is ProcessState.FAILED
            and before.id == found.process.id
        )
        started = False
        assert found.world is not None  # both are set by the only caller
        done = done_phases(subject, found.world)
        for step in steps:
            world, process = found.world, found.process
            assert world is not None
            assert process is not None
            decision = step.decide(subject.spec, world)
            if step is PHASES[0] and world.facts is None:
                continue  # none of the work depends on them
            if isinstance(decision, Do | Generate):
                if superseded():
                    return self._wait(subject, found, Next.SUPERSEDED)
                done.discard(step.condition)
                found = replace(found, process=self._moved(process, len(done), step))
                current = found
                report(lambda current=current: self._gather(subject, current))  # type: ignore[misc]
                try:
                    # A process that failed counts as taken up again only once something has worked.
                    if not started and not resumed:
                        await self._start(subject, found)
                        started = True
                    with self._probe.phase(step.task, process):
                        world = await self._do(subject, world, decision, process.id)
                        if isinstance(decision, Generate):
                            decision = step.decide(subject.spec, world)
                            if isinstance(decision, Do):
                                world = await self._do(subject, world, decision, process.id)
                    if not started:
                        await self._start(subject, found)
                        started = True
                except ProvisioningError as error:
                    return await self._fail(subject, found, failure_of(error, step.condition), step)
                found = replace(found, world=world)
                decision = step.decide(subject.spec, world)
            match decision:
                case Done():
                    if step in PHASES:  # the others are no part of what is counted
                        done.add(step.condition)
                case Wait():
                    done.discard(step.condition)
                    process = self._moved(found.process or process, len(done), step, decision.message)
                    found = replace(found, process=process)
                    if not started and not resumed:
                        try:
                            await self._start(subject, found)
                        except ProvisioningError as error:
                            return await self._fail(subject, found, failure_of(error, step.condition), step)
                    if self._deadline.passed(found.process, self._now()):
                        failure = Failure(step.condition, Reason.DEADLINE_EXCEEDED, decision.message)
                        return self._retry(subject, found, failure)  # it gives its slot to others
                    return self._wait(subject, found, Next.POLL)
                case Refuse(reason=reason, message=message):
                    return await self._fail(subject, found, Failure(step.condition, reason, message), step)
                case _:
                    return await self._fail(subject, found, _unapplied(step, world), step)
        return await self._settle(subject, found)

    async def _do(self, subject: Subject, world: World, decision: Do | Generate, process_id: str) -> World:
        if isinstance(decision, Generate):
            password = generate_password()
            if await self._cluster.create_admin_secret(subject, password):
                return self._observer.with_generated(subject, world, password)
            # It exists already: another visit has made it, and whichever was first holds the password.
            return await self._observer.with_password(subject, world)
        organization = await self._send(world, decision.request, process_id)
        return world.seen(organization)

    async def _send(self, world: World, request: Request, process_id: str) -> Organization:
        key, bss = world.key, self._bss
        match request:
            case OrganizationRequest():
                return await bss.put_organization(key, request, process_id)
            case EditionRequest():
                return await bss.put_edition(key, request, process_id)
            case LocaleRequest():
                return await bss.put_locale(key, request, process_id)
            case ProductRangeRequest():
                return await bss.put_product_range(key, request, process_id)
            case InvoicingRequest():
                return await bss.put_invoicing(key, request, process_id)
            case AdministratorRequest():
                return await bss.put_administrator(key, request, process_id)
            case StorefrontRequest():
                return await bss.put_storefront(key, request, process_id)
            case BackOrderingRequest():
                return await bss.put_back_ordering(key, request, process_id)
            case StateRequest():
                return await bss.put_state(key, request, process_id)
            case SessionRequest():
                await bss.log_in(request, process_id)
                return _logged_in(world)
        raise TypeError(f"No call for {type(request).__name__}")

    def _moved(self, process: Process, done: int, step: Phase, message: str = "") -> Process:
        completed = done if process.total > 1 else 0
        return processes.moved(process, completed=completed, task=step.task, message=message, now=self._now())

    async def _start(self, subject: Subject, found: Findings) -> None:
        """Tell the BSS that a process starts; one that is given up for it is closed there too."""
        assert found.world is not None
        assert found.process is not None
        before = subject.status.process
        if processes.has_begun(before) and before is not None and before.id != found.process.id:
            closed = processes.superseded(before, subject.generation, self._now())
            await record_process(self._bss, subject, found.world.key, closed)
        if before is None or before.id != found.process.id or before.state is not ProcessState.RUNNING:
            process = self._deadline.tell(found.process, self._now())
            assert process is not None
            await record_process(self._bss, subject, found.world.key, process)

    async def _settle(self, subject: Subject, found: Findings) -> Visit:
        """All is as declared: the process, if one is under way, is completed."""
        process, world = found.process, found.world
        assert world is not None
        if process is not None and processes.unfinished(process):
            taken_back = process.type in processes.SUPERSEDABLE and process.generation not in (None, subject.generation)
            message = f"Generation {subject.generation} leaves nothing to do." if taken_back else "Completed."
            process = processes.ended(
                process, ProcessState.COMPLETED, completed=process.total, message=message, now=self._now()
            )
            try:
                await record_process(self._bss, subject, world.key, process)
            except ProvisioningError as error:
                # The tenant is ready, only the book is not closed; Reconciling tells, and the next visit closes it.
                return self._retry(subject, found, failure_of(error, ConditionType.READY))
        found = replace(found, process=process)
        if rest := _undone(subject, world):
            return self._retry(subject, found, _waits_for_activity(rest[0]))
        return Visit(self._gather(subject, found), Next.SETTLED)

    async def _fail(self, subject: Subject, found: Findings, failure: Failure, step: Phase) -> Visit:
        """The step cannot be done. A process ends as Failed when only a person can help; else it goes on later."""
        world, process = found.world, found.process
        assert world is not None
        assert process is not None
        before = subject.status.process
        if failure.stalled and process.state is ProcessState.RUNNING:
            done = len(done_phases(subject, world)) if process.total > 1 else 0
            process = processes.ended(
                process, ProcessState.FAILED, completed=done, task=step.task, message=failure.text, now=self._now()
            )
            if before is not None and processes.same_failure(before, process):
                # The same as last time: nothing to tell anybody.
                process = before.model_copy(update={"generation": process.generation})
            else:
                try:
                    await record_process(self._bss, subject, world.key, process)
                except ProvisioningError as error:
                    logger.warning("%s: process %s could not be closed in the BSS: %s", subject.path, process.id, error)
        else:
            process = processes.waiting(process, failure.text)
        return self._retry(subject, replace(found, process=process), failure)

    def _retry(self, subject: Subject, found: Findings, failure: Failure) -> Visit:
        found = replace(found, failure=failure)
        return self._wait(subject, found, Next.RETRY)

    def _wait(self, subject: Subject, found: Findings, reason: Next) -> Visit:
        due = self._deadline.left(found.process, self._now())
        return Visit(self._gather(subject, found), reason, found.failure, due)

    def _gather(self, subject: Subject, found: Findings) -> Status:
        now = self._now()
        late = self._deadline.passed(found.process, now)
        return gather(subject, replace(found, process=self._deadline.tell(found.process, now), late=late), now)

    async def _record_lateness(self, subject: Subject, process: Process | None) -> None:
        """Tell the BSS once that the process is late."""
        before = subject.status.process
        if process is None or not self._deadline.passed(process, self._now()):
            return
        if before is not None and before.id == process.id and before.state is ProcessState.FAILED:
            return
        logger.warning("%s: process %s is late: %s: %s", subject.path, process.id, process.task, process.message)
        try:
            await record_process(self._bss, subject, self._observer.key(subject), process)
        except ProvisioningError as error:
            logger.warning("%s: process %s could not be closed in the BSS: %s", subject.path, process.id, error)


def _undone(subject: Subject, world: World) -> list[Phase]:
    """The steps that are still to be done. The prerequisites are none: they are judged when something needs them."""
    return [
        step
        for step in plan(subject, world)
        if step is not PHASES[0] and not isinstance(step.decide(subject.spec, world), Done)
    ]


def _waits_for_activity(step: Phase) -> Failure:
    return Failure(step.condition, Reason.ORGANIZATION_NOT_ACTIVE, "The tenant is suspended; the change waits.")


def _logged_in(world: World) -> Organization:
    """The organization after a login that worked: the BSS has noted it, so it need not be asked again."""
    organization = world.organization
    assert organization is not None
    assert organization.administrator is not None
    administrator = organization.administrator.model_copy(update={"login_verified": True})
    return organization.model_copy(update={"administrator": administrator})


def _unapplied(step: Phase, world: World) -> Failure:
    products = None if world.organization is None else world.organization.product_range
    if step.condition is ConditionType.PRODUCTS_INHERITED and products is not None and products.message:
        return Failure(
            step.condition, Reason.PRODUCT_COPY_FAILED, f"The BSS could not copy the products: {products.message}"
        )
    return Failure(
        step.condition, Reason.NOT_APPLIED, f"{step.task}: the BSS accepted it, but its answer does not show it."
    )
