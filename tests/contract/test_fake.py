"""The fake's switches for trouble and its control of the world behind the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import (
    AnswerError,
    Conflict,
    LoginRefused,
    NotFound,
    ProblemError,
    ProvisioningError,
    ServerError,
    TooBusy,
    TransportError,
)
from tenant_provisioning.fake import FakeBss, FakeServer, Fault, FaultKind, Faults
from tenant_provisioning.models import (
    AdministratorRequest,
    BackOrderingRequest,
    Edition,
    EditionRequest,
    Locale,
    LocaleRequest,
    Organization,
    OrganizationRequest,
    ProblemCode,
    ProductRangeRequest,
    SessionRequest,
    WorkState,
)

from .conftest import FakeProcess, run_fake

KEY = "cluster.1"
REQUEST = OrganizationRequest(account="R-1001", name="Northwind", edition=Edition.BASIC)


@pytest.fixture
async def fake() -> AsyncIterator[FakeServer]:
    async with FakeServer() as server:
        yield server


@pytest.fixture
async def bss(fake: FakeServer) -> AsyncIterator[TenantProvisioningClient]:
    async with TenantProvisioningClient(fake.url, "operator-key", timeout=5) as client:
        yield client


@pytest.fixture
async def control(fake: FakeServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(fake.url, raise_for_status=True) as session:
        yield session


@pytest.mark.parametrize(
    ("kind", "error", "committed"),
    [
        (FaultKind.TOO_MANY_REQUESTS, TooBusy, False),
        (FaultKind.UNAVAILABLE, TooBusy, False),
        (FaultKind.SERVER_ERROR, ServerError, False),
        (FaultKind.RESET, TransportError, False),
        (FaultKind.FOREIGN_OWNER, Conflict, False),
        (FaultKind.ANSWER_LOST, TransportError, True),
        (FaultKind.NOT_JSON, AnswerError, True),
        (FaultKind.WRONG_TYPE, AnswerError, True),
        (FaultKind.WRONG_SHAPE, AnswerError, True),
        (FaultKind.HUGE, AnswerError, True),
    ],
)
async def test_a_fault_shows_as_its_error_and_commits_or_not(
    fake: FakeServer, bss: TenantProvisioningClient, kind: FaultKind, error: type[ProvisioningError], committed: bool
) -> None:
    fake.faults.replace([Fault(kind=kind, route="put_organization", retry_after=7)])
    with pytest.raises(error) as caught:
        await bss.put_organization(KEY, REQUEST)
    assert type(caught.value) is error
    if error is TooBusy:
        assert caught.value.retry_after == 7
    assert (fake.bss.tenant(KEY) is not None) == committed
    fake.faults.replace([])
    assert (await bss.put_organization(KEY, REQUEST)).account == "R-1001"
    assert len([tenant for tenant in fake.bss.tenants if tenant.account == "R-1001"]) == 1


async def test_a_fault_strikes_its_route_as_often_as_it_was_told(
    fake: FakeServer, bss: TenantProvisioningClient
) -> None:
    fake.faults.replace([Fault(kind=FaultKind.SERVER_ERROR, route="account", count=2)])
    await bss.info()
    for _ in range(2):
        with pytest.raises(ServerError):
            await bss.account("R-1001")
    await bss.account("R-1001")
    assert fake.faults.state().items[0].fired == 2


async def test_a_hanging_call_ends_with_the_client_s_patience_and_does_nothing(fake: FakeServer) -> None:
    fake.faults.replace([Fault(kind=FaultKind.HANG, route="put_organization")])
    async with TenantProvisioningClient(fake.url, "operator-key", timeout=0.3) as hasty:
        with pytest.raises(TransportError):
            await hasty.put_organization(KEY, REQUEST)
    assert fake.bss.tenant(KEY) is None


async def test_faults_can_be_on_from_the_start(tmp_path: Path) -> None:
    switches = ("--fault", "ServerError:account=1", "--fault", "Unavailable:price_list=0", "--seed", "7")
    with run_fake(tmp_path, *switches) as process:
        async with TenantProvisioningClient(process.url, "operator-key") as bss:
            with pytest.raises(ServerError):
                await bss.account("R-1001")
            assert (await bss.price_list("reseller-eur")).active


async def test_a_delay_delays_and_the_answer_is_right(fake: FakeServer, bss: TenantProvisioningClient) -> None:
    fake.faults.replace([Fault(kind=FaultKind.DELAY, seconds=0.2)])
    started = asyncio.get_running_loop().time()
    assert (await bss.account("R-1001")).code == "R-1001"
    assert asyncio.get_running_loop().time() - started >= 0.2


def test_probabilities_are_repeatable_by_seed() -> None:
    def hits(seed: int) -> list[bool]:
        faults = Faults([Fault(kind=FaultKind.RESET, probability=0.3)], seed=seed)
        return [bool(faults.strike("info")) for _ in range(1000)]

    assert hits(1) == hits(1)
    assert hits(1) != hits(2)
    assert 200 < sum(hits(1)) < 400


async def test_faults_are_switched_over_http(control: aiohttp.ClientSession, bss: TenantProvisioningClient) -> None:
    await control.put(
        "/_faults", json={"faults": [{"kind": "Unavailable", "route": "info", "retryAfter": 2}], "seed": 1}
    )
    with pytest.raises(TooBusy):
        await bss.info()
    state = await (await control.get("/_faults")).json()
    assert [(item["fault"]["kind"], item["fired"]) for item in state["items"]] == [("Unavailable", 1)]
    await control.delete("/_faults")
    await bss.info()
    with pytest.raises(aiohttp.ClientResponseError):
        await control.put("/_faults", json={"faults": [{"kind": "Gremlins"}]})


async def test_calls_are_counted_by_route(control: aiohttp.ClientSession, bss: TenantProvisioningClient) -> None:
    for _ in range(3):
        await bss.account("R-1001")
    with pytest.raises(NotFound):
        await bss.price_list("nothing")
    assert (await (await control.get("/_world/calls")).json())["calls"] == {"account": 3, "price_list": 1}
    await control.delete("/_world/calls")
    assert (await (await control.get("/_world/calls")).json())["calls"] == {}


async def test_ordering_can_be_enabled_behind_the_api(
    control: aiohttp.ClientSession, bss: TenantProvisioningClient
) -> None:
    request = REQUEST.model_copy(update={"account": "R-1021"})
    with pytest.raises(ProblemError, match="OrderingDisabled"):
        await bss.put_organization(KEY, request)
    await control.put("/_world/accounts/R-1021", json={"orderingEnabled": True})
    assert (await bss.put_organization(KEY, request)).account == "R-1021"


async def test_accounts_and_price_lists_can_be_made(
    control: aiohttp.ClientSession, bss: TenantProvisioningClient
) -> None:
    await control.put("/_world/accounts/N-1", json={"name": "New", "currency": "GBP"})
    await control.put("/_world/price-lists/gbp", json={"currency": "GBP", "products": 7, "validTo": "2020-01-01"})
    assert (await bss.account("N-1")).currency == "GBP"
    assert not (await bss.price_list("gbp")).valid_today
    await control.put("/_world/price-lists/gbp", json={"validTo": None})
    assert (await bss.price_list("gbp")).valid_today
    assert (await bss.price_list("gbp")).products == 7


async def test_a_changed_price_list_is_not_live(control: aiohttp.ClientSession, bss: TenantProvisioningClient) -> None:
    await bss.put_organization(KEY, REQUEST)

    async def inherited(trigger: str | None) -> int:
        request = ProductRangeRequest(price_list="reseller-eur", trigger=trigger)
        product_range = (await bss.put_product_range(KEY, request)).product_range
        assert product_range is not None
        return product_range.inherited

    assert await inherited(None) == 42
    await control.put("/_world/price-lists/reseller-eur", json={"products": 43})
    assert await inherited(None) == 42
    assert await inherited("now") == 43


async def test_drift_and_disappearance(control: aiohttp.ClientSession, bss: TenantProvisioningClient) -> None:
    await bss.put_organization(KEY, REQUEST)
    await bss.put_edition(KEY, EditionRequest(edition=Edition.BASIC))
    await bss.put_locale(KEY, LocaleRequest(language="en", time_zone="Europe/Athens", date_format="dd/MM/yyyy"))
    drifted = {"language": "de", "timeZone": "Europe/Berlin", "dateFormat": "dd.MM.yyyy"}
    await control.patch(f"/_world/organizations/{KEY}", json={"edition": "Premium", "locale": drifted})
    found = await bss.organization(KEY)
    assert found is not None
    assert found.edition is Edition.PREMIUM
    assert found.locale == Locale.model_validate(drifted)
    await control.delete(f"/_world/organizations/{KEY}")
    assert await bss.organization(KEY) is None
    assert (await bss.account("R-1001")).organization_key is None


async def test_the_owner_can_be_changed(control: aiohttp.ClientSession, bss: TenantProvisioningClient) -> None:
    await bss.put_organization(KEY, REQUEST)
    await control.patch(f"/_world/organizations/{KEY}", json={"owner": "other"})
    assert await bss.organization(KEY) is None
    with pytest.raises(Conflict):
        await bss.put_edition(KEY, EditionRequest(edition=Edition.BASIC))
    listed = await (await control.get("/_world/organizations")).json()
    assert {item["owner"] for item in listed["items"]} == {"", "other"}


async def test_the_administrator_can_choose_another_password(
    control: aiohttp.ClientSession, bss: TenantProvisioningClient
) -> None:
    organization = await bss.put_organization(KEY, REQUEST)
    given = AdministratorRequest(user_name="maria", password=SecretStr("given-to-her"), password_fingerprint="1")
    await bss.put_administrator(KEY, given)
    await control.patch(f"/_world/organizations/{KEY}", json={"password": "her own choice"})

    def login(password: str) -> SessionRequest:
        return SessionRequest(client_id=organization.client_id, user_name="maria", password=SecretStr(password))

    await bss.put_administrator(KEY, given)
    with pytest.raises(LoginRefused):
        await bss.log_in(login("given-to-her"))
    await bss.log_in(login("her own choice"))


async def test_subscriptions_hold_back_ordering_up(
    control: aiohttp.ClientSession, bss: TenantProvisioningClient
) -> None:
    await bss.put_organization(KEY, REQUEST)
    await control.put("/_world/accounts/R-1001", json={"subscriptionsNotCopied": 3})
    with pytest.raises(Conflict) as caught:
        await bss.put_back_ordering(KEY, BackOrderingRequest(active=True))
    assert caught.value.code is ProblemCode.SUBSCRIPTIONS_NOT_COPIED
    await control.put("/_world/accounts/R-1001", json={"subscriptionsNotCopied": 0})
    assert (await bss.put_back_ordering(KEY, BackOrderingRequest(active=True))).back_ordering


def test_copying_follows_the_clock() -> None:
    clock = [datetime(2026, 11, 23, 12, 0, tzinfo=UTC)]
    bss = FakeBss(copy_seconds=10, now=lambda: clock[0])
    bss.put_organization("operator", KEY, REQUEST)

    def seen() -> tuple[int, WorkState, int, int, int]:
        outcome = bss.put_product_range("operator", KEY, ProductRangeRequest(price_list="reseller-large"))
        assert isinstance(outcome.answer, Organization)
        product_range = outcome.answer.product_range
        assert product_range is not None
        return (
            outcome.status,
            product_range.state,
            product_range.completed,
            product_range.total,
            product_range.inherited,
        )

    assert seen() == (202, WorkState.RUNNING, 0, 300, 0)
    clock[0] += timedelta(seconds=5)
    assert seen() == (202, WorkState.RUNNING, 150, 300, 150)
    clock[0] += timedelta(seconds=5)
    assert seen() == (200, WorkState.COMPLETED, 300, 300, 300)


@pytest.mark.parametrize("password", ["short", "Maria-and-more", "maria", "password123", "Qwertyuiop"])
async def test_weak_passwords(bss: TenantProvisioningClient, password: str) -> None:
    await bss.put_organization(KEY, REQUEST)
    with pytest.raises(ProblemError) as caught:
        await bss.put_administrator(KEY, AdministratorRequest(user_name="maria", password=SecretStr(password)))
    assert caught.value.code is ProblemCode.PASSWORD_TOO_WEAK
    assert password not in str(caught.value)


async def test_load_accounts_exist_without_end_when_asked_for(fake_process: FakeProcess) -> None:
    async with TenantProvisioningClient(fake_process.url, "operator-key") as bss:
        assert (await bss.account("L-123456789")).ordering_enabled
        with pytest.raises(NotFound):
            await bss.account("L-x")
    async with FakeServer() as fake, TenantProvisioningClient(fake.url, "operator-key") as bss:
        with pytest.raises(NotFound):
            await bss.account("L-1")
