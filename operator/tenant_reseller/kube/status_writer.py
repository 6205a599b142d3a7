"""Writes the status of one object: nothing when nothing changed, else one merge patch; progress not too often."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

from tenant_reseller.resource import Status

from .api import Json, KubeApi
from .errors import KubeError
from .parsing import NO_STATUS, Sighting, compact, parse_status

logger = logging.getLogger(__name__)


class StatusWriter:
    """The status of one object, as the API server has it and as it should be.

    `uid` goes into each patch: the API server refuses it for an object of the same name that was made anew meanwhile.
    There is no version in it: nobody else writes the status, and a change of the spec at the same time must not cost a
    second attempt. `interval` is how long work lasts before it is told, and the least time between two tellings.
    `written` is told the status before and after each write, `foreign` when somebody else wrote during one.
    """

    # There is one for each object that exists.
    __slots__ = (
        *("_api", "_foreign", "_held", "_interval", "_name", "_namespace", "_sending", "_uid"),
        *("_pending", "_stored", "_timer", "_version", "_writing", "_written"),
    )

    def __init__(
        self,
        api: KubeApi,
        namespace: str,
        name: str,
        uid: str,
        *,
        interval: float,
        written: Callable[[Status, Status], None] = lambda before, after: None,
        foreign: Callable[[], None] = lambda: None,
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._name = name
        self._uid = uid
        self._interval = interval
        self._written = written
        self._foreign = foreign
        self._stored = NO_STATUS
        self._version = ""
        self._sending = False
        self._held: Sighting | None = None
        self._pending: Callable[[], Status] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    @property
    def stored(self) -> bytes:
        """The status as the API server has it, as JSON."""
        return self._stored

    def saw(self, sighting: Sighting) -> bool:
        """Take note of what an event showed, unless it is older than what we wrote since.

        Answers whether somebody else has changed the status, such as a restore from a backup that keeps none.
        """
        if self._sending:
            # It is mostly our own write, shown earlier than it is answered: the answer will tell.
            self._held = sighting
            return False
        if self._version and not sighting.newer_than(self._version):
            return False
        before, self._stored, self._version = self._stored, sighting.status, sighting.version
        return before != self._stored

    def report(self, make: Callable[[], Status]) -> None:
        """Progress: written after a while, unless something newer comes first."""
        self._pending = make
        if self._timer is None and self._writing is None:
            self._timer = asyncio.get_running_loop().call_later(self._interval, self._due)

    async def write(self, status: Status) -> bool:
        """Write now, unless it says nothing new. Answers whether it was written. Raises `KubeError`."""
        await self.cancel()
        return await self._write(status)

    async def cancel(self) -> None:
        """Forget progress that was not written yet; a write that is under way is finished."""
        self._pending = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._writing is not None:
            await asyncio.wait([self._writing])

    def _due(self) -> None:
        self._timer = None
        self._writing = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        make, self._pending = self._pending, None
        try:
            if make is not None:
                await self._write(make())
        except KubeError as error:
            # Only progress: the end of the visit writes again, and judges the trouble.
            logger.info("%s/%s: progress was not written: %s", self._namespace, self._name, error)
        finally:
            self._writing = None
        if self._pending is not None:
            self.report(self._pending)

    async def _write(self, status: Status) -> bool:
        before = self._stored
        patch = difference(json.loads(before), status.wire())
        if not patch:
            return False
        body = {"metadata": {"uid": self._uid}, "status": patch}
        self._sending = True
        try:
            answer = await self._api.patch_status(self._namespace, self._name, body)
            self._stored = compact(answer.get("status"))
            self._version = answer["metadata"]["resourceVersion"]
        finally:
            self._sending = False
            held, self._held = self._held, None
            if held is not None and held.version != self._version and self.saw(held):
                self._foreign()
        self._written(parse_status(before), status)
        return True


def difference(stored: Json, wanted: dict[str, object]) -> Json:
    """The merge patch that turns one into the other: null removes, lists are replaced."""
    patch: Json = {}
    for name in stored.keys() - wanted.keys():
        patch[name] = None
    for name, value in wanted.items():
        before = stored.get(name)
        if before == value and name in stored:
            continue
        if isinstance(before, dict) and isinstance(value, dict):
            patch[name] = difference(before, value)
        else:
            patch[name] = value
    return patch
