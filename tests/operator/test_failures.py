"""Trouble with the BSS: each kind of error means a condition, a time to come back, and no more."""

from __future__ import annotations

import pytest
from tenant_provisioning.errors import AnswerError, ProblemError, ProvisioningError, TransportError, problem_error
from tenant_provisioning.models import Problem, ProblemCode, ProcessState
from tenant_provisioning.problems import RETRYABLE, STATUS, TITLE
from tenant_reseller.conditions import REASONS, ConditionType, Cure, Reason
from tenant_reseller.failure import failure_of
from tenant_reseller.reconcile import Next

from .stage import STRONG, Stage, lost_connection


def problem(code: ProblemCode, *, field: str | None = None, retry_after: float | None = None) -> ProblemError:
    """The error of a client for this code."""
    told = Problem(title=TITLE[code], status=STATUS[code], code=code, field=field, retryable=code in RETRYABLE)
    return problem_error(told, retry_after=retry_after)


@pytest.mark.parametrize(
    ("error", "reason", "cure", "stalled"),
    [
        (problem(ProblemCode.INVALID_REQUEST, field="name"), Reason.INVALID_REQUEST, Cure.CHANGE, True),
        (problem(ProblemCode.PASSWORD_TOO_WEAK), Reason.PASSWORD_TOO_WEAK, Cure.CHANGE, True),
        (problem(ProblemCode.UNAUTHORIZED), Reason.UNAUTHORIZED, Cure.ELSEWHERE, False),
        (problem(ProblemCode.FORBIDDEN), Reason.FORBIDDEN, Cure.ELSEWHERE, False),
        (problem(ProblemCode.ACCOUNT_NOT_FOUND), Reason.ACCOUNT_NOT_FOUND, Cure.ELSEWHERE, False),
        (problem(ProblemCode.OWNED_BY_ANOTHER), Reason.OWNED_BY_ANOTHER, Cure.ELSEWHERE, True),
        (problem(ProblemCode.TOO_MANY_REQUESTS, retry_after=7), Reason.TOO_MANY_REQUESTS, Cure.TIME, False),
        (problem(ProblemCode.UNAVAILABLE), Reason.UNAVAILABLE, Cure.TIME, False),
        (problem(ProblemCode.INTERNAL), Reason.INTERNAL, Cure.TIME, False),
        (TransportError("reset"), Reason.BSS_UNREACHABLE, Cure.TIME, False),
        (AnswerError("not JSON", status=200), Reason.INVALID_ANSWER, Cure.TIME, False),
    ],
)
async def test_an_error_in_a_phase_is_its_condition(
    error: ProvisioningError, reason: Reason, cure: Cure, stalled: bool
) -> None:
    stage = Stage()

    def strike(name: str) -> None:
        if name == "put_locale":
            raise error

    stage.bss.before_call = strike
    visit = await stage.visit()
    assert visit.next is Next.RETRY
    assert visit.failure is not None
    assert (visit.failure.cure, visit.failure.retry_after) == (cure, error.retry_after)
    assert stage.word("LocaleApplied") == ("False", reason)
    assert stage.word("Ready") == ("False", reason)
    assert stage.word("EditionApplied") == ("True", "Succeeded")
    assert stage.word("Stalled")[0] == ("True" if stalled else "")
    assert stage.word("Reconciling") == (("", "") if stalled else ("True", "ProgressingWithRetry"))
    assert visit.status.observed_generation == 1
    assert visit.status.client_id == "tenant01"
    assert visit.status.process is not None
    assert visit.status.process.state is (ProcessState.FAILED if stalled else ProcessState.QUEUED)
    stage.bss.before_call = lambda name: None
    await stage.settle()
    assert stage.ready
    assert stage.word("Stalled") == stage.word("Reconciling") == ("", "")


async def test_a_refusal_names_the_field() -> None:
    failure = failure_of(problem(ProblemCode.INVALID_REQUEST, field="locale.dateFormat"), ConditionType.LOCALE_APPLIED)
    assert "locale.dateFormat" in failure.text


async def test_a_bss_that_is_away_does_not_make_a_ready_tenant_unready() -> None:
    stage = Stage()
    await stage.settle()
    stage.bss.before_call = lost_connection
    visit = await stage.visit(slot=False)
    assert visit.next is Next.RETRY
    assert stage.word("Ready") == ("True", "Provisioned")
    assert stage.word("Reconciling") == ("True", "ProgressingWithRetry")


async def test_a_bss_that_is_away_never_makes_a_new_generation_ready() -> None:
    stage = Stage()
    await stage.settle()
    stage.edit(edition="Basic")
    stage.bss.before_call = lost_connection
    await stage.visit(slot=False)
    assert stage.word("Ready") == ("False", "BssUnreachable")


async def test_a_bss_that_takes_a_change_and_does_not_show_it_is_not_asked_for_ever() -> None:
    stage = Stage()
    put_edition = stage.fake.put_edition
    stage.fake.put_edition = lambda client, key, request: stage.fake.organization(client, key)  # type: ignore[method-assign]
    visit = await stage.visit()
    assert visit.failure is not None
    assert visit.failure.reason is Reason.NOT_APPLIED
    assert stage.bss.calls["put_edition"] == 1
    stage.fake.put_edition = put_edition  # type: ignore[method-assign]
    await stage.settle()


async def test_the_same_refusal_again_is_no_new_process_and_no_new_status() -> None:
    stage = Stage()
    stage.edit(administrator={"userName": "maria", "passwordSecretRef": {"name": "s"}})
    stage.set_password("s", "123456")
    await stage.visit()
    assert stage.word("AdministratorCreated") == ("False", "PasswordTooWeak")
    told = stage.body["status"]
    for _ in range(3):
        stage.pass_time(600)
        await stage.visit()
    assert stage.body["status"] == told
    stage.set_password("s", STRONG)
    status = await stage.settle()
    assert status.process is not None
    assert status.process.state is ProcessState.COMPLETED
    assert status.history == ()


async def test_a_process_that_cannot_be_recorded_holds_nobody_up() -> None:
    stage = Stage()

    def strike(name: str) -> None:
        if name == "put_process":
            raise problem(ProblemCode.NOT_FOUND)

    stage.bss.before_call = strike
    await stage.settle()
    assert stage.ready


async def test_the_end_of_a_process_is_recorded_when_the_bss_is_back() -> None:
    stage = Stage()

    def strike(name: str) -> None:
        if name == "put_process" and stage.bss.calls["log_in"]:
            raise TransportError("reset")

    stage.bss.before_call = strike
    visit = await stage.visit()
    assert visit.next is Next.RETRY
    assert stage.word("Ready") == ("True", "Provisioned")
    assert stage.word("Reconciling") == ("True", "ProgressingWithRetry")
    stage.bss.before_call = lambda name: None
    status = await stage.settle()
    assert status.process is not None
    assert status.process.state is ProcessState.COMPLETED


def test_every_problem_code_of_the_contract_is_a_reason() -> None:
    assert {code.value for code in ProblemCode} <= {reason.value for reason in Reason}


def test_every_reason_is_explained() -> None:
    assert set(REASONS) == set(Reason)
    for reason, explained in REASONS.items():
        assert explained.meaning.endswith("."), reason
        assert bool(explained.remedy) == (explained.cure is not Cure.NONE), reason
