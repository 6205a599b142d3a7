"""What HTTP itself asks for: keys, problem documents, and requests that nobody should accept."""

from __future__ import annotations

import json

import pytest

from tenant_provisioning.models import ProblemCode

from .raw import RawClient
from .tenants import Made, new_key

PATHS = [
    ("GET", "/"),
    ("GET", "/accounts/R-1001"),
    ("GET", "/price-lists/reseller-eur"),
    ("GET", "/organizations?clientId=aaaaaaaa"),
    ("GET", "/organizations/conformance.nobody"),
    ("PUT", "/organizations/conformance.nobody/edition"),
    ("DELETE", "/organizations/conformance.nobody"),
    ("POST", "/sessions"),
    ("GET", "/processes/nobody"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer no-such-key", "Basic bm86c3VjaA=="])
async def test_without_a_known_key_nothing_is_told(raw: RawClient, method: str, path: str, authorization: str) -> None:
    """401 with the scheme to use, whether or not there is something."""
    body = b'{"edition": "Basic"}' if method in ("PUT", "POST") else None
    answer = await raw.send(method, path, body, authorization=authorization)
    assert answer.status == 401
    assert answer.problem().code is ProblemCode.UNAUTHORIZED
    assert answer.header("www-authenticate").lower().startswith("bearer")


async def test_an_unknown_path_is_a_problem(raw: RawClient) -> None:
    """404 `NotFound`."""
    answer = await raw.send("GET", "/no-such-thing")
    assert answer.status == 404
    assert answer.problem().code is ProblemCode.NOT_FOUND


async def test_an_unknown_method_is_a_problem(raw: RawClient, shared: Made) -> None:
    """405 with the methods that are allowed."""
    answer = await raw.send("POST", f"/organizations/{shared.key}", b"{}")
    assert answer.status == 405
    assert answer.problem().code is ProblemCode.INVALID_REQUEST
    assert {"GET", "PUT", "DELETE"} <= {method.strip() for method in answer.header("allow").split(",")}


async def test_a_malformed_key_is_refused(raw: RawClient) -> None:
    """422, and nothing is made under it."""
    answer = await raw.send("GET", "/organizations/not%20a%20key")
    assert answer.status == 422
    assert answer.problem().field == "key"


@pytest.mark.parametrize("body", [b"", b"{", b"edition=Basic", b'{"edition": "Basic"', b"\xff\xfe"])
async def test_what_is_not_json_is_refused(raw: RawClient, shared: Made, body: bytes) -> None:
    """400."""
    answer = await raw.send("PUT", f"/organizations/{shared.key}/edition", body)
    assert answer.status == 400
    assert answer.problem().code is ProblemCode.INVALID_REQUEST


async def test_another_content_type_is_refused(raw: RawClient, shared: Made) -> None:
    """415: a form that a browser can be tricked into sending is no JSON."""
    answer = await raw.send(
        "PUT", f"/organizations/{shared.key}/edition", b'{"edition": "Basic"}', content_type="text/plain"
    )
    assert answer.status == 415
    assert answer.problem().code is ProblemCode.INVALID_REQUEST


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "edition"),
        ({"edition": "Gold"}, "edition"),
        ({"edition": 1}, "edition"),
        ({"edition": None}, "edition"),
        ({"edition": "Basic", "editoin": "Premium"}, "editoin"),
    ],
)
async def test_a_wrong_missing_or_unknown_member_is_named(
    raw: RawClient, shared: Made, body: dict[str, object], field: str
) -> None:
    """422; an unknown member is refused, since it is most likely a misspelt one."""
    answer = await raw.send("PUT", f"/organizations/{shared.key}/edition", json.dumps(body).encode())
    assert answer.status == 422
    problem = answer.problem()
    assert problem.code is ProblemCode.INVALID_REQUEST
    assert problem.field == field
    assert not problem.retryable


@pytest.mark.parametrize("body", [b"[]", b"null", b'"Basic"', b"7"])
async def test_a_document_that_is_no_object_is_refused(raw: RawClient, shared: Made, body: bytes) -> None:
    """422."""
    answer = await raw.send("PUT", f"/organizations/{shared.key}/edition", body)
    assert answer.status == 422
    assert answer.problem().code is ProblemCode.INVALID_REQUEST


async def test_a_refusal_never_repeats_a_password(raw: RawClient) -> None:
    """Not even when the request is wrong elsewhere."""
    body = json.dumps({"userName": "ma ria", "password": "Correct-Horse-17", "colour": "red"}).encode()
    answer = await raw.send("PUT", f"/organizations/{new_key()}/administrator", body)
    assert answer.status in (404, 422)
    answer.problem()
    assert b"Correct-Horse-17" not in answer.body
