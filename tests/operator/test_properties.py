"""What must hold whatever happens in whatever order."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from tenant_provisioning.errors import TransportError
from tenant_reseller.reconcile import Next

from .stage import Stage

LOCALES = st.fixed_dictionaries(
    {
        "language": st.sampled_from(["en", "de", "fr"]),
        "timeZone": st.sampled_from(["Europe/Athens", "Europe/Berlin"]),
        "dateFormat": st.sampled_from(["dd/MM/yyyy", "yyyy-MM-dd"]),
    }
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "edition": st.just("Premium"),
        "priceList": st.sampled_from(["reseller-eur", "reseller-large"]),
        "locale": LOCALES,
        "separateInvoices": st.booleans(),
        "displayName": st.sampled_from(["Northwind", "Northwind Cloud"]),
        "state": st.sampled_from(["Active", "Suspended"]),
        "productUpdate": st.fixed_dictionaries({"trigger": st.sampled_from(["1", "2"])}),
        "storefront": st.fixed_dictionaries({"primaryColor": st.sampled_from(["#0b5fff", "#00aa00"])}),
    },
)


class Killed(BaseException):
    """The operator dies: no handler of its own may see it."""


def facts(stage: Stage) -> dict[str, Any]:
    """What the BSS has, without what differs between any two runs."""
    found = stage.organization.model_dump(exclude={"created_at": True, "product_range": {"updated_at"}})
    found["administrator"].pop("password_fingerprint")
    return found


@given(CHANGES)
def test_the_same_input_twice_is_no_action(change: dict[str, Any]) -> None:
    async def scenario() -> None:
        stage = Stage()
        stage.edit(**change)
        await stage.settle()
        told, changes = stage.body["status"], stage.bss.changes
        stage.restart()
        visit = await stage.visit(slot=False)
        assert visit.next is Next.SETTLED
        assert (stage.body["status"], stage.bss.changes) == (told, changes)

    asyncio.run(scenario())


@given(CHANGES, st.integers(0, 40), st.booleans(), st.booleans())
@example({"state": "Suspended"}, 12, True, False)  # between the storefront and the first login
def test_killed_anywhere_and_started_again_is_the_same_end(
    change: dict[str, Any], moment: int, after: bool, status_lost: bool
) -> None:
    async def scenario() -> None:
        undisturbed = Stage()
        undisturbed.edit(**change)
        await undisturbed.settle()

        stage = Stage()
        stage.edit(**change)

        def strike(name: str) -> None:
            if sum(stage.bss.calls.values()) == moment:
                raise Killed

        if after:
            stage.bss.after_call = strike
        else:
            stage.bss.before_call = strike
        try:
            await stage.visit()
        except Killed:
            stage.restart()
        stage.bss.before_call = stage.bss.after_call = lambda name: None
        if status_lost:
            stage.body["status"] = {}
        await stage.settle()
        assert stage.ready
        assert facts(stage) == facts(undisturbed)
        assert len(stage.fake.tenants) == len(undisturbed.fake.tenants)

    asyncio.run(scenario())


@given(st.lists(st.tuples(st.integers(1, 25), st.booleans()), max_size=6))
def test_answers_that_are_lost_only_cost_time(strikes: list[tuple[int, bool]]) -> None:
    async def scenario() -> None:
        stage = Stage()
        for moment, after in strikes:
            start = sum(stage.bss.calls.values())

            def strike(name: str, start: int = start, moment: int = moment) -> None:
                if sum(stage.bss.calls.values()) == start + moment:
                    raise TransportError("reset")

            stage.bss.before_call = (lambda name: None) if after else strike
            stage.bss.after_call = strike if after else (lambda name: None)
            await stage.visit()
            assert stage.word("Ready")[0] in ("True", "False", "Unknown")
        stage.bss.before_call = stage.bss.after_call = lambda name: None
        await stage.settle()
        assert stage.ready
        assert len(stage.fake.tenants) == 2
        status = stage.subject.status
        assert status.process is not None
        assert status.history == ()  # one creation, however often it was interrupted

    asyncio.run(scenario())


@given(st.lists(CHANGES, min_size=1, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_only_the_last_spec_counts_however_many_were_seen(changes: list[dict[str, Any]], seen: list[bool]) -> None:
    async def scenario() -> None:
        direct, stage = Stage(), Stage()
        for change in changes:
            direct.edit(**change)
        await direct.settle()
        for change, visited in zip(changes, seen, strict=False):
            stage.edit(**change)
            if visited:
                await stage.visit()
        # Changes that were made while the tenant was suspended wait until it is active again.
        if stage.body["spec"].get("state") == "Suspended":
            for each in (stage, direct):
                each.edit(state="Active")
                await each.settle()
                each.edit(state="Suspended")
        await direct.settle()
        await stage.settle()
        assert facts(stage) == facts(direct)

    asyncio.run(scenario())
