"""The fake BSS over HTTP: checks the key, strikes with the faults that are switched on, and calls the state."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from hmac import compare_digest

from aiohttp import web

from tenant_provisioning.dispatch import MAX_REQUEST_BYTES, Match, check, find, read_request
from tenant_provisioning.models import PREFIX, ProblemCode
from tenant_provisioning.problems import PROBLEM_MEDIA_TYPE, Refusal, refusal
from tenant_provisioning.request_log import request_line
from tenant_provisioning.routes import CLIENT_ID, FIND_ORGANIZATIONS, PUT_PROCESS

from .breaking import break_after, break_before
from .bss import FakeBss, Outcome
from .control import Control
from .faults import Fault, FaultKind, Faults

_log = logging.getLogger(__name__)


class FakeApp:
    """Serves a `FakeBss`. `keys` maps each API key to the name of its API client."""

    def __init__(self, bss: FakeBss, keys: Mapping[str, str], faults: Faults | None = None) -> None:
        self.bss = bss
        self.faults = faults or Faults()
        self.calls: Counter[str] = Counter()
        """How often each route was called, whatever came of it."""
        self._keys = {key.encode(): client for key, client in keys.items()}

    def application(self) -> web.Application:
        """The aiohttp application: the API, and `/_faults` and `/_world` for tests."""
        application = web.Application(client_max_size=MAX_REQUEST_BYTES)
        Control(self.bss, self.faults, self.calls).add_to(application.router)
        application.router.add_route("*", "/{path:.*}", self._serve)
        return application

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        response = await self._respond(request)
        if _log.isEnabledFor(logging.INFO):
            _log.info(request_line(request.method, request.path, response.status, request.headers))
        return response

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except Refusal as error:
            return _refused(error)
        except web.HTTPRequestEntityTooLarge:
            too_large = refusal(
                ProblemCode.INVALID_REQUEST, f"The body has more than {MAX_REQUEST_BYTES} bytes.", status=413
            )
            return _refused(too_large)
        except ConnectionResetError:
            # The connection is gone already, by a fault or by the client's will: this answer reaches nobody.
            return web.Response(status=500)
        except Exception:  # noqa: BLE001 - the edge: also a fault of the fake itself is answered as a problem
            _log.exception("the fake BSS failed at %s %s", request.method, request.path)
            return _refused(refusal(ProblemCode.INTERNAL, "The fake BSS has a fault of its own; see its log."))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        client = self._client(request)
        match = find(request.method, request.path)
        name = match.route.name
        self.calls[name] += 1
        fatal: Fault | None = None
        for fault in self.faults.strike(name):
            if fault.kind is FaultKind.DELAY:
                await asyncio.sleep(fault.seconds)
            else:
                fatal = fault
        if fatal is not None:
            await break_before(request, fatal)
        outcome = self._call(client, match, request, await request.read())
        if fatal is not None:
            return break_after(request, fatal)
        headers = {}
        if outcome.status == 202:
            headers["Location"] = f"{PREFIX}/organizations/{match.parameters['key']}"
        if outcome.answer is None:
            return web.Response(status=outcome.status)
        return web.Response(
            status=outcome.status, body=outcome.answer.wire(), content_type="application/json", headers=headers
        )

    def _client(self, request: web.Request) -> str:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            presented = key.strip().encode("utf-8", "surrogateescape")
            for known, client in self._keys.items():
                if compare_digest(known, presented):
                    return client
        raise refusal(ProblemCode.UNAUTHORIZED, "Send Authorization: Bearer <API key>.")

    def _call(self, client: str, match: Match, request: web.Request, body: bytes) -> Outcome:
        route = match.route
        process_id = request.headers.get("Process-Id")
        started_at = self.bss.now()
        handler: Callable[..., Outcome] = getattr(self.bss, route.name)
        arguments: list[object] = list(match.parameters.values())
        try:
            if route is FIND_ORGANIZATIONS:
                arguments.append(check(CLIENT_ID, request.query.get(CLIENT_ID.name)))
            model = read_request(route, body, request.headers.get("Content-Type", ""))
            if model is not None:
                arguments.append(model)
            outcome = handler(client, *arguments)
        except Refusal as error:
            self._record(client, process_id, match, started_at, error)
            raise
        self._record(client, process_id, match, started_at, None)
        return outcome

    def _record(
        self, client: str, process_id: str | None, match: Match, started_at: datetime, error: Refusal | None
    ) -> None:
        if match.route.method == "GET" or match.route is PUT_PROCESS:
            return
        self.bss.processes_kept.record(client, process_id, match.route.name, started_at, self.bss.now(), error)


def _refused(error: Refusal) -> web.Response:
    return web.Response(
        status=error.problem.status, body=error.body(), content_type=PROBLEM_MEDIA_TYPE, headers=error.headers()
    )
