"""Writes events to the API server, in the background and best effort: work never waits for them.

Like client-go's broadcaster: an event that repeats becomes a series with a count, one object cannot flood the cluster,
and there is one bounded queue for all. What does not fit, or is refused, is counted and logged at debug, and is not
tried again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from tenant_reseller.resource import API_VERSION, GROUP, KIND
from tenant_reseller.signals.events import Event, EventType

from .api import Json
from .errors import KubeError

logger = logging.getLogger(__name__)
CONTROLLER = f"{GROUP}/operator"
"""Name of the operator in its events."""

_QUEUED = 1000
_SERIES = 2000
_SERIES_SECONDS = 600.0
"""An event that comes again within this time belongs to the series."""
_PATCH_SECONDS = 60.0
"""Least time between two writes of a series' count."""
_BURST = 25
_REFILL_SECONDS = 300.0
"""An object may have so many different events at once, and one more after each of these times."""
_LONGEST_NAME = 253
_LAST_SECONDS = 0.5
"""Time to write what is queued when the operator ends."""


class Fate(StrEnum):
    """What became of an event."""

    WRITTEN = "written"
    COUNTED = "counted"
    """It repeated a known one, whose count is raised."""
    DROPPED = "dropped"
    """There were too many."""
    FAILED = "failed"
    """The API server refused it or did not answer."""


@dataclass(frozen=True, slots=True)
class Regarding:
    """The object that an event is about."""

    namespace: str
    name: str
    uid: str


class EventSink(Protocol):
    """Where events are written. Both raise `KubeError`."""

    async def create_event(self, namespace: str, event: Json, /) -> None:
        """Make an event."""
        ...

    async def patch_event(self, namespace: str, name: str, patch: Json, /) -> None:
        """Merge-patch an event."""
        ...


@dataclass(slots=True)
class _Series:
    """An event that was told, and how often since."""

    regarding: Regarding
    event: Event
    at: datetime
    seen: float
    name: str = ""
    count: int = 1
    last: datetime | None = None
    written: float = 0.0
    queued: bool = True


class EventRecorder:
    """Records events. `record` returns at once; `run` writes, until cancelled, at most `per_second` on average.

    All methods are called from the event loop's thread. With 0 per second nothing is recorded.
    """

    def __init__(
        self,
        sink: EventSink,
        instance: str,
        *,
        per_second: float,
        fate: Callable[[Fate], None] = lambda fate: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sink = sink
        self._instance = instance[:128]
        self._pause = 1 / per_second if per_second else 0.0
        self._enabled = per_second > 0
        self._fate = fate
        self._clock = clock
        self._number = 0
        self._queue: deque[_Series] = deque()
        self._series: OrderedDict[tuple[str, Event], _Series] = OrderedDict()
        self._allowances: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._wake = asyncio.Event()

    @property
    def queued(self) -> int:
        """How many writes wait."""
        return len(self._queue)

    def record(self, regarding: Regarding, event: Event) -> None:
        """Take note of an event; it is written soon, or never."""
        if not self._enabled:
            return
        now = self._clock()
        key = (regarding.uid, event)
        known = self._series.get(key)
        if known is not None and now - known.seen <= _SERIES_SECONDS:
            known.count += 1
            known.last, known.seen = datetime.now(UTC), now
            self._series.move_to_end(key)
            self._fate(Fate.COUNTED)
            if not known.queued and now - known.written >= _PATCH_SECONDS:
                self._enqueue(known)
            return
        if not self._allowed(regarding.uid, now):
            self._drop(event)
            return
        series = _Series(regarding, event, datetime.now(UTC), now)
        self._series[key] = series
        if len(self._series) > _SERIES:
            self._series.popitem(last=False)
        self._enqueue(series)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._wait_for_work()
            while self._queue:
                await self._write(self._queue.popleft())
                await asyncio.sleep(self._pause)

    async def finish(self) -> None:
        """Write what is queued, as far as a moment allows; call it after `run` was cancelled."""
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                while self._queue:
                    await self._write(self._queue.popleft())
        except TimeoutError:
            for series in self._queue:
                self._drop(series.event)

    async def _wait_for_work(self) -> None:
        """Return when something is queued; counts that have waited long enough are queued here."""
        while not self._queue:
            self._wake.clear()
            try:
                async with asyncio.timeout(_PATCH_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                self._sweep()

    def _sweep(self) -> None:
        now = self._clock()
        for key, series in list(self._series.items()):
            if series.last is not None and not series.queued and now - series.written >= _PATCH_SECONDS:
                self._enqueue(series)
            elif now - series.seen > _SERIES_SECONDS:
                del self._series[key]

    def _enqueue(self, series: _Series) -> None:
        series.queued = True
        if len(self._queue) >= _QUEUED:
            # Trouble matters more than progress: it takes the place of the oldest event about progress.
            weak = next((other for other in self._queue if other.event.type is EventType.NORMAL), None)
            if series.event.type is EventType.NORMAL or weak is None:
                self._forget(series)
                return
            self._queue.remove(weak)
            self._forget(weak)
        self._queue.append(series)
        self._wake.set()

    def _allowed(self, uid: str, now: float) -> bool:
        """One bucket of events an object, as client-go's spam filter has it."""
        left, since = self._allowances.get(uid, (float(_BURST), now))
        left = min(left + (now - since) / _REFILL_SECONDS, float(_BURST))
        allowed = left >= 1
        self._allowances[uid] = (left - 1 if allowed else left, now)
        self._allowances.move_to_end(uid)
        if len(self._allowances) > _SERIES:
            self._allowances.popitem(last=False)
        return allowed

    def _forget(self, series: _Series) -> None:
        series.queued = False
        self._series.pop((series.regarding.uid, series.event), None)
        self._drop(series.event)

    def _drop(self, event: Event) -> None:
        logger.debug("Too many events; dropped %s: %s", event.reason, event.note)
        self._fate(Fate.DROPPED)

    async def _write(self, series: _Series) -> None:
        series.queued = False
        count, last = series.count, series.last
        try:
            if series.name:
                told = {"series": {"count": count, "lastObservedTime": _micro_time(last or series.at)}}
                await self._sink.patch_event(series.regarding.namespace, series.name, told)
            else:
                self._number += 1
                series.name = _name(series.regarding.name, f"{time.time_ns():x}{self._number:04x}")
                await self._sink.create_event(series.regarding.namespace, self._body(series))
        except KubeError as error:
            logger.debug("The event %s was not written: %s", series.event.reason, error)
            self._series.pop((series.regarding.uid, series.event), None)
            self._fate(Fate.FAILED)
            return
        series.written = self._clock()
        if series.count == count:
            series.last = None
        self._fate(Fate.WRITTEN)

    def _body(self, series: _Series) -> Json:
        regarding, event = series.regarding, series.event
        body: Json = {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {"name": series.name, "namespace": regarding.namespace},
            "eventTime": _micro_time(series.at),
            "type": str(event.type),
            "reason": str(event.reason),
            "action": str(event.action),
            "note": event.note,
            "reportingController": CONTROLLER,
            "reportingInstance": self._instance,
            "regarding": {
                "apiVersion": API_VERSION,
                "kind": KIND,
                "namespace": regarding.namespace,
                "name": regarding.name,
                "uid": regarding.uid,
            },
        }
        if series.count > 1:
            body["series"] = {"count": series.count, "lastObservedTime": _micro_time(series.last or series.at)}
        return body


def _name(regarding: str, mark: str) -> str:
    """Name of an event. That of the object may be as long as any, and a part of a name ends with a letter or digit."""
    return f"{regarding[: _LONGEST_NAME - len(mark) - 1].rstrip('-.')}.{mark}"


def _micro_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
