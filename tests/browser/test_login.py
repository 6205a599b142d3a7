"""A person logs in with Client ID, user name and password at the address that all share."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.web_client import REFUSED, WebClient
from tests.running_bss import RunningBss, Tenant


def test_the_login_asks_for_the_client_id_in_the_distributors_name(web_client: WebClient) -> None:
    page = web_client.page
    expect(page).to_have_title("Aegean Cloud Distribution")
    expect(page.get_by_role("heading", name="Aegean Cloud Distribution")).to_be_visible()
    labels = page.locator(".bss-login label").all_inner_texts()
    assert [label.strip() for label in labels] == ["Client ID", "User name", "Password"]
    web_client.picture("login")


@pytest.mark.parametrize("wrong", ["client ID of nobody", "client ID of nobody's form", "user name", "password"])
def test_whichever_part_is_wrong_the_screen_is_the_same(
    wrong: str, web_client: WebClient, tenant: Tenant, bss_server: RunningBss
) -> None:
    client_id, user_name, password = tenant.client_id, f"{tenant.user_name}-{wrong[-4:]}", tenant.password
    match wrong:
        case "client ID of nobody":
            client_id = "zz000000"
        case "client ID of nobody's form":
            client_id = "postgres.1"
        case "password":
            user_name, password = tenant.user_name, "not-the-password"
    web_client.try_to_log_in(client_id, user_name, password)
    expect(web_client.refusal).to_have_text(REFUSED)
    # Everything but the password stands, so that the wrong part can be mended.
    expect(web_client.client_id).to_have_value(client_id)
    expect(web_client.page.get_by_label("User name")).to_have_value(user_name)
    expect(web_client.page.get_by_label("Password")).to_have_value("")
    assert web_client.page.locator(".modal:visible").count() == 1
    web_client.picture(f"refused-{'-'.join(re.findall('[a-z]+', wrong.lower()))}")


def test_after_a_refusal_the_right_parts_are_accepted(web_client: WebClient, tenant: Tenant) -> None:
    web_client.try_to_log_in("zz000001", tenant.user_name, tenant.password)
    expect(web_client.refusal).to_have_text(REFUSED)
    web_client.log_in(tenant.client_id, tenant.user_name, tenant.password)


def test_a_link_fills_in_the_client_id(web_client: WebClient, tenant: Tenant) -> None:
    web_client.page.goto("about:blank")
    web_client.open(tenant.client_id)
    expect(web_client.client_id).to_have_value(tenant.client_id)


def test_a_client_id_may_be_typed_with_capitals_and_spaces(web_client: WebClient, tenant: Tenant) -> None:
    web_client.log_in(f" {tenant.client_id.upper()} ", tenant.user_name, tenant.password)


def test_an_empty_password_is_asked_for(web_client: WebClient, tenant: Tenant) -> None:
    web_client.try_to_log_in(tenant.client_id, tenant.user_name, "")
    expect(web_client.page.locator(".bss-login .has-error label")).to_have_text("Password")
    expect(web_client.refusal).to_be_hidden()
