"""What must hold before anything is done: each lack has its own reason, names the field, and heals by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tenant_provisioning.fake.world import FakeAccount, FakePriceList
from tenant_reseller.conditions import Cure
from tenant_reseller.reconcile import Next

from .stage import STRONG, Stage

Mend = Callable[[Stage], None]


def _account(code: str, **change: object) -> Mend:
    def mend(stage: Stage) -> None:
        present = stage.fake.find_account(code) or FakeAccount(code=code, name=code)
        stage.fake.accounts[code] = replace(present, **change)  # type: ignore[arg-type]

    return mend


def _price_list(code: str, **change: object) -> Mend:
    def mend(stage: Stage) -> None:
        present = stage.fake.price_lists.get(code) or FakePriceList(code=code, name=code, products=3)
        stage.fake.price_lists[code] = replace(present, **change)  # type: ignore[arg-type]

    return mend


def _edit(**spec: object) -> Mend:
    return lambda stage: stage.edit(**spec)


def _locale(
    language: str = "en", time_zone: str = "Europe/Athens", date_format: str = "dd/MM/yyyy"
) -> dict[str, object]:
    return {"locale": {"language": language, "timeZone": time_zone, "dateFormat": date_format}}


SECRET = {"administrator": {"userName": "maria", "passwordSecretRef": {"name": "s"}}}
LOGO = {"storefront": {"logo": {"configMapKeyRef": {"name": "brand", "key": "logo.svg"}}}}

CASES: list[tuple[dict[str, object], str, str, Mend]] = [
    ({"account": "R-9999"}, "AccountNotFound", "spec.account", _account("R-9999")),
    ({"account": "R-1021"}, "OrderingDisabled", "R-1021", _account("R-1021", ordering_enabled=True)),
    ({"account": "R-1023"}, "AccountIsTenant", "spec.adopt.clientID", _edit(adopt={"clientID": "legacy23"})),
    ({"priceList": "none"}, "PriceListNotFound", "spec.priceList", _price_list("none")),
    ({"priceList": "reseller-old"}, "PriceListInactive", "spec.priceList", _price_list("reseller-old", active=True)),
    (
        {"priceList": "reseller-expired"},
        "PriceListNotValidToday",
        "2026-11-22",
        _price_list("reseller-expired", valid_to=None),
    ),
    ({"priceList": "reseller-usd"}, "CurrencyMismatch", "USD", _account("R-1001", currency="USD")),
    (_locale(language="xx"), "LanguageNotSupported", "spec.locale.language", _edit(**_locale())),
    (_locale(time_zone="Mars/Olympus"), "TimeZoneNotSupported", "spec.locale.timeZone", _edit(**_locale())),
    (_locale(date_format="d"), "DateFormatNotSupported", "spec.locale.dateFormat", _edit(**_locale())),
    (SECRET, "SecretNotFound", "passwordSecretRef", lambda stage: stage.set_password("s", STRONG)),
    (LOGO, "LogoNotFound", "spec.storefront.logo", _edit(storefront=None)),
]


@pytest.mark.parametrize(("change", "reason", "named", "mend"), CASES, ids=[case[1] for case in CASES])
async def test_each_lack_has_its_reason_and_heals(
    change: dict[str, object], reason: str, named: str, mend: Mend
) -> None:
    stage = Stage()
    stage.edit(**change)
    visit = await stage.visit()
    assert visit.next is Next.RETRY
    assert visit.failure is not None
    assert visit.failure.cure is Cure.ELSEWHERE
    assert stage.word("PrerequisitesMet") == ("False", reason)
    assert stage.word("Ready") == ("False", reason)
    assert named in stage.message("Ready")
    assert stage.bss.changes == 0  # nothing was made, and the BSS need not even know of it
    stage.pass_time(60)
    mend(stage)
    await stage.settle()
    assert stage.ready


async def test_a_ready_tenant_is_not_broken_by_a_price_list_that_ends() -> None:
    stage = Stage()
    await stage.settle()
    _price_list("reseller-eur", active=False)(stage)
    visit = await stage.visit(slot=False)
    assert visit.next is Next.SETTLED
    assert stage.ready


async def test_the_same_lack_is_told_once() -> None:
    stage = Stage()
    stage.edit(account="R-9999")
    await stage.visit()
    told = stage.body["status"]
    stage.pass_time(60)
    await stage.visit()
    assert stage.body["status"] == told


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfa", b"x" * 1025])
async def test_a_secret_without_usable_text_is_told(content: bytes) -> None:
    stage = Stage()
    stage.edit(**SECRET)
    stage.set_password("s", "x")
    stage.cluster.secrets["s"] = replace(stage.cluster.secrets["s"], data={"password": content})
    await stage.visit()
    assert stage.word("Ready") == ("False", "SecretKeyMissing")


async def test_a_logo_that_is_no_picture_is_told() -> None:
    stage = Stage()
    stage.edit(**LOGO)
    stage.set_password("brand", "x")
    stage.cluster.config_maps["brand"] = replace(stage.cluster.secrets["brand"], data={"logo.svg": b"<html></html>"})
    await stage.visit()
    assert stage.word("Ready") == ("False", "LogoInvalid")
