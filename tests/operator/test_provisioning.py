"""From a manifest to a provisioned tenant, and from an edited manifest to a changed one."""

from __future__ import annotations

import pytest
from tenant_provisioning.models import Edition, ProcessState, ProcessType
from tenant_reseller.conditions import PHASE_CONDITIONS
from tenant_reseller.reconcile import Next

from .stage import KEY, NORTHWIND, STRONG, Stage


async def test_a_manifest_becomes_a_ready_tenant() -> None:
    stage = Stage()
    status = await stage.settle()
    assert stage.word("Ready") == ("True", "Provisioned")
    assert [stage.word(condition)[0] for condition in PHASE_CONDITIONS] == ["True"] * 9
    assert status.client_id == "tenant01"
    assert status.login_url == stage.organization.login_url
    assert status.storefront_url == "http://127.0.0.1/s/tenant01/"
    assert status.products is not None
    assert status.products.inherited == 42
    assert status.admin_secret == "northwind-admin"
    assert status.observed_generation == 1
    assert status.process is not None
    assert (status.process.type, status.process.state, status.process.progress) == (
        ProcessType.CREATION,
        ProcessState.COMPLETED,
        "9/9",
    )


async def test_the_bss_is_as_declared() -> None:
    stage = Stage()
    stage.edit(displayName="Northwind Cloud", separateInvoices=True)
    await stage.settle()
    organization = stage.organization
    assert (organization.name, organization.edition) == ("Northwind Cloud", Edition.PREMIUM)
    assert organization.locale is not None
    assert organization.locale.time_zone == "Europe/Athens"
    assert organization.invoicing is not None
    assert organization.invoicing.separate_invoices
    assert organization.administrator is not None
    assert organization.administrator.user_name == "maria"
    assert organization.administrator.login_verified
    assert not organization.back_ordering


async def test_a_new_tenant_is_not_operational_until_back_ordering_is_active() -> None:
    stage = Stage()
    await stage.settle()
    assert stage.word("BackOrderingActive") == ("False", "BackOrderingInactive")
    assert stage.word("Operational") == ("False", "BackOrderingInactive")
    stage.edit(backOrdering=True)
    status = await stage.settle()
    assert stage.word("Operational") == ("True", "Operational")
    assert status.process is not None
    assert status.process.type is ProcessType.BACK_ORDERING
    assert [run.type for run in status.history] == [ProcessType.CREATION]


async def test_the_second_visit_changes_nothing_and_asks_once() -> None:
    stage = Stage()
    await stage.settle()
    before = stage.body["status"]
    stage.bss.calls.clear()
    visit = await stage.visit(slot=False)
    assert visit.next is Next.SETTLED
    assert stage.body["status"] == before
    assert dict(stage.bss.calls) == {"organization": 1}


async def test_before_the_slot_everything_is_unknown_and_nothing_was_done() -> None:
    stage = Stage()
    visit = await stage.visit(slot=False)
    assert visit.next is Next.SLOT
    assert {stage.word(condition) for condition in PHASE_CONDITIONS} == {("Unknown", "Pending")}
    assert stage.word("Ready") == ("Unknown", "Progressing")
    assert stage.word("Reconciling") == ("True", "Progressing")
    assert stage.bss.changes == 0


async def test_a_place_in_the_queue_is_told() -> None:
    stage = Stage()
    status = stage.reconciler.queued(stage.subject, 3)
    stage.body["status"] = status.wire()
    assert stage.word("Ready") == ("Unknown", "Queued")
    assert stage.message("Ready") == "Queued, 3 ahead"
    assert status.process is not None
    assert (status.process.state, status.process.message) == (ProcessState.QUEUED, "Queued, 3 ahead")
    await stage.settle()
    assert stage.subject.status.process is not None
    assert stage.subject.status.process.id == status.process.id


async def test_copying_products_shows_its_progress() -> None:
    stage = Stage(copy_seconds=60)
    visit = await stage.visit()
    assert visit.next is Next.POLL
    stage.pass_time(30)
    visit = await stage.visit()
    assert visit.next is Next.POLL
    assert stage.word("ProductsInherited") == ("False", "Copying")
    assert stage.message("ProductsInherited") == "Copying products: 21 of 42."
    assert stage.word("StorefrontCreated") == ("Unknown", "Pending")
    assert visit.status.process is not None
    assert (visit.status.process.state, visit.status.process.progress) == (ProcessState.RUNNING, "4/9")
    stage.pass_time(31)
    await stage.settle()
    assert stage.ready


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        ({"edition": "Basic"}, "EditionApplied"),
        ({"locale": {"language": "de", "timeZone": "Europe/Berlin", "dateFormat": "dd.MM.yyyy"}}, "LocaleApplied"),
        ({"priceList": "reseller-large"}, "ProductsInherited"),
        ({"separateInvoices": True}, "InvoicingConfigured"),
        ({"storefront": {"primaryColor": "#0b5fff"}}, "StorefrontCreated"),
        ({"displayName": "Northwind SA"}, "OrganizationCreated"),
    ],
)
async def test_an_edited_field_reaches_the_tenant_with_one_call(change: dict[str, object], condition: str) -> None:
    stage = Stage()
    await stage.settle()
    stage.edit(**change)
    assert not stage.ready  # at once, before anybody has visited: the status is about the generation before
    stage.bss.calls.clear()
    waiting = await stage.visit(slot=False)
    assert waiting.next is Next.SLOT
    assert stage.word("Ready")[0] != "True"
    assert stage.word(condition)[0] != "True"
    await stage.settle()
    assert stage.ready
    assert stage.bss.changes - stage.bss.calls["put_process"] == 1
    process = stage.subject.status.process
    assert process is not None
    expected = ProcessType.PRODUCT_UPDATE if condition == "ProductsInherited" else ProcessType.UPDATE
    assert process.type is expected


async def test_products_are_updated_only_on_request() -> None:
    stage = Stage()
    await stage.settle()
    stage.edit(productUpdate={"overwriteNames": True})
    stage.bss.calls.clear()
    await stage.settle()
    assert stage.bss.changes == 0
    stage.edit(productUpdate={"trigger": "2026-11-23"})
    await stage.settle()
    assert stage.bss.calls["put_product_range"] == 1
    stage.edit(productUpdate=None)
    await stage.settle()
    assert stage.bss.calls["put_product_range"] == 1


async def test_a_change_of_the_distributors_hand_is_corrected() -> None:
    stage = Stage()
    await stage.settle()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    tenant.edition = Edition.BASIC
    visit = await stage.visit(slot=False)
    assert visit.next is Next.SLOT
    await stage.settle()
    assert stage.organization.edition is Edition.PREMIUM


async def test_a_name_that_is_not_declared_is_not_ours() -> None:
    stage = Stage()
    await stage.settle()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    tenant.name = "Northwind by hand"
    visit = await stage.visit(slot=False)
    assert visit.next is Next.SETTLED
    assert stage.organization.name == "Northwind by hand"


async def test_a_newer_event_ends_the_visit_between_two_calls() -> None:
    stage = Stage()
    visit = await stage.visit(superseded=lambda: stage.bss.calls["put_edition"] > 0)
    assert visit.next is Next.SUPERSEDED
    assert stage.bss.calls["put_locale"] == 0
    await stage.settle()
    assert len(stage.fake.tenants) == 2  # this one, and the one that the distributor made by hand


async def test_reconcile_at_is_echoed() -> None:
    stage = Stage()
    stage.annotate("reconcile-at", "now")
    assert (await stage.settle()).last_handled_reconcile_at == "now"


async def test_no_secret_stands_in_the_status() -> None:
    stage = Stage(NORTHWIND.replace("userName: maria", "passwordSecretRef: {name: s}, userName: maria"))
    stage.set_password("s", STRONG)
    await stage.settle()
    assert STRONG not in str(stage.body)
