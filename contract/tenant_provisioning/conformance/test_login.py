"""The administrator and the login: one way in, and one answer for everybody who is not let in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import LoginRefused
from tenant_provisioning.models import OrganizationState, ProblemCode, StateRequest

from .options import Options
from .raw import RawClient
from .tenants import Made, Tenants, administrator, new_password, refused_as, session

USER = "maria"
FIRST, SECOND = "first", "second"  # fingerprints


@dataclass(frozen=True, slots=True)
class Staffed:
    """An organization with an administrator."""

    made: Made
    password: str


@pytest.fixture(name="staffed")
async def _staffed(bss: TenantProvisioningClient, tenants: Tenants) -> Staffed:
    return await _staff(bss, tenants)


async def _staff(bss: TenantProvisioningClient, tenants: Tenants) -> Staffed:
    made = await tenants.make()
    password = new_password()
    await bss.put_administrator(made.key, administrator(USER, password, FIRST))
    return Staffed(made, password)


async def test_an_administrator_logs_in_with_all_three_parts(bss: TenantProvisioningClient, staffed: Staffed) -> None:
    """`loginVerified` tells whether it ever worked with the password last set."""
    key = staffed.made.key
    before = await bss.organization(key)
    assert before is not None
    assert before.administrator is not None
    assert before.administrator.user_name == USER
    assert before.administrator.email == f"{USER}@conformance.example"
    assert before.administrator.password_fingerprint == FIRST
    assert not before.administrator.login_verified
    await bss.log_in(session(staffed.made.client_id, USER, staffed.password))
    after = await bss.organization(key)
    assert after is not None
    assert after.administrator is not None
    assert after.administrator.login_verified


async def test_whichever_part_is_wrong_the_refusal_is_the_same(raw: RawClient, staffed: Staffed) -> None:
    """Byte for byte, headers included: nobody learns which Client IDs or user names exist."""
    client_id = staffed.made.client_id
    unknown = "a" + client_id[:0:-1] if client_id[0] != "a" else "b" + client_id[:0:-1]
    attempts = [
        session(client_id, USER, new_password()),
        session(client_id, "nobody", staffed.password),
        session(unknown, USER, staffed.password),
        session("No Such Client!", USER, staffed.password),
    ]
    answers = {await raw.send("POST", "/sessions", attempt.wire()) for attempt in attempts}
    assert len(answers) == 1, answers
    (answer,) = answers
    assert answer.status == 401
    assert answer.problem().code is ProblemCode.LOGIN_REFUSED


async def test_a_password_is_useless_at_another_tenant(
    bss: TenantProvisioningClient, tenants: Tenants, staffed: Staffed
) -> None:
    """Same user name, other tenant, other password."""
    second = await _staff(bss, tenants)
    with pytest.raises(LoginRefused):
        await bss.log_in(session(second.made.client_id, USER, staffed.password))
    with pytest.raises(LoginRefused):
        await bss.log_in(session(staffed.made.client_id, USER, second.password))
    await bss.log_in(session(second.made.client_id, USER, second.password))


async def test_the_same_fingerprint_never_sets_a_password_again(
    bss: TenantProvisioningClient, staffed: Staffed
) -> None:
    """A repetition after a lost answer must not overwrite what the administrator has chosen since."""
    key, client_id = staffed.made.key, staffed.made.client_id
    await bss.log_in(session(client_id, USER, staffed.password))
    another = new_password()
    repeated = await bss.put_administrator(key, administrator(USER, another, FIRST))
    assert repeated.administrator is not None
    assert repeated.administrator.login_verified
    await bss.log_in(session(client_id, USER, staffed.password))
    with pytest.raises(LoginRefused):
        await bss.log_in(session(client_id, USER, another))


async def test_a_new_fingerprint_sets_the_password(bss: TenantProvisioningClient, staffed: Staffed) -> None:
    """The old one is useless at once, and the login has to be verified again."""
    key, client_id = staffed.made.key, staffed.made.client_id
    await bss.log_in(session(client_id, USER, staffed.password))
    another = new_password()
    changed = await bss.put_administrator(key, administrator(USER, another, SECOND))
    assert changed.administrator is not None
    assert changed.administrator.password_fingerprint == SECOND
    assert not changed.administrator.login_verified
    await bss.log_in(session(client_id, USER, another))
    with pytest.raises(LoginRefused):
        await bss.log_in(session(client_id, USER, staffed.password))


async def test_without_a_password_it_stays(bss: TenantProvisioningClient, staffed: Staffed) -> None:
    """A new fingerprint alone changes neither the password nor the fingerprint."""
    same = await bss.put_administrator(staffed.made.key, administrator(USER, None, SECOND))
    assert same.administrator is not None
    assert same.administrator.password_fingerprint == FIRST
    await bss.log_in(session(staffed.made.client_id, USER, staffed.password))


async def test_a_weak_password_is_refused(
    bss: TenantProvisioningClient, tenants: Tenants, staffed: Staffed, options: Options
) -> None:
    """For a new administrator, who is not made then, and for an existing one, whose password stays."""
    fresh = await tenants.make()
    weak = administrator(USER, options.weak_password, "weak")
    await refused_as(ProblemCode.PASSWORD_TOO_WEAK, bss.put_administrator(fresh.key, weak), field="password")
    found = await bss.organization(fresh.key)
    assert found is not None
    assert found.administrator is None
    await refused_as(ProblemCode.PASSWORD_TOO_WEAK, bss.put_administrator(staffed.made.key, weak), field="password")
    await bss.log_in(session(staffed.made.client_id, USER, staffed.password))


async def test_a_taken_user_name_is_refused(bss: TenantProvisioningClient, tenants: Tenants, options: Options) -> None:
    """The users that every tenant has from the start are nobody's to take."""
    made = await tenants.make()
    request = administrator(options.taken_user_name, new_password(), FIRST)
    await refused_as(ProblemCode.USER_NAME_TAKEN, bss.put_administrator(made.key, request), field="userName")


@pytest.mark.parametrize("state", [OrganizationState.SUSPENDED, OrganizationState.DELETED])
async def test_a_tenant_that_is_not_active_lets_nobody_in(
    bss: TenantProvisioningClient, raw: RawClient, staffed: Staffed, state: OrganizationState
) -> None:
    """With the same answer as for a wrong password."""
    login = session(staffed.made.client_id, USER, staffed.password)
    await bss.log_in(login)
    await bss.put_state(staffed.made.key, StateRequest(state=state))
    refused = await raw.send("POST", "/sessions", login.wire())
    assert refused == await raw.send("POST", "/sessions", session("nosuchid", USER, staffed.password).wire())
    if state is OrganizationState.SUSPENDED:
        await bss.put_state(staffed.made.key, StateRequest(state=OrganizationState.ACTIVE))
        await bss.log_in(login)


async def test_a_purged_tenant_lets_nobody_in(bss: TenantProvisioningClient, staffed: Staffed) -> None:
    """Its Client ID leads nowhere."""
    login = session(staffed.made.client_id, USER, staffed.password)
    await bss.log_in(login)
    await bss.delete_organization(staffed.made.key)
    with pytest.raises(LoginRefused):
        await bss.log_in(login)
