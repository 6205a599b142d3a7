"""Calls without the client, for what it never sends and never shows: malformed requests, exact statuses, headers."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp

from tenant_provisioning.models import PREFIX, Problem
from tenant_provisioning.problems import PROBLEM_MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as it came. Headers are without Date, in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Value of a header; empty when it is missing."""
        return dict(self.headers).get(name, "")

    def problem(self) -> Problem:
        """The problem document, which every error must be."""
        media_type = self.header("content-type").partition(";")[0]
        assert media_type == PROBLEM_MEDIA_TYPE, f"status {self.status} came as {media_type or 'nothing'}"
        problem = Problem.model_validate_json(self.body)
        assert problem.status == self.status
        return problem


class RawClient:
    """Sends anything."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._address = base_url.rstrip("/") + PREFIX
        self._key = api_key
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        content_type: str = "application/json",
        authorization: str | None = None,
    ) -> RawAnswer:
        """Send a request; `authorization` replaces the right one, and empty text leaves it out."""
        assert self._session is not None, "enter the client first"
        headers = {"Content-Type": content_type} if body is not None else {}
        authorization = f"Bearer {self._key}" if authorization is None else authorization
        if authorization:
            headers["Authorization"] = authorization
        async with self._session.request(
            method,
            self._address + path,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=60),
        ) as response:
            content = await response.read()
            kept = sorted((name.lower(), value) for name, value in response.headers.items() if name.lower() != "date")
            return RawAnswer(response.status, tuple(kept), content)
