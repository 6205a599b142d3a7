"""One leader among the replicas: waits for the Lease, works while it is held, gives it back.

The election itself is `kubernetes.aio.leaderelection`. It only ever runs as a task of its own here: left alone, it
would go on renewing after the work has failed, and leave the work running when it is cancelled.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kubernetes.aio.client import ApiClient
from kubernetes.aio.leaderelection.electionconfig import Config
from kubernetes.aio.leaderelection.leaderelection import LeaderElection

from .lease_lock import TermLock
from .term import Term

logger = logging.getLogger(__name__)
_STANDBY_SECONDS = 0.5
"""Time between two looks of a standby: so long nobody leads after a clean stop."""
_STOP_SECONDS = 10.0
EXIT_STUCK = 70
"""Exit status when the work of a lost term could not be ended."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The Lease and its times, in seconds: `duration` > `renew_deadline` > 1.2 `retry_period` >= 1.2."""

    namespace: str
    name: str
    duration: float
    renew_deadline: float
    retry_period: float


class _Election(LeaderElection):
    """Looks more often than a leader renews: reading one Lease costs little, and writes nothing."""

    async def acquire(self) -> bool:
        """Return when this replica has won."""
        while True:
            if await self.try_acquire_or_renew():
                return True
            await asyncio.sleep(_STANDBY_SECONDS)


class Candidate:
    """This replica, as one that may become the leader."""

    def __init__(self, api_client: ApiClient, lease: Lease) -> None:
        self._api_client = api_client
        self._lease = lease
        # Unique for each process: one that was killed and started anew in the same pod must wait as any other.
        self.identity = f"{socket.gethostname()}_{uuid.uuid4()}"
        self._lock = self._new_lock()

    @property
    def leading(self) -> bool:
        """Whether this replica is the leader."""
        return self._lock.term is not None and not self._lock.term.ended

    @property
    def trouble(self) -> str | None:
        """Why this replica can be neither leader nor standby at present."""
        trouble = None if self.leading else self._lock.trouble
        return trouble and f"Lease {self._lease.namespace}/{self._lease.name}: {trouble}"

    async def lead(self, work: Callable[[Term], Awaitable[None]]) -> None:
        """Wait for the Lease, then `work`. Returns when the Lease was lost; the work was cancelled and has ended then.

        When the work ends, or this is cancelled, the Lease is given back.
        """
        self._lock = lock = self._new_lock()
        elected = asyncio.Event()
        election = asyncio.create_task(self._election(lock, elected).run(), name="leader election")
        try:
            await self._wait(election, elected)
            if lock.term is not None and not lock.term.ended:
                await self._work(lock.term, work, election)
        finally:
            election.cancel()
            await asyncio.wait([election])
            await lock.release()

    async def _wait(self, election: asyncio.Task[None], elected: asyncio.Event) -> None:
        logger.info("Standing by as %s for Lease %s/%s", self.identity, self._lease.namespace, self._lease.name)
        waiting = asyncio.create_task(elected.wait())
        try:
            await asyncio.wait((election, waiting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if election.done():
            election.result()

    async def _work(self, term: Term, work: Callable[[Term], Awaitable[None]], election: asyncio.Task[None]) -> None:
        logger.info("Leading as %s", self.identity)
        working = asyncio.ensure_future(work(term))
        over = asyncio.create_task(term.run_out())
        try:
            await asyncio.wait((working, over, election), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                logger.warning("The Lease was lost; everything under way is dropped")
                term.end()
        finally:
            over.cancel()
            if not working.done():
                await _stop(working)
        if not working.cancelled():
            working.result()

    def _election(self, lock: TermLock, elected: asyncio.Event) -> LeaderElection:
        async def started() -> None:
            elected.set()

        async def stopped() -> None:
            if lock.term is not None:
                lock.term.end()

        lease = self._lease
        return _Election(Config(lock, lease.duration, lease.renew_deadline, lease.retry_period, started, stopped))

    def _new_lock(self) -> TermLock:
        lease = self._lease
        return TermLock(
            lease.name,
            lease.namespace,
            self.identity,
            self._api_client,
            duration=lease.duration,
            term_seconds=lease.renew_deadline,
            request_seconds=lease.renew_deadline / 2,
        )


async def _stop(working: asyncio.Future[None]) -> None:
    working.cancel()
    done, _ = await asyncio.wait([working], timeout=_STOP_SECONDS)
    if not done:
        # It can send nothing any more, but two sets of workers in one process would not know of each other.
        logger.critical("The work did not end within %.0f s: this process ends", _STOP_SECONDS)
        logging.shutdown()
        os._exit(EXIT_STUCK)
