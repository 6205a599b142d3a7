"""The OpenAPI 3.1 document, made from the table of routes and the models.

`python -m tenant_provisioning.openapi` writes `openapi.yaml` beside this file; with `--check` it writes nothing and
fails when the file is not what it would write.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import yaml
from pydantic.json_schema import models_json_schema

from .models import PREFIX, Answer, Problem, ProblemCode, Request
from .problems import PROBLEM_MEDIA_TYPE, STATUS
from .routes import COMMON_PROBLEMS, PROCESS_ID_HEADER, REQUEST_ID_HEADER, ROUTES, AnyRoute, Parameter

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

DOCUMENT = Path(__file__).with_name("openapi.yaml")
VERSION = "1.0.0"
_SCHEMAS = "#/components/schemas/"
_RESPONSES = "#/components/responses/"
_STATUS_TEXT = {
    200: "The resource as it now stands",
    201: "It was made by this call",
    202: "Products are being copied; poll Location until productRange.state is not Running",
    204: "Done",
    400: "The body is not JSON",
    401: "The API key is missing or unknown",
    403: "The API key may not do this",
    404: "It does not exist",
    405: "This method is not for this path",
    409: "The state of the world forbids it",
    413: "The body is too large",
    415: "The body is not application/json",
    422: "A member or parameter is at fault; field names it",
    429: "Too many requests; come back after Retry-After",
    500: "The BSS failed",
    503: "The BSS is not available now; come back after Retry-After",
}
_BODY_STATUSES = (400, 413, 415)


def document() -> dict[str, Json]:
    """The whole document."""
    paths: dict[str, dict[str, Json]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tenant Provisioning API",
            "version": VERSION,
            "summary": "What a BSS serves so that tenant resellers can be made in it.",
            "description": "Every PUT is idempotent and answers with the resource as it now stands. Errors are problem "
            "documents of RFC 9457. Members of an answer that a client does not know are ignored; unknown members of a "
            "request are refused.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"apiKey": []}],
        "paths": {path: dict(operations) for path, operations in paths.items()},
        "components": {
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer", "description": "Key of an API client."}},
            "parameters": {
                "ProcessId": _parameter(PROCESS_ID_HEADER, "header"),
                "RequestId": _parameter(REQUEST_ID_HEADER, "header"),
            },
            "responses": {str(status): _problem_response(status) for status in sorted(_problem_statuses())},
            "schemas": _schemas(),
        },
    }


def text() -> str:
    """The document as YAML, as it stands in the file."""
    head = "# Made by `python -m tenant_provisioning.openapi` from routes.py and models.py. Do not edit.\n"
    return head + yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=120)


def main() -> None:
    """Write the document, or check it."""
    parser = argparse.ArgumentParser(prog="python -m tenant_provisioning.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is out of date")
    if not parser.parse_args().check:
        DOCUMENT.write_text(text())
    elif not DOCUMENT.exists() or DOCUMENT.read_text() != text():
        sys.exit(f"{DOCUMENT} is out of date: run python -m tenant_provisioning.openapi")


def _operation(route: AnyRoute) -> Json:
    parameters: list[Json] = [_parameter(parameter, "path") for parameter in route.parameters]
    parameters += [_parameter(parameter, "query") for parameter in route.query]
    parameters += [{"$ref": "#/components/parameters/ProcessId"}, {"$ref": "#/components/parameters/RequestId"}]
    operation: dict[str, Json] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": _refusals(route),
        "parameters": parameters,
    }
    if route.request is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(route.request)}}}
    responses: dict[str, Json] = {str(status): _response(route, status) for status in route.statuses}
    problems = {STATUS[code] for code in (*COMMON_PROBLEMS, *route.problems)}
    if route.request is not None:
        problems.update(_BODY_STATUSES)
    for status in sorted(problems):
        responses[str(status)] = {"$ref": f"{_RESPONSES}{status}"}
    operation["responses"] = responses
    return operation


def _refusals(route: AnyRoute) -> str:
    codes = ", ".join(f"`{code}` ({STATUS[code]})" for code in route.problems)
    return f"Refusals of its own: {codes}." if codes else "It has no refusals of its own."


def _response(route: AnyRoute, status: int) -> Json:
    response: dict[str, Json] = {"description": _STATUS_TEXT[status]}
    if status == 202:
        response["headers"] = {
            "Location": {"required": True, "description": "The organization.", "schema": {"type": "string"}}
        }
    if route.answer is not None:
        response["content"] = {"application/json": {"schema": _ref(route.answer)}}
    return response


def _problem_statuses() -> set[int]:
    return {*STATUS.values(), *_BODY_STATUSES, 405}


def _problem_response(status: int) -> Json:
    codes: list[Json] = [code.value for code in ProblemCode if STATUS[code] == status]
    if status in (*_BODY_STATUSES, 405):
        codes = [ProblemCode.INVALID_REQUEST.value]
    schema: Json = {"allOf": [_ref(Problem), {"properties": {"code": {"enum": codes}, "status": {"const": status}}}]}
    response: dict[str, Json] = {
        "description": _STATUS_TEXT[status],
        "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}},
    }
    if status in (429, 503):
        response["headers"] = {
            "Retry-After": {"required": True, "description": "Seconds, or an HTTP date.", "schema": {"type": "string"}}
        }
    return response


def _parameter(parameter: Parameter, place: str) -> Json:
    schema: dict[str, Json] = {"type": "string"}
    if parameter.pattern is not None:
        schema["pattern"] = parameter.pattern
    return {
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema,
    }


def _ref(model: type[Request] | type[Answer]) -> Json:
    return {"$ref": f"{_SCHEMAS}{model.__name__}"}


def _schemas() -> Json:
    models: list[type[Request] | type[Answer]] = [Problem]
    for route in ROUTES:
        models += [model for model in (route.request, route.answer) if model is not None and model not in models]
    # "validation" for answers too: members with a default may be absent, and servers leave them out.
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], by_alias=True, ref_template=_SCHEMAS + "{model}"
    )
    schemas: dict[str, Json] = definitions["$defs"]
    return dict(sorted(schemas.items()))


if __name__ == "__main__":
    main()
