"""From events to workers: one worker for each object that exists."""

from __future__ import annotations

import asyncio

from .parsing import Sighting
from .references import Reference, ReferenceIndex
from .worker import Services, Worker


class Dispatcher:
    """Knows all workers. All methods are called from the event loop's thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopped = False
        self._workers: dict[str, Worker] = {}
        self._references = ReferenceIndex()

    def saw(self, sighting: Sighting, *, deleted: bool) -> None:
        """An event of a TenantReseller."""
        if self._stopped:
            return
        uid = sighting.uid
        worker = self._workers.get(uid)
        if deleted:
            if worker is not None:
                self._forget(uid, worker)
                worker.retire()
            return
        if worker is None:
            worker = self._workers[uid] = Worker(sighting, self._services, self._forget)
        else:
            worker.saw(sighting)
        self._references.put(uid, worker.references)

    def saw_referenced(self, reference: Reference, *, appeared: bool) -> None:
        """A Secret or ConfigMap was made (`appeared`), changed or removed."""
        for uid in self._references.users(reference):
            self._workers[uid].saw_referenced(appeared=appeared)

    def retry_failed(self) -> None:
        """Visit all those again at once whose last visit failed: what was wrong may be right now."""
        for worker in list(self._workers.values()):
            worker.retry()

    async def stop(self) -> None:
        """End all workers, for good: an event that comes later makes no new one."""
        self._stopped = True
        await asyncio.gather(*(worker.stop() for worker in list(self._workers.values())))

    def _forget(self, uid: str, worker: Worker) -> None:
        # A worker that was retired may end late, when the object has another one: its label was taken off and put back.
        if self._workers.get(uid) is worker:
            del self._workers[uid]
            self._references.forget(uid)
