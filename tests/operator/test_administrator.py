"""The administrator's password: given once, set again only when the Secret's content changes, never taken back."""

from __future__ import annotations

from dataclasses import replace

from tenant_provisioning.models import SessionRequest
from tenant_reseller.passwords import generate_password
from tenant_reseller.reconcile import Next

from .stage import CLIENT, KEY, STRONG, Stage

WITH_SECRET = {"userName": "maria", "passwordSecretRef": {"name": "s", "key": "pw"}}
OTHER = "Lantern-Meadow-93"


def log_in(stage: Stage, password: str) -> None:
    """A person logs in; raises `Refusal` when it is refused."""
    client_id = stage.organization.client_id
    stage.fake.log_in(CLIENT, SessionRequest(client_id=client_id, user_name="maria", password=password))  # type: ignore[arg-type]


async def provisioned() -> Stage:
    stage = Stage()
    stage.edit(administrator=WITH_SECRET)
    stage.set_password("s", STRONG, key="pw")
    await stage.settle()
    return stage


async def test_a_strong_password_is_generated_into_a_secret_that_is_owned() -> None:
    stage = Stage()
    await stage.settle()
    made = stage.cluster.secrets["northwind-admin"]
    assert stage.subject.uid in made.owner_uids
    log_in(stage, made.data["password"].decode())


async def test_a_secret_of_that_name_which_is_not_ours_is_left_alone() -> None:
    stage = Stage()
    stage.set_password("northwind-admin", STRONG)
    await stage.visit()
    assert stage.word("PrerequisitesMet") == ("False", "SecretNotOurs")
    assert stage.cluster.secrets["northwind-admin"].data == {"password": STRONG.encode()}


async def test_generated_passwords_differ_and_are_long() -> None:
    passwords = {generate_password().get_secret_value() for _ in range(50)}
    assert len(passwords) == 50
    assert all(len(password) == 24 for password in passwords)


async def test_a_new_content_of_the_secret_is_set() -> None:
    stage = await provisioned()
    stage.set_password("s", OTHER, key="pw")
    assert (await stage.visit(slot=False)).next is Next.SLOT
    await stage.settle()
    log_in(stage, OTHER)


async def test_a_line_break_at_the_end_of_the_secret_is_no_part_of_the_password() -> None:
    stage = await provisioned()
    stage.set_password("s", f"{STRONG}\n", key="pw")
    assert (await stage.visit(slot=False)).next is Next.SETTLED


async def test_the_administrators_own_password_is_never_undone() -> None:
    stage = await provisioned()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    tenant.passwords["maria"] = OTHER
    stage.bss.calls.clear()
    assert (await stage.visit(slot=False)).next is Next.SETTLED
    stage.edit(separateInvoices=True)
    await stage.settle()
    assert stage.bss.calls["put_administrator"] == 0
    log_in(stage, OTHER)


async def test_a_lost_status_does_not_bring_the_old_password_back() -> None:
    stage = await provisioned()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    tenant.passwords["maria"] = OTHER
    stage.body["status"] = {}
    stage.restart()
    status = await stage.settle()
    assert status.client_id == "tenant01"
    log_in(stage, OTHER)


async def test_a_secret_that_is_removed_afterwards_changes_nothing() -> None:
    stage = await provisioned()
    del stage.cluster.secrets["s"]
    assert (await stage.visit(slot=False)).next is Next.SETTLED
    stage.edit(separateInvoices=True)
    await stage.settle()
    assert stage.ready


async def test_the_email_address_is_corrected_without_the_password() -> None:
    stage = await provisioned()
    stage.edit(administrator={**WITH_SECRET, "email": "maria@northwind.example"})
    await stage.settle()
    assert stage.organization.administrator is not None
    assert stage.organization.administrator.email == "maria@northwind.example"
    assert stage.organization.administrator.login_verified


async def test_a_taken_user_name_is_told_and_heals() -> None:
    stage = Stage()
    stage.edit(administrator={"userName": "admin"})
    await stage.visit()
    assert stage.word("AdministratorCreated") == ("False", "UserNameTaken")
    assert stage.word("Stalled") == ("True", "UserNameTaken")


async def test_tenants_with_equal_passwords_have_different_fingerprints() -> None:
    stage = await provisioned()
    first = stage.organization.administrator
    other = Stage()
    other.body["metadata"]["uid"] = "another"
    subject = replace(other.subject, spec=stage.subject.spec)
    other.set_password("s", STRONG, key="pw")
    world = await other.reconciler._observer.look(subject)
    assert first is not None
    assert getattr(world.password, "fingerprint", None) != first.password_fingerprint
