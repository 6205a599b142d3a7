"""Hears of changes of Secrets and ConfigMaps, by their metadata only: contents that are none of our business never
arrive here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from .api import FIELD_MANAGER, Json, KubeApi
from .errors import ForbiddenError, KubeError
from .references import Kind, Reference
from .term import clock

logger = logging.getLogger(__name__)
_SHORT_SECONDS = 5.0
"""A watch that the server ends sooner is begun anew only after a pause: it may end the next one as soon."""
Name = tuple[str, str]


class Heard(Protocol):
    """Takes the news."""

    def __call__(self, reference: Reference, /, *, appeared: bool) -> None:
        """The object was made (`appeared`), changed or removed."""


class ReferenceWatch:
    """Watches the objects of one kind in one namespace, or in all when it is None.

    `alive` is called with the watched path whenever the API server sends something or is asked for something.
    """

    def __init__(
        self,
        api: KubeApi,
        kind: Kind,
        namespace: str | None,
        heard: Heard,
        *,
        alive: Callable[[str], None] = lambda _: None,
        pause: float = 1.0,
        forbidden_pause: float = 30.0,
    ) -> None:
        self._api = api
        self._kind = kind
        self._path = watched_path(kind, namespace)
        self._heard = heard
        self._alive = alive
        self._pause = pause
        self._forbidden_pause = forbidden_pause
        self._versions: dict[Name, str] | None = None

    async def run(self) -> None:
        """Watch until cancelled. Without the right to it, the next retry or drift check finds what changed."""
        while True:
            try:
                await self._list_and_watch()
            except ForbiddenError as error:
                # Not the end: an API server that has just started refuses everybody until it has read the roles.
                logger.warning("Changes of %s are noticed late, as they may not be watched now: %s", self._kind, error)
                await asyncio.sleep(self._forbidden_pause)
            except KubeError as error:
                logger.info("The watch of %s is interrupted: %s", self._kind, error)
                await asyncio.sleep(self._pause)
            except Exception:
                # Whatever an object of somebody's brings: it must not end the work on all TenantResellers.
                logger.exception("The watch of %s failed, and begins anew", self._kind)
                await asyncio.sleep(self._pause)

    async def _list_and_watch(self) -> None:
        found, version = await self._list()
        self._compare(found)
        while True:
            self._alive(self._path)
            begun = clock()
            async for event in self._api.watch_metadata(self._path, version):
                self._alive(self._path)
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] != "BOOKMARK":
                    self._take(event["type"], event["object"]["metadata"])
            if clock() - begun < _SHORT_SECONDS:
                await asyncio.sleep(self._pause)

    async def _list(self) -> tuple[dict[Name, str], str]:
        """The versions of all objects, and the one to watch from. Of each page only the versions are kept."""
        found: dict[Name, str] = {}
        more = ""
        while True:
            self._alive(self._path)
            page = await self._api.list_metadata(self._path, more)
            found.update((_name(item["metadata"]), item["metadata"]["resourceVersion"]) for item in page.items)
            more = page.more
            if not more:
                return found, page.version

    def _compare(self, found: dict[Name, str]) -> None:
        """Find out what changed while nobody watched. At the start all workers read theirs anyway."""
        known, self._versions = self._versions, found
        if known is None:
            return
        for name in known.keys() | found.keys():
            if known.get(name) != found.get(name):
                self._heard(Reference(self._kind, *name), appeared=name not in known)

    def _take(self, kind: str, metadata: Json) -> None:
        assert self._versions is not None  # a list comes before every watch
        name = _name(metadata)
        known = self._versions.get(name)
        if kind == "DELETED":
            self._versions.pop(name, None)
            self._heard(Reference(self._kind, *name), appeared=False)
            return
        self._versions[name] = metadata["resourceVersion"]
        ours = metadata.get("labels", {}).get("app.kubernetes.io/managed-by") == FIELD_MANAGER
        if known is None and not ours:
            self._heard(Reference(self._kind, *name), appeared=True)
        elif known is not None and known != metadata["resourceVersion"]:
            self._heard(Reference(self._kind, *name), appeared=False)


def watched_path(kind: Kind, namespace: str | None) -> str:
    """Path of the objects of a kind in a namespace, or of all when it is None."""
    return f"/api/v1/{kind}" if namespace is None else f"/api/v1/namespaces/{namespace}/{kind}"


def _name(metadata: Json) -> Name:
    return metadata["namespace"], metadata["name"]
