"""Events: the difference of two statuses, told once."""

from __future__ import annotations

from tenant_provisioning.models import ProcessType
from tenant_reseller.conditions import REASONS, Reason
from tenant_reseller.resource import DeletionPolicy, Status
from tenant_reseller.signals.events import EVENTS, MAX_NOTE_BYTES, Event, EventReason, EventType, changes, removed

from .stage import DEADLINE_SECONDS, STRONG, Stage, lost_connection


class Told:
    """Visits a tenant and keeps the events of each written status."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.status = Status()

    async def visit(self) -> tuple[Event, ...]:
        """One visit, and what it told."""
        await self.stage.visit()
        before, self.status = self.status, self.stage.subject.status
        return changes(before, self.status)

    async def settle(self) -> list[Event]:
        """Visits until nothing is left to do."""
        told: list[Event] = []
        for _ in range(20):
            told += await self.visit()
            if self.stage.ready:
                return told
            self.stage.pass_time(1)
        raise AssertionError(f"not settled: {told}")


def reasons(events: list[Event] | tuple[Event, ...]) -> list[str]:
    return [str(event.reason) for event in events]


async def test_a_tenant_that_is_made_at_once_is_one_event() -> None:
    (event,) = await Told(Stage()).settle()
    assert event.reason == EventReason.PROCESS_COMPLETED
    assert event.action == ProcessType.CREATION
    assert event.note.startswith("Creation completed, 9/9 in 0 s: Check prerequisites, Create organization,")


async def test_a_tenant_whose_products_take_a_while_is_told_step_by_step() -> None:
    told = await Told(Stage(copy_seconds=3)).settle()
    assert reasons(told) == ["ProcessStarted", "PhasesDone", "ProcessCompleted"]
    assert "Apply edition" in told[1].note
    assert "Inherit products" not in told[1].note
    assert "Inherit products" in told[2].note
    assert "Apply edition" not in told[2].note


async def test_a_visit_that_finds_nothing_new_tells_nothing() -> None:
    told = Told(Stage())
    await told.settle()
    told.stage.restart()
    told.stage.pass_time(600)
    assert await told.visit() == ()


async def test_trouble_that_stays_is_told_once_and_its_end_by_the_process() -> None:
    stage = Stage()
    account = stage.fake.accounts.pop("R-1001")
    told = Told(stage)
    (event,) = await told.visit()
    assert event.reason == "AccountNotFound"
    assert event.type is EventType.WARNING
    assert event.note.startswith("Check prerequisites: ")
    assert REASONS[Reason.ACCOUNT_NOT_FOUND].remedy in event.note
    stage.pass_time(60)
    assert await told.visit() == ()
    stage.fake.accounts["R-1001"] = account
    assert reasons(await told.settle()) == ["ProcessCompleted"]


async def test_an_outage_is_told_for_work_that_it_stops_and_not_for_tenants_that_stay_ready() -> None:
    stage = Stage()
    told = Told(stage)
    stage.bss.before_call = lost_connection
    assert "BssUnreachable" in reasons(await told.visit())
    stage.bss.before_call = lambda name: None
    await told.settle()
    stage.bss.before_call = lost_connection
    assert await told.visit() == ()
    assert stage.word("Reconciling") == ("True", "ProgressingWithRetry")


async def test_separate_invoices_of_a_new_tenant_need_no_word_and_a_change_does() -> None:
    stage = Stage()
    told = Told(stage)
    stage.edit(separateInvoices=True)
    assert "NotRetroactive" not in reasons(await told.settle())
    stage.edit(separateInvoices=None)
    assert "NotRetroactive" in reasons(await told.settle())


async def test_separate_invoices_are_told_also_when_the_change_had_trouble_on_its_way() -> None:
    stage = Stage()
    told = Told(stage)
    await told.settle()
    stage.edit(separateInvoices=True, edition="Basic")

    def strike(name: str) -> None:
        if name == "put_edition":
            lost_connection(name)

    stage.bss.before_call = strike
    assert "NotRetroactive" not in reasons(await told.visit())
    stage.bss.before_call = lambda name: None
    assert reasons(await told.settle()).count("NotRetroactive") == 1


async def test_another_change_says_nothing_about_invoices() -> None:
    stage = Stage()
    told = Told(stage)
    await told.settle()
    stage.edit(edition="Basic")
    (event,) = await told.settle()
    assert event.note == "Update completed, 9/9 in 0 s."


async def test_a_note_is_never_longer_than_the_api_server_takes() -> None:
    stage = Stage()
    told = Told(stage)

    def strike(name: str) -> None:
        lost_connection("ü" * 3000)

    stage.bss.before_call = strike
    (event,) = [event for event in await told.visit() if event.type is EventType.WARNING]
    assert len(event.note.encode()) <= MAX_NOTE_BYTES
    assert event.note.endswith("…")


async def test_no_event_holds_the_password() -> None:
    stage = Stage()
    stage.edit(administrator={"userName": "maria", "passwordSecretRef": {"name": "admin"}})
    stage.set_password("admin", "weak")
    told = Told(stage)
    events = list(await told.visit())
    assert "PasswordTooWeak" in reasons(events)
    stage.set_password("admin", STRONG)
    events += await told.settle()
    assert not [event for event in events if STRONG in event.note or "weak'" in event.note]


def test_every_reason_of_an_event_is_explained() -> None:
    assert set(EVENTS) == set(EventReason)
    assert "kept" in removed(None).note
    assert "purged" in removed(DeletionPolicy.DELETE).note


async def test_a_process_that_is_late_is_told_once_with_its_task() -> None:
    told = Told(Stage(copy_seconds=3 * DEADLINE_SECONDS))
    await told.visit()
    told.stage.pass_time(DEADLINE_SECONDS)
    (event,) = await told.visit()
    assert (event.type, event.reason) == (EventType.WARNING, Reason.DEADLINE_EXCEEDED)
    assert event.note.startswith("Inherit products: ")
    assert "Not done within 30 min." in event.note
    told.stage.pass_time(60)
    assert await told.visit() == ()
