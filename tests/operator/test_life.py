"""Suspending, deleting, vanishing, adopting."""

from __future__ import annotations

import pytest
from tenant_provisioning.errors import TransportError
from tenant_provisioning.models import OrganizationState, ProcessType
from tenant_reseller.reconcile import Next

from .stage import CLIENT, KEY, Stage, lost_connection


async def test_suspending_needs_no_slot_and_no_prerequisites() -> None:
    stage = Stage()
    await stage.settle()
    stage.fake.price_lists.clear()
    stage.edit(state="Suspended")
    visit = await stage.visit(slot=False)
    assert visit.next is Next.SETTLED
    assert stage.organization.state is OrganizationState.SUSPENDED
    assert stage.word("Ready") == ("True", "Provisioned")
    assert stage.word("Operational") == ("False", "Suspended")
    assert visit.status.process is not None
    assert visit.status.process.type is ProcessType.SUSPENSION


async def test_changes_of_a_suspended_tenant_wait_visibly() -> None:
    stage = Stage()
    await stage.settle()
    stage.edit(state="Suspended", edition="Basic")
    visit = await stage.visit(slot=False)
    assert stage.organization.state is OrganizationState.SUSPENDED
    visit = await stage.visit(slot=False)
    assert visit.next is Next.RETRY
    assert stage.word("Ready") == ("False", "OrganizationNotActive")
    assert stage.word("EditionApplied") == ("False", "OrganizationNotActive")
    stage.edit(state=None)
    await stage.settle()
    assert stage.ready
    assert stage.organization.edition == "Basic"


async def test_a_tenant_that_is_declared_suspended_is_finished_first() -> None:
    stage = Stage()
    stage.edit(state="Suspended")
    await stage.settle()
    assert stage.ready
    assert stage.organization.state is OrganizationState.SUSPENDED
    assert stage.organization.administrator is not None
    assert stage.organization.administrator.login_verified


@pytest.mark.parametrize(("policy", "left"), [(None, OrganizationState.DELETED), ("Retain", OrganizationState.DELETED)])
async def test_a_deleted_resource_leaves_a_tenant_that_is_marked(policy: str | None, left: OrganizationState) -> None:
    stage = Stage()
    stage.edit(deletionPolicy=policy)
    await stage.settle()
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED
    assert stage.organization.state is left
    stage.bss.calls.clear()
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED
    assert dict(stage.bss.calls) == {"organization": 1}


async def test_the_policy_delete_purges() -> None:
    stage = Stage()
    stage.edit(deletionPolicy="Delete")
    await stage.settle()
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED
    assert stage.fake.tenant(KEY) is None
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED


async def test_a_deletion_waits_for_the_bss_and_says_why() -> None:
    stage = Stage()
    await stage.settle()
    stage.bss.before_call = lost_connection
    visit = await stage.deletion.visit(stage.subject)
    assert visit.next is Next.RETRY
    stage.body["status"] = visit.status.wire()
    assert stage.word("Ready") == ("False", "Deleting")
    assert stage.word("Reconciling") == ("True", "ProgressingWithRetry")
    assert visit.status.process is not None
    assert visit.status.process.type is ProcessType.DELETION


async def test_an_organization_of_another_is_never_touched_by_a_deletion() -> None:
    stage = Stage()
    await stage.settle()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    tenant.owner = "somebody else"
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED
    assert tenant.state is OrganizationState.ACTIVE


async def test_a_tenant_that_vanished_is_not_made_anew_silently() -> None:
    stage = Stage()
    await stage.settle()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    stage.fake.remove(tenant)
    await stage.visit()
    assert stage.word("OrganizationCreated") == ("False", "OrganizationMissing")
    assert stage.word("Stalled") == ("True", "OrganizationMissing")
    assert "tenantreseller.io/recreate=tenant01" in stage.message("Ready")
    assert stage.fake.tenant(KEY) is None
    stage.annotate("recreate", "tenant01")
    status = await stage.settle()
    assert status.client_id == "tenant02"
    # The annotation that is still there was for the first one: it does not allow the next to be made anew.
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    stage.fake.remove(tenant)
    await stage.visit()
    assert stage.word("Stalled") == ("True", "OrganizationMissing")


async def test_a_tenant_that_was_marked_as_deleted_in_the_bss_stays_so() -> None:
    stage = Stage()
    await stage.settle()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    tenant.state = OrganizationState.DELETED
    stage.bss.calls.clear()
    await stage.visit()
    assert stage.word("Stalled") == ("True", "OrganizationDeleted")
    assert stage.bss.changes == 0


async def test_an_organization_that_was_made_by_hand_is_adopted_only_by_its_client_id() -> None:
    stage = Stage()
    stage.edit(account="R-1023")
    await stage.visit()
    assert stage.word("Ready") == ("False", "AccountIsTenant")
    stage.edit(adopt={"clientID": "legacy23"})
    status = await stage.settle()
    assert status.client_id == "legacy23"
    assert stage.ready


async def test_an_organization_of_another_api_client_is_refused() -> None:
    stage = Stage()
    await stage.settle()
    tenant = stage.fake.tenant(KEY)
    assert tenant is not None
    tenant.owner = "somebody else"
    stage.body["status"] = {}
    visit = await stage.visit()
    assert visit.failure is not None
    assert visit.failure.stalled
    assert stage.word("Stalled")[1] in ("OwnedByAnother", "AccountIsTenant")


async def test_back_ordering_that_is_refused_leaves_the_tenant_ready() -> None:
    stage = Stage()
    await stage.settle()
    account = stage.fake.accounts["R-1001"]
    stage.fake.accounts["R-1001"] = type(account)(code="R-1001", name=account.name, subscriptions_not_copied=2)
    stage.edit(backOrdering=True)
    await stage.visit()
    assert stage.word("Ready") == ("True", "Provisioned")
    assert stage.word("BackOrderingActive") == ("False", "SubscriptionsNotCopied")
    assert stage.word("Operational") == ("False", "SubscriptionsNotCopied")
    assert stage.word("Reconciling") == ("True", "ProgressingWithRetry")
    stage.fake.accounts["R-1001"] = account
    await stage.settle()
    assert stage.word("Operational") == ("True", "Operational")


async def test_an_answer_that_is_lost_after_the_purge_is_found_out() -> None:
    stage = Stage()
    stage.edit(deletionPolicy="Delete")
    await stage.settle()

    def strike(name: str) -> None:
        if name == "delete_organization":
            raise TransportError("reset")

    stage.bss.after_call = strike
    assert (await stage.deletion.visit(stage.subject)).next is Next.RETRY
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED


async def test_the_processes_in_the_bss_are_those_of_the_status() -> None:
    stage = Stage()
    await stage.settle()
    stage.edit(edition="Basic")
    status = await stage.settle()
    answer = stage.fake.processes(CLIENT, KEY).answer
    assert answer is not None
    kept = {process.id: str(process.state) for process in answer.items}  # type: ignore[attr-defined]
    assert status.process is not None
    assert kept == {status.process.id: "Completed", status.history[0].id: "Completed"}
