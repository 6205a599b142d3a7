"""The way from a request to a route, which every server shares."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenant_provisioning.dispatch import check, find, read_request
from tenant_provisioning.fake import FakeBss
from tenant_provisioning.models import PREFIX, EditionRequest, Problem, ProblemCode
from tenant_provisioning.problems import RETRYABLE, STATUS, TITLE, Refusal, refusal
from tenant_provisioning.routes import CLIENT_ID, PUT_EDITION, ROUTES, AnyRoute

VALUES = {"key": "cluster.uid-1", "code": "R-1001", "id": "run-1"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_each_route_is_found_by_its_own_path(route: AnyRoute) -> None:
    expected = {parameter.name: VALUES[parameter.name] for parameter in route.parameters}
    match = find(route.method, PREFIX + route.path.format(**expected))
    assert match.route is route
    assert match.parameters == expected


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_fake_serves_each_route(route: AnyRoute) -> None:
    assert callable(getattr(FakeBss, route.name))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, ProblemCode.NOT_FOUND),
        ("GET", "/provisioning/v2/", 404, ProblemCode.NOT_FOUND),
        ("GET", f"{PREFIX}x", 404, ProblemCode.NOT_FOUND),
        ("GET", f"{PREFIX}/accounts", 404, ProblemCode.NOT_FOUND),
        ("GET", f"{PREFIX}/accounts/R-1/", 404, ProblemCode.NOT_FOUND),
        ("GET", f"{PREFIX}/accounts/R/1", 404, ProblemCode.NOT_FOUND),
        ("GET", f"{PREFIX}//accounts/R-1", 404, ProblemCode.NOT_FOUND),
        ("GET", f"{PREFIX}/accounts/", 422, ProblemCode.INVALID_REQUEST),
        ("GET", f"{PREFIX}/accounts/..", 422, ProblemCode.INVALID_REQUEST),
        ("GET", f"{PREFIX}/organizations/one", 200, None),
        ("GET", f"{PREFIX}/organizations/one\n", 422, ProblemCode.INVALID_REQUEST),
        ("PATCH", f"{PREFIX}/organizations/one", 405, ProblemCode.INVALID_REQUEST),
        ("get", f"{PREFIX}/", 405, ProblemCode.INVALID_REQUEST),
    ],
)
def test_other_paths_and_methods_are_refused(method: str, path: str, status: int, code: ProblemCode | None) -> None:
    if code is None:
        find(method, path)
        return
    with pytest.raises(Refusal) as caught:
        find(method, path)
    assert (caught.value.problem.status, caught.value.problem.code) == (status, code)


def test_the_prefix_alone_is_the_root() -> None:
    assert find("GET", PREFIX).route.name == "info"


def _status(call: Callable[[], object]) -> int:
    try:
        call()
    except Refusal as error:
        return error.problem.status
    return 200


@given(st.text())
def test_no_path_breaks_the_search(path: str) -> None:
    for candidate in (path, f"{PREFIX}/{path}", f"{PREFIX}/organizations/{path}"):
        status = _status(partial(find, "GET", candidate))
        assert status in (200, 404, 405, 422)


@given(st.binary() | st.text().map(str.encode))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    assert _status(lambda: read_request(PUT_EDITION, body, "application/json")) in (400, 422)


def test_a_good_body_is_read_whatever_its_charset_says() -> None:
    read = read_request(PUT_EDITION, b'{"edition": "Basic"}', "Application/JSON; charset=utf-8")
    assert isinstance(read, EditionRequest)


def test_a_refusal_names_the_field_and_never_the_value() -> None:
    with pytest.raises(Refusal) as caught:
        read_request(PUT_EDITION, json.dumps({"edition": "Gold-Secret"}).encode(), "application/json")
    assert caught.value.problem.field == "edition"
    assert b"Gold-Secret" not in caught.value.body()


def test_the_name_of_an_unknown_member_is_shortened() -> None:
    with pytest.raises(Refusal) as caught:
        read_request(PUT_EDITION, json.dumps({"edition": "Basic", "x" * 100_000: 1}).encode(), "application/json")
    assert len(caught.value.body()) < 1000


def test_a_missing_query_parameter_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        check(CLIENT_ID, None)
    assert caught.value.problem.field == "clientId"


def test_every_problem_code_has_a_status_and_a_title() -> None:
    assert set(STATUS) == set(TITLE) == set(ProblemCode)
    for code in ProblemCode:
        error = refusal(code, "detail", retry_after=3 if code in RETRYABLE else None)
        problem = Problem.model_validate_json(error.body())
        assert problem == error.problem
        assert problem.retryable == (code in RETRYABLE)
        assert ("Retry-After" in error.headers()) == (code in RETRYABLE)
