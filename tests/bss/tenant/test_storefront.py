"""The Storefront: the tenant's name, brand and sell prices, in its language; and nothing else for anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from tenant_provisioning.models import Edition, Locale, Logo, OrganizationState, StorefrontRequest
from werkzeug.test import Client, TestResponse

from bss.root import database
from bss.root.transaction import write
from bss.storefront.app import application
from bss.storefront.brand import style_sheet
from bss.storefront.shop import Brand
from bss.tenants.company import configure_company
from bss.tenants.edition import apply_edition
from bss.tenants.errors import LogoUnusable, PremiumRequired
from bss.tenants.facts import facts
from bss.tenants.locale import apply_locale
from bss.tenants.pools import tenant
from bss.tenants.state import set_state
from bss.tenants.storefront import apply_storefront
from bss.web.headers import StrictHeaders
from tests.bss.tenant.test_products import BACKUP, MAIL, copy

HOST = "shop.northwind.example"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>'
LOGO = Logo(media_type="image/svg+xml", data=base64.b64encode(DRAWING).decode())


@pytest.fixture(scope="module")
def root(postgres: str) -> None:
    """The distributor's root database, which knows whose an address is."""
    database.prepare(print, with_demo=False)


@pytest.fixture
def listed(client_id: str, root: None) -> Iterator[str]:
    """A tenant that the root database knows as active, with two products."""

    def register(pool):
        party = pool.get("party.party")(name="Northwind Cloud")
        party.save()
        pool.get("tenant.reseller")(
            name="Northwind Cloud", account=party, client_id=client_id, state="active", storefront_hostname=HOST
        ).save()

    def forget(pool):
        Reseller = pool.get("tenant.reseller")  # noqa: N806
        Reseller.delete(Reseller.search([("client_id", "=", client_id)]))

    write(register)
    try:
        copy(client_id, [MAIL, BACKUP])
        yield client_id
    finally:
        write(forget)


def get(path: str, host: str = "bss.example", **options: object) -> TestResponse:
    return Client(StrictHeaders(application)).get(path, headers={"Host": host}, **options)


def test_the_page_shows_name_products_and_sell_prices_only(listed: str) -> None:
    copy(listed, [replace(MAIL, purchase_price=Decimal("4.44")), replace(BACKUP, purchase_price=Decimal("33.33"))])
    answer = get(f"/s/{listed}/")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    page = answer.text
    assert "<title>Northwind Cloud</title>" in page
    assert re.findall('class="name">([^<]*)<', page) == ["Mailbox", "Backup"]
    assert re.findall('class="amount">([^<]*)<', page) == ["€6.00", "€45.00"]
    assert re.findall('class="cycle">([^<]*)<', page) == ["per month", "per year"]
    assert "4.44" not in page
    assert "33.33" not in page


def test_prices_and_words_follow_the_tenants_language(listed: str) -> None:
    apply_locale(listed, Locale(language="de", time_zone="Europe/Berlin", date_format="dd.MM.yyyy"))
    page = get(f"/s/{listed}/").text
    assert '<html lang="de">' in page
    assert "45,00\xa0€" in page
    assert "pro Jahr" in page


def test_hidden_and_discontinued_products_are_not_shown(listed: str) -> None:
    copy(listed, [BACKUP])
    with tenant(listed) as pool:
        (backup,) = pool.get("product.template").search([("code", "=", "BACKUP-Y")])
        backup.storefront_visible = False
        backup.save()
    page = get(f"/s/{listed}/").text
    assert "Mailbox" not in page
    assert "Backup" not in page
    assert "There is nothing on offer yet." in page


def test_names_cannot_break_out_of_the_page(listed: str) -> None:
    configure_company(listed, name="<script>alert(1)</script>", currency="EUR", account_code="R-1001")
    copy(listed, [replace(MAIL, name="<img src=x onerror=alert(1)>")], overwrite_names=True)
    page = get(f"/s/{listed}/").text
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_the_policy_lets_nothing_inline_run(listed: str) -> None:
    answer = get(f"/s/{listed}/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "style=" not in answer.text
    assert "<style" not in answer.text


def test_every_file_that_the_page_names_is_served(listed: str) -> None:
    apply_edition(listed, Edition.PREMIUM)
    apply_storefront(listed, StorefrontRequest(hostname=HOST, logo=LOGO), f"https://{HOST}/")
    for path, host in ((f"/s/{listed}/", "bss.example"), ("/", HOST)):
        page = get(path, host).text
        names = set(re.findall(r'(?:href|src)="([^"]*)"', page))
        assert len(names) == 3
        assert not [name for name in names if name.startswith(("/", "http"))]
        assert [get(path + name, host).status_code for name in names] == [200] * len(names)


def test_an_own_hostname_leads_to_the_tenant_with_its_brand(listed: str) -> None:
    apply_edition(listed, Edition.PREMIUM)
    apply_storefront(listed, StorefrontRequest(hostname=HOST, primary_color="#0b5fff", logo=LOGO), f"https://{HOST}/")
    page = get("/", f"{HOST.upper()}:8443")
    assert "Northwind Cloud" in page.text
    assert listed not in page.text, "the Client ID is a part of the login"
    assert "--brand: #0b5fff" in get("/brand.css", HOST).text
    logo = get("/logo", HOST)
    assert logo.data == DRAWING
    assert logo.mimetype == "image/svg+xml"
    assert "sandbox" in logo.headers["Content-Security-Policy"], "a script in the drawing must not run"
    storefront = facts(listed).storefront
    assert storefront is not None
    assert storefront.logo_digest == hashlib.sha256(DRAWING).hexdigest()


def test_after_a_downgrade_the_look_is_standard_and_comes_back_with_the_upgrade(listed: str) -> None:
    apply_edition(listed, Edition.PREMIUM)
    apply_storefront(listed, StorefrontRequest(hostname=HOST, primary_color="#0b5fff", logo=LOGO), f"https://{HOST}/")
    apply_edition(listed, Edition.BASIC)
    assert "#0b5fff" not in get(f"/s/{listed}/brand.css").text
    assert get(f"/s/{listed}/logo").status_code == 404
    assert get("/", HOST).status_code == 404
    apply_edition(listed, Edition.PREMIUM)
    assert "#0b5fff" in get("/brand.css", HOST).text


@pytest.mark.parametrize("request_", [StorefrontRequest(hostname=HOST), StorefrontRequest(primary_color="#0b5fff")])
def test_hostname_and_brand_need_premium(basic: str, request_: StorefrontRequest) -> None:
    with pytest.raises(PremiumRequired):
        apply_storefront(basic, request_, "https://bss.example/")
    apply_storefront(basic, StorefrontRequest(), f"https://bss.example/s/{basic}/")
    storefront = facts(basic).storefront
    assert storefront is not None
    assert storefront.url == f"https://bss.example/s/{basic}/"


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", DRAWING),
        ("image/svg+xml", b"<html/>"),
        ("image/svg+xml", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>'),
        ("image/svg+xml", b"<svg"),
        ("image/jpeg", b""),
        ("image/webp", b"RIFF" + bytes(256 * 1024)),
    ],
)
def test_a_logo_that_is_not_what_it_says_is_refused(basic: str, media_type: str, content: bytes) -> None:
    apply_edition(basic, Edition.PREMIUM)
    logo = Logo(media_type=media_type, data=base64.b64encode(content).decode())
    with pytest.raises(LogoUnusable):
        apply_storefront(basic, StorefrontRequest(logo=logo), "https://bss.example/")


def test_whatever_is_no_open_storefront_gets_the_same_answer(listed: str) -> None:
    set_state(listed, OrganizationState.SUSPENDED)
    suspended = get(f"/s/{listed}/")
    others = [
        get("/s/t9999999/"),
        get("/s/distributor/"),
        get("/s/../"),
        get("/s/"),
        get("/", "unknown.example"),
        get("/brand.css", "unknown.example"),
        get("/", "'; DROP TABLE x; --"),
    ]
    assert suspended.status_code == 404
    for other in others:
        assert (other.status_code, other.data, list(other.headers)) == (404, suspended.data, list(suspended.headers))
    assert b"suspended" not in suspended.data.lower()


def test_only_reading_is_allowed(listed: str) -> None:
    assert Client(application).post(f"/s/{listed}/").status_code == 405


def test_the_address_without_its_last_slash_leads_to_the_page(listed: str) -> None:
    answer = get(f"/s/{listed}")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith(f"/s/{listed}/")


def test_an_unchanged_page_is_not_sent_again(listed: str) -> None:
    tag = get(f"/s/{listed}/").headers["ETag"]
    client = Client(application)
    assert client.get(f"/s/{listed}/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("color", "expected"),
    [("#000000", "#ffffff"), ("#ffffff", "#000000"), ("#0b5fff", "#ffffff"), ("#ffee00", "#000000")],
)
def test_text_on_the_brands_colour_is_readable(color: str, expected: str) -> None:
    assert f"--on-brand: {expected};" in style_sheet(Brand(primary_color=color))


def test_a_colour_that_is_none_never_reaches_the_style_sheet() -> None:
    assert "url(" not in style_sheet(Brand(primary_color="red; background: url(//x)"))
