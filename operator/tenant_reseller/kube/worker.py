"""One worker per object: waits for events and times, visits the tenant, writes the status.

An event that changes nothing worth a visit, such as the operator's own write, only refreshes what is known. A newer
event supersedes a visit between two calls to the BSS, and at once while it waits for a slot or a time.

Most objects are settled most of the time. Such a worker has no task, only a timer: thousands of them must cost little.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tenant_reseller import logs
from tenant_reseller.conditions import ConditionType, Reason
from tenant_reseller.deletion import Deletion
from tenant_reseller.failure import Failure
from tenant_reseller.pace import Pace
from tenant_reseller.process import has_begun
from tenant_reseller.queue import ProcessQueue, Ticket
from tenant_reseller.reconcile import Next, Reconciler, Visit
from tenant_reseller.resource import Status, TenantState
from tenant_reseller.retry import Backoff, Times
from tenant_reseller.signals.probe import Probe
from tenant_reseller.subject import Subject
from tenant_reseller.summary import Findings, gather, invalid, is_ready

from . import finalizer
from .api import KubeApi
from .errors import ForbiddenError, KubeError, NotFoundError
from .event_recorder import Regarding
from .parsing import InvalidSpecError, Sighting, parse_status
from .references import Reference
from .status_writer import StatusWriter
from .teller import Teller

logger = logging.getLogger(__name__)
_RESTING = Context()
"""Of the timers of all resting workers: each would else keep the context of its last task, thousands of them."""
_PATIENCE_SECONDS = 1.0
"""Time in the queue before the place in it is told for the first time: most objects never wait that long."""
_API_SERVER_SECONDS = 10.0
"""Longest wait for an API server that does not answer: all objects are Ready soon after it is back."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all workers share."""

    api: KubeApi
    reconciler: Reconciler
    deletion: Deletion
    queue: ProcessQueue
    times: Times
    progress_interval: float
    """Least seconds between two status writes that only tell progress."""
    queue_interval: float
    """Seconds between two tellings of the place in the queue."""
    first_looks: Pace
    """Of looks at tenants that are as declared when the operator starts: they can wait, and there may be thousands."""
    places: Pace
    """Of tellings of places in the queue: telling thousands about their waiting must not make them wait longer."""
    probe: Probe
    teller: Teller
    rng: random.Random = field(default_factory=random.Random)


class Worker:
    """The worker of one object. `gone` is called with the uid and itself when it ends."""

    __slots__ = (
        *("_backoff", "_changed", "_failed", "_gone", "_news", "_appeared", "_services", "_sighting"),
        *("_status", "_superseded", "_task", "_ticket", "_timer", "_typed"),
    )

    def __init__(self, sighting: Sighting, services: Services, gone: Callable[[str, Worker], None]) -> None:
        self._services = services
        self._sighting = sighting
        self._gone = gone
        self._changed = False
        self._news: asyncio.Event | None = None
        self._superseded = False
        self._failed = False
        self._appeared = False
        self._backoff = Backoff(services.times, services.rng)
        self._ticket: Ticket | None = None
        self._typed: tuple[Sighting, bytes, Subject] | None = None
        self._status = StatusWriter(
            services.api,
            *(sighting.namespace, sighting.name, sighting.uid),
            interval=services.progress_interval,
            written=self._written,
            foreign=self.hurry,
        )
        self._status.saw(sighting)
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        if _settled(sighting):
            self._rest(services.first_looks.wait())
        else:
            self._begin()

    @property
    def path(self) -> str:
        """Namespace and name, for logs."""
        return f"{self._sighting.namespace}/{self._sighting.name}"

    @property
    def references(self) -> tuple[Reference, ...]:
        """Secrets and ConfigMaps that the spec names."""
        return self._sighting.references

    def saw(self, sighting: Sighting) -> None:
        """Take note of an event."""
        if not sighting.newer_than(self._sighting.version):
            return
        foreign = self._status.saw(sighting)
        before, self._sighting = self._sighting.cause, sighting
        if sighting.cause != before:
            self._superseded = True
            self.hurry()
        elif foreign:
            self.hurry()

    def saw_referenced(self, *, appeared: bool) -> None:
        """A Secret or ConfigMap that the spec names was made, or was changed or removed.

        One that was made matters only to a visit that missed it: most are made together with the object, and would cost
        each a second visit.
        """
        if appeared and not self._failed:
            self._appeared = True
        else:
            self.hurry()

    def hurry(self) -> None:
        """Visit now: something that matters has changed."""
        self._backoff.reset()
        self._changed = True
        if self._news is not None:
            self._news.set()
        if self._task is None:
            self._begin()

    def retry(self) -> None:
        """Visit now if the last visit failed."""
        if self._failed:
            self.hurry()

    def retire(self) -> None:
        """End: the object is gone from the cluster."""
        if self._task is None:
            self._task = asyncio.create_task(self._end())
        else:
            self._task.cancel()

    async def stop(self) -> None:
        """End with the operator. What the BSS was asked for meanwhile is found at the next start."""
        self.retire()
        if self._task is not None:
            await asyncio.wait([self._task])

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._task = asyncio.create_task(self._live(), name=self._sighting.name)

    def _rest(self, seconds: float | None) -> None:
        """Wait without a task; None: only until something changes."""
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._begin, context=_RESTING)

    async def _live(self) -> None:
        """Visit until there is nothing to do but to wait."""
        logs.bind_object(self._sighting.namespace, self._sighting.name, self._sighting.uid)
        try:
            while True:
                self._changed = self._superseded = False
                wait = await self._round()
                # From here to the end nothing is awaited, so that no news is missed.
                if self._changed or wait == 0:
                    continue
                self._typed = self._task = None
                self._rest(wait)
                return
        except NotFoundError:
            logger.info("%s: the object is gone", self.path)
            await self._end()
        except asyncio.CancelledError:
            await self._end()
            raise
        except Exception:
            # Not even telling about the trouble worked. A dead worker would never be noticed, and to end the operator
            # would end the work on all other objects.
            logger.exception("%s: the worker failed, and begins anew later", self.path)
            self._leave_queue()
            self._typed = self._task = None
            self._rest(self._services.times.retry_max)

    async def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._leave_queue()
        await self._status.cancel()
        self._gone(self._sighting.uid, self)

    async def _round(self) -> float | None:
        """One visit. Answers the seconds until the next one; 0: at once; None: only when something changes."""
        try:
            return await self._visit()
        except NotFoundError:
            raise
        except ForbiddenError as error:
            logger.warning("%s: %s", self.path, error)
            self._leave_queue()
            return await self._tell(Failure(ConditionType.PREREQUISITES_MET, Reason.CLUSTER_FORBIDDEN, f"{error}."))
        except KubeError as error:
            logger.warning("%s: %s", self.path, error)
            self._leave_queue()
            wait = self._backoff.after(Failure(ConditionType.READY, Reason.UNAVAILABLE, str(error), error.retry_after))
            longest = self._services.rng.uniform(0.5, 1.0) * _API_SERVER_SECONDS
            return wait if error.retry_after is not None else min(wait, longest)
        except InvalidSpecError as error:
            return await self._tell_invalid(error)
        except Exception as error:
            # A fault of one visit must end neither the work on this object nor that on the others.
            logger.exception("%s: the visit failed", self.path)
            self._leave_queue()
            text = f"The operator failed unexpectedly ({type(error).__name__})."
            return await self._tell(Failure(ConditionType.READY, Reason.OPERATOR_ERROR, text))

    async def _visit(self) -> float | None:
        if self._sighting.deleting:
            return await self._delete(self._sighting)
        if self._sighting.paused:
            self._leave_queue()
            return None
        # First of all: an object that cannot be understood gets no finalizer. Neither does one that waits for its slot:
        # nothing has been done for it, and thousands that are declared at once must not all be written at once.
        if self._ticket is None and _likely_to_need_slot(self._subject()) and not await self._queue():
            return 0.0
        if not self._sighting.held:
            self._took(await finalizer.put_on(self._services.api, self._sighting))
        self._appeared = False
        subject = self._subject()
        with self._services.probe.visit(subject) as outcome:
            visit = await self._services.reconciler.visit(
                subject,
                slot=self._ticket is not None,
                superseded=lambda: self._superseded,
                report=self._status.report,
            )
            outcome.again = visit.next is not Next.SETTLED
            if visit.next not in (Next.SUPERSEDED, Next.SLOT) and await self._status.write(visit.status):
                _log(self.path, visit.status)
        match visit.next:
            case Next.SUPERSEDED:
                return 0.0
            case Next.SLOT:
                # It looked ready and is not. With the slot the world is read again: it may have changed meanwhile.
                await self._queue()
                return 0.0
            case _:
                if visit.next is not Next.POLL:
                    self._leave_queue()  # only now: until it is written, the process counts as running
                return self._wait(visit)

    def _wait(self, visit: Visit) -> float:
        # For one visit only: a deletion, which reads none of it, would else be tried again and again without a wait.
        appeared, self._appeared = self._appeared, False
        self._failed = visit.failure is not None
        if visit.failure is not None:
            self._services.probe.metrics.retries.inc()
            wait = 0.0 if appeared else self._backoff.after(visit.failure)
            return wait if visit.due is None else min(wait, visit.due)  # a process that is late is told at once
        self._backoff.reset()
        return self._backoff.poll() if visit.next is Next.POLL else self._backoff.drift()

    async def _delete(self, sighting: Sighting) -> float | None:
        self._leave_queue()
        if not sighting.held:
            return None  # others hold it still; there is nothing left for us
        if sighting.abandoned:
            logger.warning("%s: abandoned by its annotation; the BSS was not asked", self.path)
            await self._let_go(sighting, lambda: self._services.teller.abandoned(self._regarding))
            return None
        subject = self._subject()
        with self._services.probe.visit(subject) as outcome:
            visit = await self._services.deletion.visit(subject)
            outcome.again = visit.next is not Next.SETTLED
            if outcome.again:
                await self._status.write(visit.status)
        if outcome.again:
            return self._wait(visit)
        policy = subject.spec.deletion_policy
        await self._let_go(sighting, lambda: self._services.teller.removed(self._regarding, policy))
        return None

    async def _let_go(self, sighting: Sighting, tell: Callable[[], None]) -> None:
        await self._status.cancel()
        try:
            await finalizer.take_off(self._services.api, sighting)
        except asyncio.CancelledError:
            tell()  # the object was seen to be gone before the answer came
            raise
        tell()

    async def _queue(self) -> bool:
        """Wait for a slot. False: something newer came first."""
        subject = self._subject()
        queue = self._services.queue
        self._news = asyncio.Event()
        ticket = self._ticket = queue.enter(
            subject.created_at, subject.path, begun=has_begun(subject.status.process), on_grant=self._news.set
        )
        try:
            with self._services.probe.queued():
                return await self._until_granted(queue, ticket, self._news)
        finally:
            self._news = None

    async def _until_granted(self, queue: ProcessQueue, ticket: Ticket, news: asyncio.Event) -> bool:
        wait = min(_PATIENCE_SECONDS, self._services.queue_interval)
        while not ticket.granted:
            if self._changed:
                self._leave_queue()
                return False
            try:
                async with asyncio.timeout(wait):
                    await news.wait()
            except TimeoutError:
                if self._services.places.allows():
                    await self._tell_place(queue.ahead(ticket))
                wait = self._services.queue_interval
        return True

    async def _tell_place(self, ahead: int) -> None:
        try:
            await self._status.write(self._services.reconciler.queued(self._subject(), ahead))
        except NotFoundError:
            raise
        except KubeError as error:
            logger.info("%s: the place in the queue was not written: %s", self.path, error)

    async def _tell_invalid(self, error: InvalidSpecError) -> float | None:
        logger.warning("%s: %s", self.path, error)
        self._leave_queue()
        status = invalid(parse_status(self._status.stored), self._sighting.generation, str(error), datetime.now(UTC))
        try:
            await self._status.write(status)
        except NotFoundError:
            raise
        except KubeError as second:
            logger.warning("%s: %s", self.path, second)
            return self._backoff.after(Failure(ConditionType.READY, Reason.UNAVAILABLE, str(second)))
        return None

    async def _tell(self, failure: Failure) -> float:
        """Tell about a trouble of this side, as well as it goes."""
        self._failed = True
        try:
            subject = self._subject()
            found = Findings(process=subject.status.process, failure=failure)
            await self._status.write(gather(subject, found, datetime.now(UTC)))
        except NotFoundError:
            raise
        except (KubeError, InvalidSpecError) as error:
            logger.warning("%s: the trouble was not written: %s", self.path, error)
        return self._backoff.after(failure)

    def _subject(self) -> Subject:
        """The typed object, with the status as we last wrote it: the event that shows it may still be under way."""
        sighting, stored = self._sighting, self._status.stored
        if self._typed is None or self._typed[0] is not sighting or self._typed[1] is not stored:
            self._typed = (sighting, stored, sighting.subject(stored))
        return self._typed[2]

    def _took(self, sighting: Sighting) -> None:
        """Take over the object from an answer of the API server, unless an event has shown something newer."""
        if sighting.newer_than(self._sighting.version):
            self._status.saw(sighting)
            self._sighting = sighting

    @property
    def _regarding(self) -> Regarding:
        return Regarding(self._sighting.namespace, self._sighting.name, self._sighting.uid)

    def _written(self, before: Status, after: Status) -> None:
        self._services.teller.status_written(self._regarding, before, after)

    def _leave_queue(self) -> None:
        if self._ticket is not None:
            self._services.queue.leave(self._ticket)
            self._ticket = None


def _log(path: str, status: Status) -> None:
    for condition in status.conditions:
        if condition.type == ConditionType.READY:
            logger.info("%s: Ready=%s %s: %s", path, condition.status, condition.reason, condition.message)


def _settled(sighting: Sighting) -> bool:
    """Whether an object that is seen for the first time was as declared when somebody last looked."""
    if sighting.deleting or sighting.paused or not sighting.held:
        return False
    status = parse_status(sighting.status)
    return is_ready(status, sighting.generation) and status.last_handled_reconcile_at == sighting.reconcile_at


def _likely_to_need_slot(subject: Subject) -> bool:
    """Whether there is probably work: then the world is read only once the slot is there, and so only once."""
    return not is_ready(subject.status, subject.generation) and subject.spec.state is not TenantState.SUSPENDED
