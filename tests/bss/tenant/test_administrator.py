"""The administrator of a tenant: password rules, real logins, and rights that end at the server's configuration."""

from __future__ import annotations

import pytest
from trytond.pool import Pool
from trytond.tools.email_ import EmailNotValidError

from bss.tenants.administrator import set_administrator
from bss.tenants.errors import EmailInvalid, PasswordTooWeak, UserNameTaken
from bss.tenants.facts import facts
from bss.tenants.login import log_in
from bss.tenants.pools import tenant
from tests.bss.tenant.conftest import MakeTenant
from tests.bss.tenant.person import PASSWORD, Person, Refused

OTHER_PASSWORD = "Copper, lantern & 7 maps"


def test_the_administrator_logs_in_with_the_given_password_only(basic: str) -> None:
    assert log_in(basic, "maria", PASSWORD)
    assert not log_in(basic, "maria", PASSWORD + " ")
    assert not log_in(basic, "nobody", PASSWORD)
    assert not log_in("t9999999", "maria", PASSWORD)


def test_a_login_to_verify_leaves_no_session(basic: str) -> None:
    assert log_in(basic, "maria", PASSWORD)
    with tenant(basic) as pool:
        assert pool.get("ir.session").search([], count=True) == 0


def test_too_many_wrong_passwords_shut_out_the_right_one(basic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tryton waits longer after each attempt; the waiting is not what is tested here.
    monkeypatch.setattr("trytond.res.user.time.sleep", lambda seconds: None)
    for _ in range(6):
        assert not log_in(basic, "maria", "wrong")
    assert not log_in(basic, "maria", PASSWORD)


def test_repeating_changes_nothing_and_a_new_password_replaces_the_old(basic: str) -> None:
    set_administrator(basic, "maria", "maria@northwind.example", None)
    assert log_in(basic, "maria", PASSWORD)
    maria = Person.log_in(basic, "maria")
    set_administrator(basic, "maria", None, OTHER_PASSWORD)
    assert log_in(basic, "maria", OTHER_PASSWORD)
    assert not log_in(basic, "maria", PASSWORD)
    with pytest.raises(Refused, match="401"):
        maria.preferences()
    assert facts(basic).administrator_email == "maria@northwind.example"
    with tenant(basic) as pool:
        assert pool.get("res.user").search([("login", "=", "maria")], count=True) == 1


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Zq7!vx2", "at least 10 characters"),
        ("Zq7!vx2xx", "at least 10 characters"),
        ("Xo4-MARIA-vq88", "must not contain the user name"),
        ("password123", "too easy to guess"),
        ("qwertyuiop", "too easy to guess"),
        ("aaaaaaaaaaaaaaaa", "too easy to guess"),
        ("maria@northwind.example", "must not contain|same"),
    ],
)
def test_a_weak_password_is_refused_and_nothing_is_made(client_id: str, password: str, reason: str) -> None:
    with pytest.raises(PasswordTooWeak, match=reason) as refused:
        set_administrator(client_id, "maria", "maria@northwind.example", password)
    assert password not in str(refused.value)
    assert facts(client_id).administrator is None


def test_a_weak_password_leaves_the_present_one(basic: str) -> None:
    with pytest.raises(PasswordTooWeak):
        set_administrator(basic, "maria", None, "password123")
    assert log_in(basic, "maria", PASSWORD)


def test_the_administrator_keeps_to_the_rules_too(basic: str) -> None:
    with pytest.raises(Refused, match="at least 10 characters"):
        Person.log_in(basic, "maria").call("model.res.user.set_preferences", {"password": "short"})


@pytest.mark.parametrize("user_name", ["paul", "admin", "root"])
def test_a_user_name_of_somebody_else_is_refused(basic: str, user_name: str) -> None:
    with tenant(basic) as pool:
        pool.get("res.user")(name="Paul", login="paul", active=False).save()
    with pytest.raises(UserNameTaken, match=user_name):
        set_administrator(basic, user_name, None, PASSWORD)
    assert facts(basic).administrator == "maria"


def test_an_address_that_trytons_validator_refuses_is_an_error_of_the_request(
    client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(email: str) -> None:
        raise EmailNotValidError

    # Tryton uses a validator where one is installed.
    monkeypatch.setattr("trytond.res.user.validate_email", refuse)
    with pytest.raises(EmailInvalid):
        set_administrator(client_id, "maria", "maria@northwind.example", PASSWORD)
    assert facts(client_id).administrator is None


@pytest.mark.parametrize("password", ["", "admin", "x" * 10])
def test_nobody_logs_in_as_the_superuser_of_the_template(basic: str, password: str) -> None:
    assert not log_in(basic, "admin", password)
    with tenant(basic, context={"active_test": False}) as pool:
        (admin,) = pool.get("res.user").search([("login", "=", "admin")])
        assert not admin.active
        assert admin.groups == ()


def test_an_administrator_cannot_bring_the_superuser_back(basic: str) -> None:
    with tenant(basic) as pool:
        admin = pool.get("ir.model.data").get_id("res", "user_admin")
    with pytest.raises(Refused, match="belongs to the system"):
        Person.log_in(basic, "maria").call("model.res.user.write", [admin], {"active": True, "password": PASSWORD})


def test_an_administrator_manages_users_but_only_within_the_tenant(basic: str) -> None:
    maria = Person.log_in(basic, "maria")
    with tenant(basic) as pool:
        data = pool.get("ir.model.data")
        sales = data.get_id("sale", "group_sale")
        server = data.get_id("res", "group_admin")
        own = pool.get("tenant.organization")(1).administrator.id

    (paul,) = maria.call(
        "model.res.user.create",
        [{"name": "Paul", "login": "paul", "password": OTHER_PASSWORD, "groups": [["add", [sales]]]}],
    )
    assert log_in(basic, "paul", OTHER_PASSWORD)
    for user in (paul, own):
        with pytest.raises(Refused, match=r"DomainValidation|Groups"):
            maria.call("model.res.user.write", [user], {"groups": [["add", [server]]]})
    # Not even by the relation's own table.
    with pytest.raises(Refused, match="403"):
        maria.call("model.res.user-res.group.create", [{"user": own, "group": server}])
    with pytest.raises(Refused, match="not allowed"):
        Person.log_in(basic, "paul", OTHER_PASSWORD).call("model.res.user.write", [own], {"name": "mine"})


_OWN_AFFAIRS = {
    # What a user writes about records, how its client looks, the mail it sends.
    "ir.attachment",
    "ir.note",
    "ir.note.read",
    "ir.email",
    "ir.email.address",
    "ir.avatar",
    "ir.ui.view_tree_optional",
    "ir.ui.view_tree_width",
    "res.user.application",
    "res.user.warning",
    # Numbers of the tenant's invoices and orders; a type of sequence says who may change it.
    "ir.sequence",
    "ir.sequence.strict",
    # Within the limits that the tests above show.
    "res.user",
}


def test_no_configuration_of_the_server_can_be_written(basic: str) -> None:
    """Every model of Tryton's core that the administrator may write is one of its own affairs."""
    Person.log_in(basic, "maria")
    with tenant(basic) as pool:
        maria = pool.get("tenant.organization")(1).administrator.id
    with tenant(basic, maria, context={"_check_access": True}) as pool:
        writable = _writable(pool)
    assert writable - _OWN_AFFAIRS == set()


def _writable(pool: Pool) -> set[str]:
    names = {
        name
        for name, model in pool.iterobject()
        if name.startswith(("ir.", "res.")) and {"create", "write", "delete"} & model.__rpc__.keys()
    }
    access = pool.get("ir.model.access").get_access(sorted(names))
    return {name for name in names if any(access[name][mode] for mode in ("write", "create", "delete"))}


def test_a_session_of_one_tenant_is_useless_at_another(make_tenant: MakeTenant) -> None:
    one, two = make_tenant(), make_tenant()
    for client_id in (one, two):
        set_administrator(client_id, "maria", None, PASSWORD)
    maria = Person.log_in(one, "maria")
    assert maria.preferences()["language"] == "en"
    maria.client_id = two
    with pytest.raises(Refused, match="401"):
        maria.preferences()
