"""Kopf: only its watching is used. Handlers translate, nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import kopf
from yarl import URL

from tenant_reseller.resource import GROUP, PLURAL, VERSION
from tenant_reseller.signals.census import Census

from .api import WATCH_SECONDS
from .connection import Connection
from .dispatcher import Dispatcher
from .no_diff import NoDiff
from .parsing import Sighting
from .watch_activity import WatchActivity

_LONGEST_BACKOFF = 2.0


def registry(
    dispatcher: Dispatcher, connection: Connection, activity: WatchActivity, census: Census
) -> kopf.OperatorRegistry:
    """The handlers of the operator."""
    handlers = kopf.OperatorRegistry()

    def asks(url: URL) -> None:
        # Kopf watches a collection once it has handed on everything that is in it.
        if url.query.get("watch") == "true":
            activity.listed(url.path)
        else:
            activity.heard(url.path)

    @kopf.on.login(registry=handlers)
    async def log_in(**_: Any) -> kopf.AiohttpSession:
        # A session of its own: Kopf closes it when the API server refuses the credentials.
        return kopf.AiohttpSession(server=connection.server, aiohttp_session=connection.session(asks=asks))

    @kopf.on.event(GROUP, VERSION, PLURAL, registry=handlers)
    async def saw(event: kopf.RawEvent, **_: Any) -> None:
        seen, deleted = event["object"], event["type"] == "DELETED"
        own = collection(seen["metadata"]["namespace"])
        activity.heard(own if own in activity else collection(None))
        _count(census, seen, deleted=deleted)
        dispatcher.saw(Sighting.read(seen), deleted=deleted)

    return handlers


class Backoffs:
    """Seconds between attempts at the API server. Without end: however long it is away, the operator outlives it.

    None is long: an API server that is back is noticed within seconds, and one watch that asks does not burden it.
    """

    def __iter__(self) -> Iterator[float]:
        return chain((0.2, 0.5, 1.0), repeat(_LONGEST_BACKOFF))


def collection(namespace: str | None) -> str:
    """Path of the TenantResellers of a namespace, or of all when it is None."""
    where = "" if namespace is None else f"/namespaces/{namespace}"
    return f"/apis/{GROUP}/{VERSION}{where}/{PLURAL}"


def _count(census: Census, seen: Any, *, deleted: bool) -> None:
    uid = seen["metadata"]["uid"]
    if deleted:
        census.forget(uid)
    else:
        census.saw(uid, seen["spec"].get("edition"), (seen.get("status") or {}).get("conditions", ()))


def settings(selector: str = "") -> kopf.OperatorSettings:
    """Settings of Kopf for a thin trigger; only objects with labels that match the `selector` are watched."""
    chosen = kopf.OperatorSettings()
    if selector:
        chosen.watching.label_selectors[GROUP, VERSION, PLURAL] = selector
    chosen.posting.enabled = False  # events are ours to write
    chosen.posting.loggers = False
    chosen.scanning.disabled = True  # no right to watch namespaces or CustomResourceDefinitions is needed
    chosen.peering.standalone = True
    chosen.persistence.diffbase_storage = NoDiff()
    chosen.watching.server_timeout = WATCH_SECONDS  # a sign of life, also where nothing changes
    chosen.watching.chunk_size = 500  # a list of thousands of objects at once would take hundreds of megabytes
    chosen.queueing.worker_limit = None  # a worker would hold its place for seconds after it has finished
    chosen.queueing.idle_timeout = 1.0
    chosen.queueing.exit_timeout = 0.5
    # Else Kopf kills the process this long after its end; a replica that lost its Lease goes on and may lead again.
    chosen.process.ultimate_exiting_timeout = None
    chosen.networking.error_backoffs = Backoffs()
    return chosen
