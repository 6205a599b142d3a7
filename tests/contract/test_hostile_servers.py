"""Whatever a BSS or something in its place sends, the client ends in time, within memory, with an error of its tree."""

from __future__ import annotations

import asyncio
import gzip
import logging
import traceback

import pytest
from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import (
    AnswerError,
    Conflict,
    InvalidRequest,
    NotFound,
    ProblemError,
    ProvisioningError,
    ServerError,
    TooBusy,
    TransportError,
    Unauthorized,
)
from tenant_provisioning.models import Edition, EditionRequest, ProblemCode

from .hostile import Script, hostile, response, says

KEY = "s3cr3t-api-key"
ACCOUNT = b'{"code":"R-1","name":"One","currency":"EUR","orderingEnabled":true}'
PROBLEM = b'{"title":"No","status":%d,"code":"%s","retryable":false}'


async def failure(script: Script, *, timeout: float = 5.0) -> ProvisioningError:  # noqa: ASYNC109 - the client's own
    """The error that a call ends with, and a check that the key stays secret."""
    async with (
        hostile(script) as server,
        TenantProvisioningClient(server.url, KEY, timeout=timeout, max_answer_bytes=64 * 1024) as bss,
    ):
        with pytest.raises(ProvisioningError) as caught:
            await bss.account("R-1")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        shown += repr(error) + str(vars(error))
        error = error.__cause__ or error.__context__
    assert KEY not in shown
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 600
    return caught.value


def problem(status: int, code: ProblemCode, *, headers: tuple[str, ...] = ()) -> Script:
    body = PROBLEM % (status, code.value.encode())
    return says(response(body, status=f"{status} X", content_type="application/problem+json", headers=headers))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(response(b"{"), id="half a document"),
        pytest.param(response(b"\x00\xff\xfe"), id="binary"),
        pytest.param(response(b""), id="nothing"),
        pytest.param(response(b"[]"), id="a list"),
        pytest.param(response(b"[" * 20_000), id="deep nesting"),
        pytest.param(response(b"null"), id="null"),
        pytest.param(response(b'{"code":"R-1"}'), id="members missing"),
        pytest.param(response(ACCOUNT.replace(b"true", b"{}")), id="wrong type"),
        pytest.param(response(ACCOUNT.replace(b"EUR", b"euros")), id="no currency code"),
        pytest.param(response(ACCOUNT, content_type="text/html"), id="html"),
        pytest.param(response(ACCOUNT, content_type=""), id="empty content type"),
        pytest.param(response(ACCOUNT, content_type="application/problem+json"), id="a problem that is none"),
        pytest.param(response(ACCOUNT, status="206 Partial Content"), id="another success"),
        pytest.param(response(b"", status="204 No Content"), id="success without content"),
        pytest.param(response(gzip.compress(ACCOUNT), headers=("Content-Encoding: gzip",)), id="compressed"),
        pytest.param(response(b'"%s"' % (b"a" * 70_000)), id="too large"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{",
            id="announced too large",
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", id="negative length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", id="huge header"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n", id="countless headers"),
        pytest.param(response(b"Not Found", status="404 Not Found", content_type="text/plain"), id="proxy's 404"),
        pytest.param(
            response(b"{}", status="409 Conflict", content_type="application/problem+json"), id="empty problem"
        ),
        pytest.param(response(b"", status="302 Found", headers=("Location: /elsewhere",)), id="redirect"),
    ],
)
async def test_an_answer_of_no_use_is_an_answer_error(answer: bytes) -> None:
    error = await failure(says(answer))
    assert isinstance(error, AnswerError), repr(error)
    assert error.retryable


async def test_a_problem_whose_code_or_status_is_not_ours_is_an_answer_error() -> None:
    unknown = response(PROBLEM % (409, b"Whatever"), status="409 X", content_type="application/problem+json")
    assert isinstance(await failure(says(unknown)), AnswerError)
    lying = response(PROBLEM % (404, b"AccountNotFound"), status="409 X", content_type="application/problem+json")
    assert isinstance(await failure(says(lying)), AnswerError)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, ProblemCode.INVALID_REQUEST, InvalidRequest),
        (401, ProblemCode.UNAUTHORIZED, Unauthorized),
        (403, ProblemCode.FORBIDDEN, Unauthorized),
        (404, ProblemCode.ACCOUNT_NOT_FOUND, NotFound),
        (409, ProblemCode.OWNED_BY_ANOTHER, Conflict),
        (413, ProblemCode.INVALID_REQUEST, InvalidRequest),
        (422, ProblemCode.PASSWORD_TOO_WEAK, InvalidRequest),
        (429, ProblemCode.TOO_MANY_REQUESTS, TooBusy),
        (500, ProblemCode.INTERNAL, ServerError),
        (503, ProblemCode.UNAVAILABLE, TooBusy),
    ],
)
async def test_a_problem_becomes_the_error_of_its_status(
    status: int, code: ProblemCode, kind: type[ProblemError]
) -> None:
    error = await failure(problem(status, code))
    assert type(error) is kind or (status == 403 and isinstance(error, kind))
    assert isinstance(error, ProblemError)
    assert error.code is code
    assert error.problem.status == status


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
async def test_a_failing_proxy_is_retryable_whatever_it_says(status: int) -> None:
    page = response(
        b"<html>oops</html>", status=f"{status} Oops", content_type="text/html", headers=("Retry-After: 7",)
    )
    error = await failure(says(page))
    assert isinstance(error, TooBusy if status in (429, 503) else ServerError)
    assert error.retryable
    assert error.retry_after == 7.0


async def test_retry_after_reaches_the_caller_within_bounds() -> None:
    error = await failure(problem(503, ProblemCode.UNAVAILABLE, headers=("Retry-After: 999999999999999999",)))
    assert error.retry_after == 3600.0


async def test_a_redirect_never_takes_the_key_along() -> None:
    async with hostile(says(response(ACCOUNT))) as elsewhere:
        for status in ("301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"):
            move = response(b"", status=status, headers=(f"Location: {elsewhere.url}/",))
            assert isinstance(await failure(says(move)), AnswerError)
        assert elsewhere.requests == []


async def test_silence_ends_in_time() -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await writer.drain()

    started = asyncio.get_running_loop().time()
    error = await failure(silent, timeout=0.3)
    assert isinstance(error, TransportError)
    assert asyncio.get_running_loop().time() - started < 3.0


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX-Drip: ", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"]
)
async def test_an_answer_that_drips_ends_in_time(start: bytes) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)  # the pace of the drip: each byte alone is in time

    started = asyncio.get_running_loop().time()
    error = await failure(drip, timeout=0.5)
    assert isinstance(error, TransportError)
    assert asyncio.get_running_loop().time() - started < 3.0


async def test_an_answer_without_end_is_cut_off() -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            writer.write(b" " * 65536)
            await writer.drain()
            sent += 65536

    error = await failure(endless)
    assert isinstance(error, AnswerError)
    assert sent < 64 * 1024 * 1024


async def test_a_cut_connection_is_a_transport_error() -> None:
    async def cut(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
        await writer.drain()
        writer.close()

    assert isinstance(await failure(cut), TransportError)


async def test_nobody_listening_is_a_transport_error() -> None:
    async with hostile(says(b"")) as server:
        address = server.url
    async with TenantProvisioningClient(address, KEY, timeout=5) as bss:
        with pytest.raises(TransportError) as caught:
            await bss.info()
    assert caught.value.retryable


async def test_a_404_that_is_not_the_bsss_word_is_no_missing_organization() -> None:
    page = response(b"no backend", status="404 Not Found", content_type="text/plain")
    wrong_path = response(PROBLEM % (404, b"NotFound"), status="404 X", content_type="application/problem+json")
    for answer, kind in ((page, AnswerError), (wrong_path, NotFound)):
        async with hostile(says(answer)) as server, TenantProvisioningClient(server.url, KEY) as bss:
            with pytest.raises(kind):
                await bss.organization("cluster.1")
            with pytest.raises(kind):
                await bss.delete_organization("cluster.1")


async def test_nothing_of_a_call_is_logged_but_by_the_caller(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await failure(says(response(b"{")))
    await failure(problem(401, ProblemCode.UNAUTHORIZED))
    assert KEY not in caplog.text


async def test_an_answer_may_set_no_cookies() -> None:
    cookie = response(ACCOUNT, headers=("Set-Cookie: session=theirs; Path=/",))
    async with hostile(says(cookie)) as server, TenantProvisioningClient(server.url, KEY) as bss:
        await bss.account("R-1")
        await bss.account("R-1")
    assert b"theirs" not in server.requests[1]


async def test_unknown_members_of_an_answer_are_ignored() -> None:
    newer = ACCOUNT[:-1] + b',"creditLimit":{"amount":5}}'
    async with hostile(says(response(newer))) as server, TenantProvisioningClient(server.url, KEY) as bss:
        assert (await bss.account("R-1")).name == "One"


async def test_a_name_in_the_path_cannot_leave_it() -> None:
    async with hostile(says(response(ACCOUNT))) as server, TenantProvisioningClient(server.url, KEY) as bss:
        await bss.account("a/../../x?y=1#z%2F\r\nHost: evil")
    line = server.requests[0].split(b"\r\n")[0]
    assert line == b"GET /provisioning/v1/accounts/a%2F..%2F..%2Fx%3Fy%3D1%23z%252F%0D%0AHost%3A%20evil HTTP/1.1"


async def test_many_calls_at_once_share_the_client() -> None:
    async with hostile(says(response(ACCOUNT))) as server, TenantProvisioningClient(server.url, KEY) as bss:
        accounts = await asyncio.gather(*(bss.account("R-1") for _ in range(50)))
    assert {account.code for account in accounts} == {"R-1"}


async def test_an_edition_that_comes_back_wrong_is_an_error_not_a_success() -> None:
    async with (
        hostile(says(response(b'{"key":"k","edition":"Gold"}'))) as server,
        TenantProvisioningClient(server.url, KEY) as bss,
    ):
        with pytest.raises(AnswerError, match=r"put_edition"):
            await bss.put_edition("k", EditionRequest(edition=Edition.BASIC))
