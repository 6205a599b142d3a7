"""A process that takes too long is shown as Failed with its task; work goes on, and ends well when it can."""

from __future__ import annotations

import pytest
from tenant_provisioning.errors import problem_error
from tenant_provisioning.models import Problem, ProblemCode, ProcessState
from tenant_reseller.conditions import Cure
from tenant_reseller.reconcile import Next

from .stage import CLIENT, DEADLINE_SECONDS, KEY, Stage, lost_connection


def told_to_the_bss(stage: Stage) -> list[tuple[str, str]]:
    """State and task of the processes that the BSS shows, newest first."""
    answer = stage.fake.processes(CLIENT, KEY).answer
    return [(str(process.state), process.task) for process in answer.items]  # type: ignore[union-attr]


async def test_copying_that_hangs_is_a_failed_process_that_goes_on() -> None:
    stage = Stage(copy_seconds=3 * DEADLINE_SECONDS)
    visit = await stage.visit()
    assert visit.next is Next.POLL
    stage.pass_time(DEADLINE_SECONDS - 1)
    assert (await stage.visit()).next is Next.POLL

    stage.pass_time(1)
    visit = await stage.visit()
    # The slot is given back, and the waits grow.
    assert visit.next is Next.RETRY
    assert visit.failure is not None
    assert visit.failure.cure is Cure.TIME
    process = visit.status.process
    assert process is not None
    assert (process.state, process.task) == (ProcessState.FAILED, "Inherit products")
    assert process.message.startswith("Not done within 30 min. Copying products: ")
    assert stage.word("Ready") == ("False", "DeadlineExceeded")
    assert "Inherit products: Not done within 30 min." in stage.message("Ready")
    assert stage.word("ProductsInherited") == ("False", "DeadlineExceeded")
    assert stage.word("Reconciling") == ("True", "ProgressingWithRetry")
    assert stage.word("Stalled") == ("", "")
    assert told_to_the_bss(stage) == [("Failed", "Inherit products")]

    stage.pass_time(3 * DEADLINE_SECONDS)
    status = await stage.settle()
    assert stage.ready
    assert status.process is not None
    assert status.process.state is ProcessState.COMPLETED
    assert status.process.id == process.id
    assert status.history == ()
    assert [state for state, _ in told_to_the_bss(stage)] == ["Completed"]


async def test_the_visit_before_says_when_the_process_will_be_late() -> None:
    stage = Stage()
    await stage.settle()
    stage.bss.before_call = lambda name: lost_connection(name) if name == "put_edition" else None
    stage.edit(edition="Basic")
    visit = await stage.visit()
    assert visit.due == DEADLINE_SECONDS
    stage.pass_time(DEADLINE_SECONDS)
    visit = await stage.visit()
    assert visit.due is None
    assert stage.word("Ready") == ("False", "DeadlineExceeded")
    # What is in the way keeps its own reason.
    assert stage.word("EditionApplied") == ("False", "BssUnreachable")
    assert visit.status.process is not None
    assert (visit.status.process.state, visit.status.process.task) == (ProcessState.FAILED, "Apply edition")

    told = stage.body["status"]
    stage.pass_time(300)
    await stage.visit()
    assert stage.body["status"] == told  # the same trouble again is no news


async def test_a_bss_that_is_away_makes_a_running_process_late_too() -> None:
    stage = Stage(copy_seconds=60)
    await stage.visit()
    stage.bss.before_call = lost_connection
    stage.pass_time(DEADLINE_SECONDS)
    visit = await stage.visit()
    assert visit.status.process is not None
    assert visit.status.process.state is ProcessState.FAILED
    assert stage.word("Ready") == ("False", "DeadlineExceeded")
    stage.bss.before_call = lambda name: None
    await stage.settle()
    assert stage.ready


async def test_waiting_for_a_slot_or_for_a_person_is_not_late() -> None:
    stage = Stage()
    stage.body["status"] = stage.reconciler.queued(stage.subject, 3).wire()
    stage.pass_time(9 * DEADLINE_SECONDS)
    stage.body["status"] = stage.reconciler.queued(stage.subject, 2).wire()
    assert stage.word("Ready") == ("Unknown", "Queued")
    del stage.fake.accounts["R-1001"]
    await stage.visit()
    stage.pass_time(9 * DEADLINE_SECONDS)
    await stage.visit()
    assert stage.word("Ready") == ("False", "AccountNotFound")


@pytest.mark.parametrize("attempts", [0, 2])
@pytest.mark.parametrize("queued", [False, True])
async def test_what_a_person_has_mended_has_all_the_time_again(attempts: int, queued: bool) -> None:
    stage = Stage(copy_seconds=2 * DEADLINE_SECONDS)

    def refuse(name: str) -> None:
        if name == "put_locale":
            raise problem_error(
                Problem(title="Refused", status=409, code=ProblemCode.OWNED_BY_ANOTHER, retryable=False)
            )

    stage.bss.before_call = refuse
    process = (await stage.visit()).status.process
    assert process is not None
    assert process.state is ProcessState.FAILED
    for _ in range(attempts):
        stage.pass_time(3 * DEADLINE_SECONDS)
        visit = await stage.visit()
        assert visit.due is None
        assert visit.status.process == process  # the same failure again is no news
    stage.pass_time(3 * DEADLINE_SECONDS)
    stage.bss.before_call = lambda name: None
    if queued:
        stage.body["status"] = stage.reconciler.queued(stage.subject, 3).wire()
        assert stage.word("Ready") == ("Unknown", "Queued")
        stage.pass_time(3 * DEADLINE_SECONDS)

    visit = await stage.visit()
    assert (visit.next, visit.due) == (Next.POLL, DEADLINE_SECONDS)
    assert visit.status.process is not None
    assert (visit.status.process.id, visit.status.process.started_at) == (process.id, stage.now)
    stage.pass_time(DEADLINE_SECONDS - 1)
    assert (await stage.visit()).next is Next.POLL
    # Copying takes too long by itself: it has its deadline as ever.
    stage.pass_time(1)
    assert (await stage.visit()).next is Next.RETRY
    assert stage.word("Ready") == ("False", "DeadlineExceeded")
    stage.pass_time(DEADLINE_SECONDS)
    status = await stage.settle()
    assert status.process is not None
    assert status.process.state is ProcessState.COMPLETED
    assert status.history == ()
    assert [state for state, _ in told_to_the_bss(stage)] == ["Completed"]


async def test_a_deletion_that_hangs_is_shown_as_failed() -> None:
    stage = Stage()
    await stage.settle()
    stage.bss.before_call = lost_connection
    stage.body["status"] = (await stage.deletion.visit(stage.subject)).status.wire()
    stage.pass_time(DEADLINE_SECONDS)
    visit = await stage.deletion.visit(stage.subject)
    assert visit.next is Next.RETRY
    assert visit.status.process is not None
    assert (visit.status.process.state, visit.status.process.task) == (ProcessState.FAILED, "Remove tenant")
    assert "Not done within 30 min." in visit.status.process.message
    stage.bss.before_call = lambda name: None
    assert (await stage.deletion.visit(stage.subject)).next is Next.SETTLED
