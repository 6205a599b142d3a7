"""Runs of the client as the Processes tab shows them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pytest

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import NotFound
from tenant_provisioning.models import (
    InvoicingRequest,
    LocaleRequest,
    ProblemCode,
    ProcessRequest,
    ProcessState,
    ProcessType,
    WorkState,
)

from .tenants import Made, Tenants, new_key, refused_as


def _report(
    made: Made, state: ProcessState, completed: int, *, kind: ProcessType = ProcessType.UPDATE
) -> ProcessRequest:
    started = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    return ProcessRequest(
        organization_key=made.key,
        account=made.account,
        type=kind,
        state=state,
        task="InvoicingConfigured",
        completed=completed,
        total=9,
        message="",
        started_at=started,
        finished_at=started if state is ProcessState.COMPLETED else None,
    )


async def test_a_run_is_kept_with_its_progress(bss: TenantProvisioningClient, shared: Made) -> None:
    """What was reported last is shown; the moment of creation is the BSS's."""
    process_id = secrets.token_hex(8)
    first = await bss.put_process(process_id, _report(shared, ProcessState.RUNNING, 5))
    assert (first.id, first.state, first.completed, first.total) == (process_id, ProcessState.RUNNING, 5, 9)
    await bss.put_process(process_id, _report(shared, ProcessState.COMPLETED, 9))
    last = await bss.process(process_id)
    assert (last.state, last.completed) == (ProcessState.COMPLETED, 9)
    assert last.created_at == first.created_at
    assert last.finished_at is not None
    assert last.organization_key == shared.key
    assert last.account == shared.account


async def test_runs_are_listed_newest_first(bss: TenantProvisioningClient, shared: Made) -> None:
    """Those of this organization only."""
    ids = [secrets.token_hex(8) for _ in range(3)]
    for process_id in ids:
        await bss.put_process(process_id, _report(shared, ProcessState.QUEUED, 0))
    listed = [process.id for process in await bss.processes(shared.key)]
    assert listed[:3] == ids[::-1]


async def test_calls_become_tasks_and_log(bss: TenantProvisioningClient, shared: Made) -> None:
    """A call with `Process-Id` is recorded, also when it is refused, and then says why."""
    process_id = secrets.token_hex(8)
    await bss.put_process(process_id, _report(shared, ProcessState.RUNNING, 0))
    await bss.put_invoicing(shared.key, InvoicingRequest(separate_invoices=True), process_id)
    wrong = LocaleRequest(language="tlh", time_zone="Europe/Athens", date_format="dd/MM/yyyy")
    await refused_as(ProblemCode.LANGUAGE_NOT_SUPPORTED, bss.put_locale(shared.key, wrong, process_id))
    process = await bss.process(process_id)
    assert [task.state for task in process.tasks] == [WorkState.COMPLETED, WorkState.FAILED]
    assert process.tasks[1].message
    assert len(process.log) >= 2


async def test_an_unknown_process_does_not_fail_a_call(bss: TenantProvisioningClient, shared: Made) -> None:
    """A log must never stop the work."""
    organization = await bss.put_invoicing(shared.key, InvoicingRequest(separate_invoices=False), secrets.token_hex(8))
    assert organization.invoicing is not None


async def test_a_run_belongs_to_its_client(
    bss: TenantProvisioningClient, other: TenantProvisioningClient, shared: Made
) -> None:
    """Others neither see nor change it."""
    process_id = secrets.token_hex(8)
    await bss.put_process(process_id, _report(shared, ProcessState.RUNNING, 1))
    with pytest.raises(NotFound):
        await other.process(process_id)
    await refused_as(
        ProblemCode.OWNED_BY_ANOTHER, other.put_process(process_id, _report(shared, ProcessState.FAILED, 1))
    )
    assert (await bss.process(process_id)).state is ProcessState.RUNNING


async def test_a_run_may_come_before_its_organization(bss: TenantProvisioningClient, tenants: Tenants) -> None:
    """A creation is reported before there is anything to show it at."""
    process_id = secrets.token_hex(8)
    planned = Made(key=new_key(), account=await tenants.free_account(), client_id="")
    await bss.put_process(process_id, _report(planned, ProcessState.QUEUED, 0, kind=ProcessType.CREATION))
    assert (await bss.process(process_id)).type is ProcessType.CREATION
    assert [process.id for process in await bss.processes(planned.key)] == [process_id]
