"""The few calls to the API server that the operator makes."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import SecretStr

from tenant_reseller.ports import StoredFiles
from tenant_reseller.resource import API_VERSION, GROUP, KIND, PLURAL, VERSION
from tenant_reseller.subject import Subject

from .errors import ConflictError, ExpiredError, ForbiddenError, KubeError, NotFoundError
from .lines import lines

logger = logging.getLogger(__name__)

Json = dict[str, Any]
"""An object as the API server sends it; it is not passed on beyond this package."""

_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
WATCH_SECONDS = 240
"""Length of a watch; then it is begun anew from where it was."""
_WATCH_TIMEOUT = aiohttp.ClientTimeout(total=WATCH_SECONDS + 30, sock_connect=5)
_CALLS = 16
"""Calls at once; the others wait, where no time-out runs yet. Each has a connection, and thousands at once would only
make the API server slower."""
_LONGEST_EVENT = 16 * 1024 * 1024
"""Bytes of an event of a watch. An object has at most some megabytes, even when all of it is escaped."""
_PAGE = 100
"""Objects in a page of a list. The metadata of one may be more than a megabyte."""
_TROUBLES = (aiohttp.ClientError, HttpProcessingError, TimeoutError, OSError, ValueError)
"""What can go wrong between the API server and here; an answer that breaks HTTP is no `ClientError`."""
_MERGE = {"Content-Type": "application/merge-patch+json"}
_METADATA_LIST = {"Accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}
_METADATA = {"Accept": "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"}
FIELD_MANAGER = "tenant-reseller-operator"


class Page(NamedTuple):
    """A part of a list of metadata."""

    items: list[Json]
    version: str
    """To watch from; all pages of a list have the same."""
    more: str
    """Token of the next page; empty at the last one."""


class KubeApi:
    """Calls the API server; implements the port `Cluster`."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        self._session = session
        self._server = server
        self._turns = asyncio.Semaphore(_CALLS)
        self._writes: set[asyncio.Task[Json]] = set()

    async def patch_status(self, namespace: str, name: str, patch: Json) -> Json:
        """Merge-patch the status of a TenantReseller; answers the object."""
        return await self._call("PATCH", f"{_path(namespace, name)}/status", patch, _MERGE)

    async def patch(self, namespace: str, name: str, patch: Json) -> Json:
        """Merge-patch a TenantReseller; answers the object."""
        return await self._call("PATCH", _path(namespace, name), patch, _MERGE)

    async def get(self, namespace: str, name: str) -> Json:
        """A TenantReseller."""
        return await self._call("GET", _path(namespace, name))

    async def serves_resource(self) -> bool:
        """Whether the CustomResourceDefinition is installed."""
        try:
            found = await self._call("GET", f"/apis/{GROUP}/{VERSION}")
        except NotFoundError:
            return False
        return any(resource["name"] == PLURAL for resource in found["resources"])

    async def check_selector(self, namespace: str | None, selector: str) -> None:
        """Raise `KubeError` with status 400 when the API server does not understand the label selector."""
        where = "" if namespace is None else f"/namespaces/{quote(namespace)}"
        await self._call("GET", f"/apis/{API_VERSION}{where}/{PLURAL}?limit=1&labelSelector={quote(selector)}")

    async def namespace_uid(self, name: str) -> str:
        """Uid of a namespace."""
        found = await self._call("GET", f"/api/v1/namespaces/{name}")
        return cast(str, found["metadata"]["uid"])

    async def secret(self, namespace: str, name: str, /) -> StoredFiles | None:
        """Content of a Secret; None when there is none."""
        try:
            found = await self._call("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
        except NotFoundError:
            return None
        return StoredFiles(_decoded(found.get("data")), _owners(found))

    async def config_map(self, namespace: str, name: str, /) -> StoredFiles | None:
        """Content of a ConfigMap; None when there is none."""
        try:
            found = await self._call("GET", f"/api/v1/namespaces/{namespace}/configmaps/{name}")
        except NotFoundError:
            return None
        text = {key: value.encode() for key, value in (found.get("data") or {}).items()}
        return StoredFiles({**text, **_decoded(found.get("binaryData"))}, _owners(found))

    async def create_secret(self, namespace: str, name: str, data: Mapping[str, bytes], **metadata: object) -> bool:
        """Make a Secret. False when one exists already: it is left as it is."""
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": FIELD_MANAGER}, **metadata},
            "data": {key: base64.b64encode(value).decode() for key, value in data.items()},
        }
        try:
            await self._call("POST", f"/api/v1/namespaces/{namespace}/secrets", body)
        except ConflictError:
            return False
        return True

    async def create_admin_secret(self, subject: Subject, password: SecretStr, /) -> bool:
        """Make the Secret `<name>-admin`, owned by the subject. False when one exists already: it is left as it is."""
        owner = {"apiVersion": API_VERSION, "kind": KIND, "name": subject.name, "uid": subject.uid, "controller": True}
        return await self.create_secret(
            subject.namespace,
            subject.generated_secret,
            {
                "username": subject.spec.administrator.user_name.encode(),
                "password": password.get_secret_value().encode(),
            },
            ownerReferences=[owner],
        )

    async def create_event(self, namespace: str, event: Json, /) -> None:
        """Make an event of events.k8s.io/v1."""
        await self._call("POST", f"/apis/events.k8s.io/v1/namespaces/{namespace}/events", event)

    async def patch_event(self, namespace: str, name: str, patch: Json, /) -> None:
        """Merge-patch an event."""
        await self._call("PATCH", f"/apis/events.k8s.io/v1/namespaces/{namespace}/events/{name}", patch, _MERGE)

    async def list_metadata(self, path: str, more: str = "") -> Page:
        """Metadata of the objects of a collection: the first page, or the one with the token `more`.

        Raises `ExpiredError` when the token is too old: the list has to begin anew.
        """
        after = f"&continue={quote(more, safe='')}" if more else ""
        found = await self._call("GET", f"{path}?limit={_PAGE}{after}", headers=_METADATA_LIST)
        metadata = found["metadata"]
        # An empty list of metadata comes as null.
        return Page(found["items"] or [], metadata["resourceVersion"], metadata.get("continue") or "")

    async def watch_metadata(self, path: str, version: str) -> AsyncIterator[Json]:
        """Events with the metadata of the objects of a collection, until the server ends the watch.

        Raises `ExpiredError` when the version is too old, `KubeError` at any other error that the server tells.
        """
        url = f"{self._server}{path}?watch=1&resourceVersion={version}&timeoutSeconds={WATCH_SECONDS}"
        url += "&allowWatchBookmarks=true"
        try:
            async with self._session.get(url, headers=_METADATA, timeout=_WATCH_TIMEOUT) as response:
                await _check(response, "GET", path)
                async for line in lines(response.content.iter_any(), _LONGEST_EVENT):
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        raise _told(event["object"], path)
                    yield event
        except _TROUBLES as error:
            raise KubeError(f"watch {path}: {type(error).__name__}: {error}") from error

    async def finish_writes(self) -> None:
        """Wait for the writes under way: each goes on when its caller is cancelled, so that its end is known."""
        if self._writes:
            await asyncio.wait(self._writes)

    async def _call(self, method: str, path: str, body: Json | None = None, headers: Mapping[str, str] = {}) -> Json:
        async with self._turns:
            if body is None:
                return await self._send(method, path, None, headers)
            return await self._write(method, path, body, headers)

    async def _write(self, method: str, path: str, body: Json, headers: Mapping[str, str]) -> Json:
        data = json.dumps(body, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", **headers}
        write = asyncio.create_task(self._send(method, f"{path}?fieldManager={FIELD_MANAGER}", data, headers))
        self._writes.add(write)
        write.add_done_callback(self._writes.discard)
        try:
            return await asyncio.shield(write)
        except asyncio.CancelledError:
            write.add_done_callback(_note_failure)
            raise

    async def _send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Json:
        try:
            async with self._session.request(
                method, f"{self._server}{path}", data=data, headers=headers, timeout=_TIMEOUT
            ) as response:
                await _check(response, method, path)
                return cast(Json, json.loads(await response.read()))
        except _TROUBLES as error:
            raise KubeError(f"{method} {path}: {type(error).__name__}: {error}") from error


def _note_failure(write: asyncio.Task[Json]) -> None:
    """Say that a write failed whose caller was cancelled; what it was for is looked at anew at the next visit."""
    if not write.cancelled() and (error := write.exception()) is not None:
        logger.info("nobody waits any more for %s", error)


def _path(namespace: str, name: str) -> str:
    return f"/apis/{API_VERSION}/namespaces/{namespace}/{PLURAL}/{name}"


def _decoded(data: object) -> dict[str, bytes]:
    return {key: base64.b64decode(value) for key, value in data.items()} if isinstance(data, dict) else {}


def _owners(found: Json) -> frozenset[str]:
    return frozenset(owner["uid"] for owner in found["metadata"].get("ownerReferences", ()))


def _told(status: Json, path: str) -> KubeError:
    """The error that a watch ended with."""
    code = status.get("code", 0)
    return (ExpiredError if code == 410 else KubeError)(f"watch {path}: {code} {status.get('message')}", status=code)


async def _check(response: aiohttp.ClientResponse, method: str, path: str) -> None:
    status = response.status
    if status < 300:
        return
    text = (await response.content.read(4096)).decode(errors="replace")
    try:
        message = json.loads(text)["message"]
    except (ValueError, KeyError, TypeError):
        message = text[:200]
    kind: type[KubeError] = {
        403: ForbiddenError,
        404: NotFoundError,
        409: ConflictError,
        410: ExpiredError,
    }.get(status, KubeError)
    retry_after = response.headers.get("Retry-After", "")
    raise kind(
        f"{method} {path}: {status} {message}",
        status=status,
        retry_after=float(retry_after) if retry_after.isdigit() else None,
    )
