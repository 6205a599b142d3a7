# SPDX-License-Identifier: GPL-3.0-or-later
"""The Tenant Provisioning API as a WSGI application, mounted at the contract's prefix without stripping it:

```python
from bss.provisioning import app as provisioning
Entrances(..., provisioning=provisioning.app)    # gets every request below /provisioning/v1
```

It runs beside Tryton in the same process and needs nothing but `bss.settings.configure()` before it is imported.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tenant_provisioning.dispatch import MAX_REQUEST_BYTES, Match, check, find, read_request
from tenant_provisioning.models import PREFIX, ProblemCode, ProcessState
from tenant_provisioning.problems import PROBLEM_MEDIA_TYPE, Refusal, refusal
from tenant_provisioning.request_log import request_line
from tenant_provisioning.routes import PROCESS_ID_HEADER, PUT_PROCESS
from trytond import backend
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from bss.provisioning import copying, process_log
from bss.provisioning.api_clients import authenticate
from bss.provisioning.call import Call, Caller, Outcome
from bss.provisioning.handlers import HANDLERS
from bss.provisioning.tenant_errors import refusal_for
from bss.root.locks import LockTakenError
from bss.tenants.errors import TenantError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

_RETRY_AFTER = 5
"""Seconds until a client may ask again when the database or a lock was not to be had."""


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request; every error is a problem document."""
    request = Request(environ)
    request.max_content_length = MAX_REQUEST_BYTES
    try:
        response = _answer(request)
    except Refusal as error:
        response = _refused(error)
    except Exception:
        # Also a fault of ours is answered as a problem, and without its insides: they may hold secrets.
        logger.exception("%s %s failed", request.method, request.path)
        response = _refused(refusal(ProblemCode.INTERNAL, "The BSS has a fault of its own; its log says more."))
    logger.info(request_line(request.method, request.path, response.status_code, dict(request.headers)))
    return response(environ, start_response)


def _answer(request: Request) -> Response:
    try:
        caller = authenticate(request.headers.get("Authorization"))
        match = find(request.method, request.path)
        outcome = _serve(caller, match, request)
    except (LockTakenError, backend.DatabaseOperationalError) as error:
        logger.warning("%s %s has to wait: %s", request.method, request.path, error)
        raise refusal(
            ProblemCode.UNAVAILABLE, "The BSS is too busy with this now; repeat the call.", retry_after=_RETRY_AFTER
        ) from error
    headers = {"Cache-Control": "no-store"}
    if outcome.status == 202:
        headers["Location"] = f"{PREFIX}/organizations/{match.parameters['key']}"
    if outcome.answer is None:
        return Response(status=outcome.status, headers=headers)
    return Response(outcome.answer.wire(), outcome.status, headers, content_type="application/json")


def _serve(caller: Caller, match: Match, request: Request) -> Outcome:
    route = match.route
    query = {parameter.name: check(parameter, request.args.get(parameter.name)) for parameter in route.query}
    call = Call(caller, {**match.parameters, **query}, _process_id(request))
    if route.method == "GET" or route is PUT_PROCESS:
        return _handle(call, match, request)
    process = process_log.open_task(call, route.name)
    try:
        outcome = _handle(call, match, request)
    except Exception as error:
        if process is not None:
            process_log.close_task(process, route.name, ProcessState.FAILED, _cause(error))
        raise
    if process is not None:
        if route.name == copying.TASK and outcome.status == 202:
            # The worker closes the task when the products are copied.
            process_log.note(process, f"{route.name}: running")
        else:
            process_log.close_task(process, route.name, ProcessState.COMPLETED, "")
    return outcome


def _handle(call: Call, match: Match, request: Request) -> Outcome:
    model = read_request(match.route, _body(request), request.headers.get("Content-Type", ""))
    try:
        return HANDLERS[match.route.name](call, model)
    except TenantError as error:
        known = refusal_for(error)
        if known is None:
            raise
        raise known from error


def _body(request: Request) -> bytes:
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise refusal(
            ProblemCode.INVALID_REQUEST, f"The body has more than {MAX_REQUEST_BYTES} bytes.", status=413
        ) from None
    except ClientDisconnected:
        raise refusal(ProblemCode.INVALID_REQUEST, "The body ended before its announced length.", status=400) from None


def _process_id(request: Request) -> str | None:
    header = request.headers.get(PROCESS_ID_HEADER.name)
    # A malformed one is as good as an unknown one, which is ignored.
    return header if header is not None and PROCESS_ID_HEADER.expression.fullmatch(header) else None


def _cause(error: Exception) -> str:
    if isinstance(error, Refusal):
        return f"{error.problem.code}: {error.problem.detail or error.problem.title}"
    return "the BSS failed; its log says why"


def _refused(error: Refusal) -> Response:
    return Response(error.body(), error.problem.status, error.headers(), content_type=PROBLEM_MEDIA_TYPE)
