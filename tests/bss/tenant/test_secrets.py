"""Secrets of users are kept from other users, and files of a tenant from other tenants."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path

import pytest
import trytond.config

from bss.tenants.login import log_in
from bss.tenants.pools import tenant
from tests.bss.tenant.person import Person, Refused

OTHER_PASSWORD = "Copper, lantern & 7 maps"


@pytest.fixture
def maria(basic: str) -> Person:
    """The administrator."""
    return Person.log_in(basic, "maria")


@pytest.fixture
def paul(maria: Person) -> Person:
    """A user without any group."""
    maria.call("model.res.user.create", [{"name": "Paul", "login": "paul", "password": OTHER_PASSWORD}])
    return Person.log_in(maria.client_id, "paul", OTHER_PASSWORD)


@pytest.mark.parametrize("field", ["password_hash", "password_reset", "applications.key", "applications.rec_name"])
def test_no_user_guesses_a_secret_letter_by_letter(paul: Person, field: str) -> None:
    with pytest.raises(Refused, match="not allowed to access"):
        paul.call("model.res.user.search", [[field, "like", "a%"]], 0, None, None)
    with pytest.raises(Refused, match="not allowed to access"):
        paul.call("model.party.party.search", [[f"create_uid.{field}", "like", "a%"]], 0, None, None)
    with pytest.raises(Refused, match="not allowed to access"):
        paul.call("model.res.user.search", [], 0, None, [[field, "ASC"]])


def test_no_user_orders_by_a_secret(maria: Person) -> None:
    with pytest.raises(Refused, match="not allowed to access"):
        maria.call("model.res.user.search", [], 0, None, [["password_hash", "ASC"]])


@pytest.mark.parametrize("field", ["password_hash", "password_reset"])
def test_an_administrator_sets_passwords_but_no_hashes(maria: Person, field: str) -> None:
    (paul,) = maria.call("model.res.user.create", [{"name": "Paul", "login": "paul", "password": OTHER_PASSWORD}])
    with pytest.raises(Refused, match="not allowed to access"):
        maria.call("model.res.user.write", [paul], {field: "$scrypt$ln=30,r=8,p=1$c2FsdA$aGFzaA"})
    with pytest.raises(Refused, match="not allowed to access"):
        maria.call("model.res.user.create", [{"name": "Eve", "login": "eve", field: "x"}])
    with pytest.raises(Refused, match="at least 10 characters"):
        maria.call("model.res.user.write", [paul], {"password": "short"})
    maria.call("model.res.user.write", [paul], {"password": "Another 9 umbrellas"})
    assert log_in(maria.client_id, "paul", "Another 9 umbrellas")
    maria.call("model.res.user.copy", [paul], {})


def test_every_user_changes_its_own_password_and_makes_itself_an_api_key(paul: Person) -> None:
    paul.call("model.res.user.set_preferences", {"password": "Another 9 umbrellas"})
    assert log_in(paul.client_id, "paul", "Another 9 umbrellas")
    paul = Person.log_in(paul.client_id, "paul", "Another 9 umbrellas")
    (own,) = paul.call("model.res.user.search", [["login", "=", "paul"]], 0, None, None)
    (made,) = paul.call("model.res.user.application.create", [{"user": own, "application": "rest"}])
    (application,) = paul.call("model.res.user.application.read", [made], ["key"])
    assert application["key"]


def test_attachments_are_kept_in_the_tenants_database(
    maria: Person, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    stranger = tmp_path / "t9999999" / "ab" / "cd" / "secret"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("of another tenant")
    request.addfinalizer(partial(trytond.config.set, "database", "path", trytond.config.get("database", "path")))
    trytond.config.set("database", "path", str(tmp_path))
    with tenant(maria.client_id) as pool:
        party = str(pool.get("tenant.organization")(1).company.party)
    content = {"__class__": "bytes", "base64": base64.b64encode(b"our own").decode()}
    own, wrong = maria.call(
        "model.ir.attachment.create",
        [
            {"name": "own.txt", "resource": party, "data": content},
            {"name": "wrong.txt", "resource": party, "file_id": "..x/../../t9999999/ab/cd/secret"},
        ],
    )
    read = {record["id"]: record["data"] for record in maria.call("model.ir.attachment.read", [own, wrong], ["data"])}
    assert read[own] == b"our own"
    assert read[wrong] is None
    assert [path.name for path in tmp_path.iterdir()] == ["t9999999"]
