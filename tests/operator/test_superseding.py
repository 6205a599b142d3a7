"""The spec changes while a process is at work: what the history and the BSS tell afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from tenant_provisioning.models import ProcessState, ProcessType, WorkState
from tenant_reseller.reconcile import Next
from tenant_reseller.resource import Status

from .stage import CLIENT, KEY, STRONG, Stage, lost_connection


def told_to_the_bss(stage: Stage) -> list[tuple[str, str]]:
    """Type and state of the processes that the BSS shows, newest first."""
    answer = stage.fake.processes(CLIENT, KEY).answer
    return [(str(process.type), str(process.state)) for process in answer.items]  # type: ignore[union-attr]


def runs(status: Status) -> list[tuple[ProcessType, ProcessState, str]]:
    """The process and the history, newest first."""
    assert status.process is not None
    return [(run.type, run.state, run.message) for run in (status.process, *status.history)]


CREATED = (ProcessType.CREATION, ProcessState.COMPLETED, "Completed.")
SUPERSEDED = (ProcessType.UPDATE, ProcessState.FAILED, "Superseded by generation 3.")


async def copying(**spec: Any) -> Stage:
    """A tenant in the middle of an update, while the BSS copies products."""
    stage = Stage(copy_seconds=5)
    await stage.settle()
    stage.edit(priceList="reseller-large", **spec)
    assert (await stage.visit()).next is Next.POLL
    return stage


async def test_a_newer_spec_supersedes_a_running_update() -> None:
    stage = await copying(edition="Basic")
    stage.edit(separateInvoices=True)
    status = await stage.settle()
    assert stage.ready
    assert stage.organization.edition == "Basic"
    assert runs(status) == [(ProcessType.UPDATE, ProcessState.COMPLETED, "Completed."), SUPERSEDED, CREATED]
    assert status.process is not None
    assert status.process.generation == 3
    assert all(run.finished_at is not None for run in status.history)
    assert told_to_the_bss(stage) == [("Update", "Completed"), ("Update", "Failed"), ("Creation", "Completed")]


async def test_several_fields_are_one_update_however_long_the_products_take() -> None:
    stage = await copying(edition="Basic", displayName="Northwind Cloud")
    status = await stage.settle()
    # Towards its end only the products are left, which alone would be a ProductUpdate.
    assert runs(status) == [(ProcessType.UPDATE, ProcessState.COMPLETED, "Completed."), CREATED]


async def test_a_spec_that_is_taken_back_supersedes_too() -> None:
    stage = await copying(edition="Basic")
    stage.edit(priceList="reseller-eur", edition="Premium")
    status = await stage.settle()
    assert stage.organization.edition == "Premium"
    assert stage.organization.product_range is not None
    assert stage.organization.product_range.price_list == "reseller-eur"
    assert runs(status)[1:] == [SUPERSEDED, CREATED]


async def test_a_suspension_supersedes_a_running_update_and_the_rest_waits() -> None:
    stage = await copying(edition="Basic")
    assert stage.organization.product_range is not None
    assert stage.organization.product_range.state is WorkState.RUNNING
    stage.edit(state="Suspended", separateInvoices=True)
    status = (await stage.visit(slot=False)).status
    assert runs(status)[0][:2] == (ProcessType.SUSPENSION, ProcessState.COMPLETED)
    assert runs(status)[1] == SUPERSEDED
    stage.pass_time(10)
    await stage.visit(slot=False)
    assert stage.word("Ready") == ("False", "OrganizationNotActive")
    stage.edit(state="Active")
    status = await stage.settle()
    assert stage.ready
    # The suspension was done, and nothing of what waited was lost.
    assert runs(status)[1][:2] == (ProcessType.SUSPENSION, ProcessState.COMPLETED)
    assert stage.organization.invoicing is not None
    assert stage.organization.invoicing.separate_invoices


async def test_a_creation_takes_a_newer_spec_over() -> None:
    stage = Stage(copy_seconds=5)
    assert (await stage.visit()).next is Next.POLL
    stage.edit(edition="Basic", displayName="Northwind Cloud")
    status = await stage.settle()
    assert runs(status) == [CREATED]
    assert status.process is not None
    assert status.process.generation == 2
    assert stage.organization.name == "Northwind Cloud"
    assert told_to_the_bss(stage) == [("Creation", "Completed")]


async def test_an_update_that_only_waited_for_its_slot_leaves_no_trace() -> None:
    stage = Stage()
    await stage.settle()
    stage.edit(edition="Basic")
    stage.body["status"] = stage.reconciler.queued(stage.subject, 3).wire()
    stage.edit(state="Suspended")
    status = (await stage.visit(slot=False)).status
    assert [run[0] for run in runs(status)] == [ProcessType.SUSPENSION, ProcessType.CREATION]


async def test_a_failed_update_is_history_once_the_spec_is_corrected() -> None:
    stage = Stage()
    await stage.settle()
    stage.set_password("weak", "short")
    stage.edit(administrator={"userName": "maria", "passwordSecretRef": {"name": "weak"}})
    await stage.visit()
    assert stage.word("Stalled") == ("True", "PasswordTooWeak")
    stage.set_password("strong", STRONG)
    stage.edit(administrator={"userName": "maria", "passwordSecretRef": {"name": "strong"}})
    status = await stage.settle()
    assert [run[:2] for run in runs(status)] == [
        (ProcessType.UPDATE, ProcessState.COMPLETED),
        (ProcessType.UPDATE, ProcessState.FAILED),
        (ProcessType.CREATION, ProcessState.COMPLETED),
    ]


async def test_a_change_that_is_taken_back_leaves_nothing_to_do() -> None:
    stage = Stage()
    await stage.settle()
    stage.set_password("weak", "short")
    stage.edit(administrator={"userName": "maria", "passwordSecretRef": {"name": "weak"}})
    await stage.visit()
    assert stage.word("Stalled") == ("True", "PasswordTooWeak")
    stage.edit(administrator={"userName": "maria"})
    status = await stage.settle()
    assert stage.ready
    assert runs(status)[0] == (ProcessType.UPDATE, ProcessState.COMPLETED, "Generation 3 leaves nothing to do.")


@pytest.mark.parametrize("superseded_after", range(1, 5))
async def test_the_history_keeps_the_last_five(superseded_after: int) -> None:
    stage = Stage()
    await stage.settle()
    for number in range(4 + superseded_after):
        stage.edit(displayName=f"Northwind {number}")
        await stage.settle()
    history = stage.subject.status.history
    assert len(history) == 5
    assert len({run.id for run in history}) == 5


async def test_a_deletion_closes_what_was_under_way() -> None:
    stage = await copying()
    stage.body["metadata"]["generation"] += 1  # as the API server does when a finalizer is there
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED
    assert told_to_the_bss(stage) == [("Deletion", "Completed"), ("ProductUpdate", "Failed"), ("Creation", "Completed")]


async def test_a_deletion_that_is_repeated_stays_the_same_process() -> None:
    stage = await copying()
    stage.body["metadata"]["generation"] += 1
    stage.bss.before_call = lambda name: lost_connection(name) if name == "put_state" else None
    ids = set()
    for _ in range(3):
        visit = await stage.deletion.visit(stage.subject)
        stage.body["status"] = visit.status.wire()
        assert visit.status.process is not None
        ids.add(visit.status.process.id)
    assert len(ids) == 1
    assert [run.message for run in stage.subject.status.history] == ["Superseded by generation 3.", "Completed."]
