"""Hears of changes of Secrets and ConfigMaps, by their metadata only: contents that are none of our business never
arrive here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from .api import FIELD_MANAGER, Json, KubeApi
from .errors import ExpiredError, ForbiddenError, KubeError
from .references import Kind, Reference

logger = logging.getLogger(__name__)
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
        self._path = f"/api/v1/{kind}" if namespace is None else f"/api/v1/namespaces/{namespace}/{kind}"
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

    async def _list_and_watch(self) -> None:
        self._alive(self._path)
        items, version = await self._api.list_metadata(self._path)
        self._compare(items)
        while True:
            self._alive(self._path)
            try:
                async for event in self._api.watch_metadata(self._path, version):
                    self._alive(self._path)
                    version = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] != "BOOKMARK":
                        self._take(event["type"], event["object"]["metadata"])
            except ExpiredError:
                return

    def _compare(self, items: list[Json]) -> None:
        """Find out what changed while nobody watched. At the start all workers read theirs anyway."""
        found = {_name(item["metadata"]): item["metadata"]["resourceVersion"] for item in items}
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


def _name(metadata: Json) -> Name:
    return metadata["namespace"], metadata["name"]
