"""From a request's line, headers and body to a route with its checked parameters and model, for any web framework.

```python
match = find("PUT", "/provisioning/v1/organizations/k.1/edition")   # Refusal: 404, 405, 422
match.route.name                                                    # "put_edition": name of the handler
match.parameters                                                    # {"key": "k.1"}
request = read_request(match.route, body, content_type)             # Refusal: 400, 415, 422
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from .models import PREFIX, ProblemCode, Request
from .problems import refusal
from .routes import ROUTES, AnyRoute, Parameter

MAX_REQUEST_BYTES = 1024 * 1024
"""Largest body that a server must accept; a longer one may be answered 413. The largest member is a logo of 256 KiB."""
_MAX_FIELD_NAME = 100  # the name of an unknown member is the sender's and may be as long as the body


@dataclass(frozen=True, slots=True)
class Match:
    """A route and the path parameters of this call."""

    route: AnyRoute
    parameters: Mapping[str, str]


def find(method: str, path: str) -> Match:
    """The route of a call, by its percent-decoded path.

    Raises `Refusal`: 404 for an unknown path, 405 with the allowed methods for an unknown method, 422 for a malformed
    parameter.
    """
    if path == PREFIX:
        path += "/"
    if not path.startswith(PREFIX + "/"):
        raise refusal(ProblemCode.NOT_FOUND, f"The API lives below {PREFIX}/.")
    segments = tuple(path[len(PREFIX) + 1 :].split("/"))
    methods = _TABLE.get(_shape(segments))
    if methods is None:
        raise refusal(ProblemCode.NOT_FOUND, "No such path in this API.")
    route = methods.get(method)
    if route is None:
        allowed = tuple(sorted(methods))
        raise refusal(ProblemCode.INVALID_REQUEST, f"Allowed here: {', '.join(allowed)}.", status=405, allow=allowed)
    if not route.parameters:
        return Match(route, {})
    # Every path of this API has at most one parameter, as its second segment.
    (parameter,) = route.parameters
    return Match(route, {parameter.name: check(parameter, segments[1])})


def check(parameter: Parameter, value: str | None) -> str:
    """The value of a parameter from path or query, or a `Refusal` that names it."""
    if value is None or parameter.expression.fullmatch(value) is None:
        raise refusal(
            ProblemCode.INVALID_REQUEST, f"{parameter.name} must match {parameter.pattern}.", field=parameter.name
        )
    return value


def read_request(route: AnyRoute, body: bytes, content_type: str) -> Request | None:
    """The checked model of a body; None where the route has no body.

    Raises `Refusal`: 415 for another content type, 400 for what is not JSON, 422 for a member that is wrong, missing or
    unknown, with `field` naming the first one. The value is never repeated: it may be a secret.
    """
    if route.request is None:
        return None
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise refusal(ProblemCode.INVALID_REQUEST, "Send the body as application/json.", status=415)
    try:
        # Strict: 0 is no false and "7" no 7, as the OpenAPI document says; pydantic would guess otherwise.
        return route.request.model_validate_json(body, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise refusal(ProblemCode.INVALID_REQUEST, "The body is not JSON.", status=400) from None
        field = ".".join(str(part) for part in first["loc"])[:_MAX_FIELD_NAME] or None
        named = f"{field}: " if field else ""
        raise refusal(ProblemCode.INVALID_REQUEST, f"{named}{first['msg']}.", field=field) from None


def _shape(segments: tuple[str, ...]) -> tuple[str, ...]:
    """The path with its parameter blotted out, as the table's key: a look-up instead of a search through patterns."""
    return (segments[0], "{}", *segments[2:]) if len(segments) > 1 else segments


def _table() -> Mapping[tuple[str, ...], Mapping[str, AnyRoute]]:
    table: dict[tuple[str, ...], dict[str, AnyRoute]] = {}
    for route in ROUTES:
        table.setdefault(_shape(tuple(route.path[1:].split("/"))), {})[route.method] = route
    return table


_TABLE = _table()
