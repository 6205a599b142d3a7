"""What the client sends, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import LoginRefused, Unauthorized
from tenant_provisioning.exchange import MAX_RETRY_AFTER, parse_retry_after
from tenant_provisioning.fake import FakeServer
from tenant_provisioning.models import (
    AdministratorRequest,
    Edition,
    InvoicingRequest,
    OrganizationRequest,
    ProcessRequest,
    ProcessState,
    ProcessType,
    SessionRequest,
)

from .hostile import hostile, response, says

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PASSWORD = "Correct-Horse-17"


async def test_one_call_in_full() -> None:
    async with (
        hostile(says(response(b"", status="204 No Content"))) as server,
        TenantProvisioningClient(f"{server.url}/behind/", SecretStr("the-key")) as bss,
    ):
        request = SessionRequest(client_id="t7k2m9qd", user_name="maria", password=SecretStr(PASSWORD))
        await bss.log_in(request, "run-1", request_id="call-1")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    sent = MappingProxyType(dict(header.lower().split(": ", 1) for header in headers))
    assert line == "POST /behind/provisioning/v1/sessions HTTP/1.1"
    assert sent["authorization"] == "bearer the-key"
    assert sent["content-type"] == "application/json"
    assert sent["process-id"] == "run-1"
    assert sent["request-id"] == "call-1"
    assert sent["accept-encoding"] == "identity"
    assert json.loads(body) == {"clientId": "t7k2m9qd", "userName": "maria", "password": PASSWORD}


def test_a_password_is_written_out_on_the_wire_only() -> None:
    request = AdministratorRequest(user_name="maria", password=SecretStr(PASSWORD))
    assert json.loads(request.wire()) == {"userName": "maria", "password": PASSWORD}
    for shown in (repr(request), str(request), request.model_dump_json(), str(request.model_dump(mode="json"))):
        assert PASSWORD not in shown


def test_the_key_is_not_shown() -> None:
    client = TenantProvisioningClient("https://bss.example/x", "the-key")
    assert repr(client) == "TenantProvisioningClient('https://bss.example/x')"


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "schlüssel", "tab\t"])
def test_an_impossible_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ValueError, match="API key") as caught:
        TenantProvisioningClient("https://bss.example", key)
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["bss.example", "ftp://bss.example", "https://", "https://a:b@bss.example", "https://bss.example/?a=b"]
)
def test_an_impossible_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        TenantProvisioningClient(url, "the-key")


async def test_a_client_that_was_not_entered_says_so() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await TenantProvisioningClient("https://bss.example", "the-key").info()


async def test_a_session_that_is_handed_in_stays_open() -> None:
    async with FakeServer() as fake, aiohttp.ClientSession() as session:
        async with TenantProvisioningClient(fake.url, "operator-key", session=session) as bss:
            await bss.info()
        assert not session.closed


async def test_a_wrong_key_and_a_wrong_login_are_different_errors() -> None:
    login = SessionRequest(client_id="t7k2m9qd", user_name="maria", password=SecretStr(PASSWORD))
    async with FakeServer() as fake:
        async with TenantProvisioningClient(fake.url, "operator-key") as bss:
            with pytest.raises(LoginRefused) as refused:
                await bss.log_in(login)
        assert not isinstance(refused.value, Unauthorized)
        async with TenantProvisioningClient(fake.url, "wrong") as bss:
            with pytest.raises(Unauthorized):
                await bss.log_in(login)


async def test_the_whole_life_of_an_organization_with_its_process() -> None:
    async with FakeServer() as fake, TenantProvisioningClient(fake.url, "operator-key") as bss:
        assert await bss.organization("cluster.1") is None
        report = ProcessRequest(
            organization_key="cluster.1",
            account="R-1001",
            type=ProcessType.CREATION,
            state=ProcessState.RUNNING,
            completed=0,
            total=9,
        )
        await bss.put_process("run-1", report)
        request = OrganizationRequest(account="R-1001", name="Northwind", edition=Edition.PREMIUM)
        organization = await bss.put_organization("cluster.1", request, "run-1")
        await bss.put_invoicing("cluster.1", InvoicingRequest(separate_invoices=True), process_id="run-1")
        assert [found.key for found in await bss.find_organizations(organization.client_id)] == ["cluster.1"]
        assert [task.name for task in (await bss.process("run-1")).tasks] == ["put_organization", "put_invoicing"]
        assert await bss.delete_organization("cluster.1", "run-1")
        assert not await bss.delete_organization("cluster.1")
        (process,) = await bss.processes("cluster.1")
        assert [entry.text for entry in process.log] == [
            "put_organization: done",
            "put_invoicing: done",
            "delete_organization: done",
        ]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("9" * 5000, MAX_RETRY_AFTER),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), MAX_RETRY_AFTER),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,4} [A-Z][a-z]{2} -?[0-9]{1,6} [0-9:]{0,10} [-+A-Z0-9]{0,7}"))
def test_no_retry_after_breaks_the_client(value: str) -> None:
    seconds = parse_retry_after(value, now=NOW)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER


async def test_no_more_calls_at_once_than_allowed() -> None:
    under_way = most = 0

    async def slow(writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.2)
        under_way -= 1
        writer.write(response(b"", status="204 No Content"))

    request = SessionRequest(client_id="t7k2m9qd", user_name="maria", password=SecretStr(PASSWORD))
    # The time-out is shorter than all turns together: a call that waits for its turn is not timed.
    async with hostile(slow) as server, TenantProvisioningClient(server.url, "key", timeout=0.7, max_calls=2) as bss:
        await asyncio.gather(*(bss.log_in(request) for _ in range(10)))
    assert most == 2
