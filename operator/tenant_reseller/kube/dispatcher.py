"""From events to workers: one worker for each object that exists."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from .parsing import Sighting
from .worker import Services, Worker


class Dispatcher:
    """Knows all workers. All methods are called from the event loop's thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopped = False
        self._workers: dict[str, Worker] = {}
        self._by_secret: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._secret_of: dict[str, tuple[str, str]] = {}

    def saw(self, sighting: Sighting, *, deleted: bool) -> None:
        """An event of a TenantReseller."""
        if self._stopped:
            return
        uid = sighting.uid
        worker = self._workers.get(uid)
        if deleted:
            if worker is not None:
                self._forget(uid)
                worker.retire()
            return
        if worker is None:
            worker = self._workers[uid] = Worker(sighting, self._services, self._forget)
        else:
            worker.saw(sighting)
        self._index(uid, worker.secret)

    def saw_secret(self, namespace: str, name: str, *, appeared: bool) -> None:
        """A Secret of this name was made (`appeared`), changed or removed."""
        for uid in self._by_secret.get((namespace, name), ()):
            self._workers[uid].saw_secret(appeared=appeared)

    async def stop(self) -> None:
        """End all workers, for good: an event that comes later makes no new one."""
        self._stopped = True
        await asyncio.gather(*(worker.stop() for worker in list(self._workers.values())))

    def _index(self, uid: str, secret: tuple[str, str]) -> None:
        if self._secret_of.get(uid) != secret:
            self._unindex(uid)
            self._secret_of[uid] = secret
            self._by_secret[secret].add(uid)

    def _unindex(self, uid: str) -> None:
        secret = self._secret_of.pop(uid, None)
        if secret is not None:
            self._by_secret[secret].discard(uid)
            if not self._by_secret[secret]:
                del self._by_secret[secret]

    def _forget(self, uid: str) -> None:
        self._workers.pop(uid, None)
        self._unindex(uid)
