"""The lock of `kubernetes.aio.leaderelection` on a Lease, made safe for two writers that must never work at once.

What the library's own lock leaves open, and what is done about it here:

* A request has no deadline, and an error that is not an answer of the API server ends the election. Here each request
  has one, and every failure is an answer "not now".
* It judges by the wall clock when another holder's Lease has run out: with a clock that was set forward it takes one
  that is still held. Here the clock of `term.py` decides, and `update` refuses what the library wants too early.
* It takes over a Lease without looking whether its own term has been interrupted. Here a term that another holder
  interrupted is over, and only a new election begins another.
* It writes local time as if it were UTC, counts no transitions, and never gives the Lease back.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TypeAlias

import aiohttp
from kubernetes.aio.client import ApiClient, ApiException, V1Lease, V1LeaseSpec, V1ObjectMeta
from kubernetes.aio.leaderelection.leaderelectionrecord import LeaderElectionRecord
from kubernetes.aio.leaderelection.resourcelock.leaselock import LeaseLock

from .term import Term, clock

logger = logging.getLogger(__name__)
_NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
_NOT_DONE = (ApiException, *_NO_ANSWER)
Found: TypeAlias = tuple[bool, LeaderElectionRecord] | tuple[bool, Exception] | tuple[bool, None]


class TermLock(LeaseLock):
    """The Lease `namespace`/`name`, as one candidate sees it in one election.

    `duration`: seconds without a renewal after which others may take it. `term_seconds`: seconds for which a renewal
    lets this one act; less. `request_seconds`: deadline of one request.
    """

    def __init__(
        self,
        name: str,
        namespace: str,
        identity: str,
        api_client: ApiClient,
        *,
        duration: float,
        term_seconds: float,
        request_seconds: float,
    ) -> None:
        super().__init__(name, namespace, identity, api_client)
        self.term: Term | None = None
        """Set when the Lease is won."""
        self.holder: str | None = None
        """Who held it when it was last read; None: nobody."""
        self.trouble: str | None = "it was not read yet"
        """Why the Lease cannot be read or written at present."""
        self._duration = duration
        self._term_seconds = term_seconds
        self._request_seconds = request_seconds
        self._seen: tuple[object, float] | None = None
        """What another holder last wrote, and when that was first seen."""

    async def get(self, name: str, namespace: str) -> Found:
        """The record; none when the Lease may be taken. An exception when there is no Lease, or no answer."""
        try:
            async with asyncio.timeout(self._request_seconds):
                found: Found = await super().get(name, namespace)
        except _NO_ANSWER as error:
            found = False, ApiException(status=0, reason=_said(error))
        _, record = found
        if isinstance(record, Exception):
            missing = isinstance(record, ApiException) and record.status == 404
            self._noted(None if missing else f"it cannot be read: {_said(record)}")
            if missing and self.term is not None:
                # Somebody has removed it: another may have made it anew, and worked, and removed it again.
                self.term.end()
            return found
        self._noted(None)
        self._look(self._spec)
        return (True, None) if record is None or self._free else (True, self._whole(record))

    async def create(self, name: str, namespace: str, election_record: LeaderElectionRecord) -> bool:
        """Make the Lease. False when another was faster, or without an answer."""
        lease = V1Lease(metadata=V1ObjectMeta(name=name), spec=self.update_lease(election_record))
        return await self._won(self.api_instance.create_namespaced_lease(namespace, lease))

    async def update(self, name: str, namespace: str, updated_record: LeaderElectionRecord) -> bool:
        """Take or renew the Lease. False when it is another's, was changed meanwhile, or without an answer."""
        if not (self._free or self.holder == self.identity):
            return False
        if self.term is not None and (self.term.ended or self.holder != self.identity):
            return False
        assert self.lease_reference is not None  # the library reads before it writes
        self.lease_reference.spec = self.update_lease(updated_record, self.lease_reference.spec)
        return await self._won(self.api_instance.replace_namespaced_lease(name, namespace, self.lease_reference))

    async def release(self) -> None:
        """Give the Lease back, so that another need not wait until it has run out. Failing that, it will."""
        if self.term is None:
            return
        self.term.end()
        trouble = ""
        # Twice, because a renewal that was under way when the election ended may come in between.
        for _ in range(2):
            try:
                async with asyncio.timeout(self._request_seconds):
                    lease = await self.api_instance.read_namespaced_lease(self.name, self.namespace)
                    if lease.spec is None or lease.spec.holder_identity != self.identity:
                        return
                    lease.spec = self._stamped(lease.spec, holder=None)
                    await self.api_instance.replace_namespaced_lease(self.name, self.namespace, lease)
                    return
            except _NOT_DONE as error:
                trouble = _said(error)
        logger.warning("Lease %s/%s could not be given back: %s", self.namespace, self.name, trouble)

    def update_lease(
        self, leader_election_record: LeaderElectionRecord, current_spec: V1LeaseSpec | None = None
    ) -> V1LeaseSpec:
        """What is written to hold the Lease."""
        return self._stamped(current_spec or V1LeaseSpec(), holder=self.identity)

    async def _won(self, request: Awaitable[object]) -> bool:
        asked_at = clock()
        try:
            async with asyncio.timeout(self._request_seconds):
                await request
        except _NOT_DONE as error:
            conflict = isinstance(error, ApiException) and error.status == 409
            self._noted(None if conflict else f"it cannot be written: {_said(error)}")
            return False
        if self.term is None:
            self.term = Term(self._term_seconds, asked_at)
        else:
            self.term.renewed(asked_at)
        return True

    @property
    def _spec(self) -> V1LeaseSpec:
        assert self.lease_reference is not None  # it was just read
        return self.lease_reference.spec or V1LeaseSpec()

    def _look(self, spec: V1LeaseSpec) -> None:
        self.holder = spec.holder_identity or None
        if self.term is not None and self.holder != self.identity:
            self.term.end()
        wrote = (spec.holder_identity, spec.renew_time, spec.acquire_time, spec.lease_transitions)
        if self._seen is None or self._seen[0] != wrote:
            self._seen = wrote, clock()

    @property
    def _free(self) -> bool:
        """Whether nobody holds the Lease, or its holder has not renewed it for as long as it said that it would."""
        if self.holder is None:
            return True
        if self.holder == self.identity or self._seen is None:
            return False
        return clock() - self._seen[1] >= (self._spec.lease_duration_seconds or self._duration)

    def _whole(self, record: LeaderElectionRecord) -> LeaderElectionRecord:
        """The record without gaps: the library takes every Lease in which a time is missing."""
        record.lease_duration = record.lease_duration or str(self._duration)
        record.acquire_time = record.acquire_time or "unknown"
        record.renew_time = record.renew_time or "unknown"
        return record

    def _stamped(self, spec: V1LeaseSpec, *, holder: str | None) -> V1LeaseSpec:
        now = datetime.now(UTC)
        if holder is not None and spec.holder_identity != holder:
            spec.lease_transitions = 0 if spec.acquire_time is None else (spec.lease_transitions or 0) + 1
            spec.acquire_time = now
        spec.holder_identity = holder
        spec.lease_duration_seconds = math.ceil(self._duration)
        spec.renew_time = now
        spec.acquire_time, spec.renew_time = _printable(spec.acquire_time), _printable(spec.renew_time)
        return spec

    def _noted(self, trouble: str | None) -> None:
        if trouble != self.trouble and trouble is not None:
            logger.warning("Lease %s/%s: %s", self.namespace, self.name, trouble)
        self.trouble = trouble


def _printable(moment: datetime | None) -> datetime | None:
    # Python prints a whole second without fraction, and the API server refuses a time of a Lease that has none.
    return moment if moment is None or moment.microsecond else moment.replace(microsecond=1)


def _said(error: object) -> str:
    if isinstance(error, ApiException) and error.status:
        return f"{error.status} {error.reason}"
    if isinstance(error, ApiException):
        return str(error.reason)
    return f"{type(error).__name__}: {error}"
