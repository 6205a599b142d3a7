"""No reason reaches a status that the reference does not explain."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import tenant_reseller
from hypothesis import given
from hypothesis import strategies as st
from tenant_provisioning.errors import AnswerError, TransportError, problem_error
from tenant_provisioning.models import OrganizationState, Problem, ProblemCode
from tenant_provisioning.problems import RETRYABLE, STATUS, TITLE
from tenant_reseller import reference
from tenant_reseller.conditions import CONDITIONS, REASONS, Condition, ConditionType, Reason

from .stage import Stage
from .test_properties import CHANGES

SOURCES = sorted(Path(tenant_reseller.__file__).parent.rglob("*.py"))


def makers(tree: ast.Module) -> Iterator[ast.Call]:
    """Where a condition of a resource is made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Condition.__name__:
            yield node


def test_conditions_are_made_in_one_place_from_the_table_of_reasons() -> None:
    made = {path.name: len(list(makers(ast.parse(path.read_text())))) for path in SOURCES}
    assert {name: count for name, count in made.items() if count} == {"summary.py": 1}
    # The strict type check holds the rest: what that place is given is typed as Reason.
    (path,) = (path for path in SOURCES if path.name == "summary.py")
    assert "Verdict = tuple[ConditionStatus, Reason, str]" in path.read_text()


def test_every_reason_is_used() -> None:
    text = "\n".join(path.read_text() for path in SOURCES if path.name != "conditions.py")
    refusals = {str(code) for code in ProblemCode}
    unused = [reason for reason in Reason if f"Reason.{reason.name}" not in text and reason.value not in refusals]
    assert not unused


def test_the_reference_lists_every_condition_and_reason() -> None:
    page = reference.conditions()
    for kind in ConditionType:
        assert f"| `{kind}` | {CONDITIONS[kind]} |" in page
    for reason in Reason:
        assert f"| `{reason}` | {REASONS[reason].meaning} |" in page


TROUBLES = st.sampled_from(
    [
        *(
            problem_error(
                Problem(title=TITLE[code], status=STATUS[code], code=code, retryable=code in RETRYABLE),
                retry_after=None,
            )
            for code in ProblemCode
        ),
        TransportError("reset"),
        AnswerError("not JSON", status=200),
    ]
)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("edit"), CHANGES),
            st.tuples(st.just("trouble"), TROUBLES, st.integers(1, 12)),
            st.tuples(st.just("time"), st.sampled_from([1, 700, 5000])),
            st.tuples(st.just("world"), st.sampled_from(["gone", "marked", "foreign", "account", "list"])),
            st.tuples(st.just("queue"), st.integers(0, 9)),
            st.tuples(st.just("delete")),
        ),
        max_size=8,
    )
)
def test_whatever_happens_every_condition_is_explained(steps: list[tuple[object, ...]]) -> None:
    async def scenario() -> None:
        stage = Stage(copy_seconds=600)
        for step in steps:
            await play(stage, step)
            visit = await stage.visit()
            kinds = [condition.type for condition in visit.status.conditions]
            # In the order of the reference, each once; the last two only when they are true.
            assert kinds == [kind for kind in ConditionType if kind in kinds]
            assert set(kinds) >= set(ConditionType) - {ConditionType.RECONCILING, ConditionType.STALLED}
            for condition in visit.status.conditions:
                assert REASONS[Reason(condition.reason)].meaning
                assert condition.message
                assert condition.observed_generation == stage.subject.generation
            assert stage.word("Reconciling")[0] in ("", "True")
            assert stage.word("Stalled")[0] in ("", "True")
            # Ready, or the reader is told what goes on or what he has to do; never both.
            told = [stage.word(kind)[0] for kind in ("Reconciling", "Stalled")]
            assert told.count("True") <= 1
            if stage.word("Ready")[0] != "True":
                assert told.count("True") == 1

    asyncio.run(scenario())


async def play(stage: Stage, step: tuple[object, ...]) -> None:
    """Let something happen to the stage."""
    match step:
        case ("edit", dict(change)):
            stage.edit(**change)
        case ("trouble", Exception() as error, int(moment)):
            start = sum(stage.bss.calls.values())

            def strike(name: str) -> None:
                if sum(stage.bss.calls.values()) == start + moment:
                    raise error

            stage.bss.before_call = strike
        case ("time", int(seconds)):
            stage.pass_time(seconds)
        case ("queue", int(ahead)):
            stage.body["status"] = stage.reconciler.queued(stage.subject, ahead).wire()
        case ("world", str(what)):
            change_world(stage, what)
        case ("delete",):
            visit = await stage.deletion.visit(stage.subject)
            stage.body["status"] = visit.status.wire()


def change_world(stage: Stage, what: str) -> None:
    """Do in the BSS what people do there."""
    tenant = next((tenant for tenant in stage.fake.tenants if tenant.account == "R-1001"), None)
    match what:
        case "account":
            stage.fake.accounts.pop("R-1001", None)
        case "list":
            stage.fake.price_lists.pop("reseller-eur", None)
        case "gone" if tenant is not None:
            stage.fake.remove(tenant)
        case "marked" if tenant is not None:
            tenant.state = OrganizationState.DELETED
        case "foreign" if tenant is not None:
            tenant.owner = "somebody else"


def test_a_reason_of_another_version_is_not_repeated() -> None:
    async def scenario() -> None:
        stage = Stage()
        await stage.settle()
        for condition in stage.body["status"]["conditions"]:
            condition["reason"] = "WordOfAnotherVersion"

        def away(name: str) -> None:
            raise TransportError("reset")

        stage.bss.before_call = away
        await stage.visit()
        assert "WordOfAnotherVersion" not in str(stage.body["status"])
        stage.bss.before_call = lambda name: None
        await stage.settle()
        assert stage.ready

    asyncio.run(scenario())


@pytest.mark.parametrize("kind", ConditionType)
def test_names_of_conditions_are_as_kubernetes_wants_them(kind: ConditionType) -> None:
    assert kind.isalpha()
    assert kind[0].isupper()
