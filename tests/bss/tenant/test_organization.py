"""Company, edition, locale and state of a tenant."""

from __future__ import annotations

import base64

import pytest
from tenant_provisioning.models import Edition, Locale, OrganizationState

from bss.tenants import databases
from bss.tenants.administrator import set_administrator
from bss.tenants.company import configure_company
from bss.tenants.edition import apply_edition
from bss.tenants.errors import (
    CompanyMissing,
    CurrencyUnknown,
    DateFormatNotSupported,
    LanguageNotSupported,
    StateIsFinal,
    TimeZoneNotSupported,
)
from bss.tenants.facts import facts
from bss.tenants.locale import DATE_FORMATS, apply_locale
from bss.tenants.login import log_in
from bss.tenants.pools import tenant
from bss.tenants.state import set_state
from tests.bss.tenant.person import PASSWORD, Person, Refused

GERMAN = Locale(language="de", time_zone="Europe/Berlin", date_format="dd.MM.yyyy")


def test_the_company_is_made_once_and_renamed(client_id: str) -> None:
    for _ in range(2):
        configure_company(client_id, name="Contoso", currency="USD", account_code="R-1002")
    found = facts(client_id)
    assert (found.name, found.currency, found.account_code) == ("Contoso", "USD", "R-1002")
    with tenant(client_id) as pool:
        assert pool.get("company.company").search([], count=True) == 1
        (dollar,) = pool.get("currency.currency").search([("code", "=", "USD")])
        assert (dollar.name, dollar.symbol, dollar.digits) == ("US Dollar", "$", 2)


def test_a_currency_that_does_not_exist_is_refused(client_id: str) -> None:
    with pytest.raises(CurrencyUnknown, match="XQX"):
        configure_company(client_id, name="Contoso", currency="XQX", account_code="R-1002")
    assert facts(client_id).currency == "EUR"


def test_the_locale_is_in_force_for_users_and_dates(basic: str) -> None:
    for _ in range(2):
        apply_locale(basic, GERMAN)
    assert facts(basic).locale == GERMAN
    preferences = Person.log_in(basic, "maria").preferences()
    assert preferences["language"] == "de"
    full = Person.log_in(basic, "maria").call("model.res.user.get_preferences", False)
    assert full["locale"]["date"] == "%d.%m.%Y"


def test_a_user_who_chose_another_language_keeps_it(basic: str) -> None:
    with tenant(basic) as pool:
        (french,) = pool.get("ir.lang").search([("code", "=", "fr")])
        pool.get("res.user")(name="Paul", login="paul", language=french).save()
    apply_locale(basic, GERMAN)
    with tenant(basic) as pool:
        (paul,) = pool.get("res.user").search([("login", "=", "paul")])
        assert paul.language.code == "fr"
        assert {language.date for language in pool.get("ir.lang").search([("translatable", "=", True)])} == {"%d.%m.%Y"}


def test_an_administrator_made_after_the_locale_has_its_language(client_id: str) -> None:
    apply_locale(client_id, GERMAN)
    set_administrator(client_id, "maria", None, PASSWORD)
    assert Person.log_in(client_id, "maria").preferences()["language"] == "de"


def test_tryton_takes_every_date_format_on_offer(client_id: str) -> None:
    for pattern in DATE_FORMATS:
        locale = GERMAN.model_copy(update={"date_format": pattern})
        apply_locale(client_id, locale)
        assert facts(client_id).locale == locale


@pytest.mark.parametrize(
    ("member", "value", "error"),
    [
        ("language", "tlh", LanguageNotSupported),
        ("time_zone", "Europe/Atlantis", TimeZoneNotSupported),
        ("date_format", "yy/d/MMM", DateFormatNotSupported),
    ],
)
def test_what_is_not_supported_is_refused_and_changes_nothing(
    client_id: str, member: str, value: str, error: type[Exception]
) -> None:
    before = facts(client_id)
    with pytest.raises(error, match=value):
        apply_locale(client_id, GERMAN.model_copy(update={member: value}))
    assert facts(client_id) == before


def test_locale_and_administrator_need_the_company_first(template: str) -> None:
    databases.create("t0nocomp")
    try:
        with pytest.raises(CompanyMissing):
            apply_locale("t0nocomp", GERMAN)
        with pytest.raises(CompanyMissing):
            set_administrator("t0nocomp", "maria", None, PASSWORD)
        assert facts("t0nocomp").name is None
    finally:
        databases.drop("t0nocomp")


@pytest.mark.parametrize("state", [OrganizationState.SUSPENDED, OrganizationState.DELETED])
def test_nobody_gets_into_a_closed_tenant(basic: str, state: OrganizationState) -> None:
    maria = Person.log_in(basic, "maria")
    set_state(basic, state)
    assert facts(basic).state is state
    assert not log_in(basic, "maria", PASSWORD)
    with pytest.raises(Refused, match="401"):
        Person.log_in(basic, "maria")
    with pytest.raises(Refused, match="401"):
        maria.preferences()


def test_a_suspended_tenant_comes_back_with_its_data(basic: str) -> None:
    apply_edition(basic, Edition.PREMIUM)
    before = facts(basic)
    set_state(basic, OrganizationState.SUSPENDED)
    set_state(basic, OrganizationState.ACTIVE)
    assert facts(basic) == before
    assert log_in(basic, "maria", PASSWORD)


def test_a_session_that_a_late_login_made_is_useless(basic: str) -> None:
    with tenant(basic) as pool:
        maria = pool.get("tenant.organization")(1).administrator.id
    set_state(basic, OrganizationState.SUSPENDED)
    with tenant(basic, maria) as pool:
        key = pool.get("ir.session").new()
    late = Person(basic, "")
    late.session = base64.b64encode(f"maria:{maria}:{key}".encode()).decode()
    with pytest.raises(Refused, match="401"):
        late.preferences()


def test_deleted_is_final(basic: str) -> None:
    set_state(basic, OrganizationState.DELETED)
    set_state(basic, OrganizationState.DELETED)
    with pytest.raises(StateIsFinal):
        set_state(basic, OrganizationState.ACTIVE)
