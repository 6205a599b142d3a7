"""One status from everything that a visit has learnt: a pure function, so that the same world always tells the same.

All conditions are computed here, after the work. A condition that nothing was learnt about keeps its word only while it
is about the same generation; else it is Unknown. Ready is never True for a generation whose nine phases have not all
been seen done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenant_provisioning.models import Organization, OrganizationState

from . import process as processes
from .conditions import PHASE_CONDITIONS, Condition, ConditionStatus, ConditionType, Reason
from .failure import Failure
from .phases import BACK_ORDERING, PHASES, STATE, Decision, Do, Done, Generate, Refuse, Unknown, Wait
from .phases.prerequisites import MET
from .resource import Process, Products, Status, TenantState
from .subject import Subject
from .world import World

Verdict = tuple[ConditionStatus, Reason, str]
NOT_YET_DONE = "Not yet done."
"""Message of a phase whose work is still to be done, unlike one that nothing is known about."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a visit has learnt."""

    world: World | None = None
    """None: the BSS could not be asked."""
    failure: Failure | None = None
    process: Process | None = None
    waiting: str | None = None
    """What a process that has no slot yet waits for."""
    deleting: bool = False
    late: bool = False
    """Whether the process takes longer than it may."""


def gather(subject: Subject, found: Findings, now: datetime) -> Status:
    """The status that says what was found."""
    before = subject.status
    verdicts = _phases(subject, found)
    ready = _ready(subject, found, verdicts)
    verdicts[ConditionType.READY] = ready
    verdicts[ConditionType.BACK_ORDERING_ACTIVE] = _back_ordering(subject, found)
    verdicts[ConditionType.OPERATIONAL] = _operational(subject, ready, verdicts[ConditionType.BACK_ORDERING_ACTIVE])
    verdicts |= _kstatus(subject, found, ready)
    organization = None if found.world is None else found.world.organization
    return Status(
        observed_generation=subject.generation,
        client_id=organization.client_id if organization else before.client_id,
        login_url=organization.login_url if organization else before.login_url,
        storefront_url=_storefront_url(organization) if organization else before.storefront_url,
        admin_secret=_secret_name(subject),
        products=_products(organization) if organization else before.products,
        process=found.process or before.process,
        history=processes.history(before, found.process, subject.generation, now),
        last_handled_reconcile_at=subject.reconcile_at,
        conditions=_conditions(before.conditions, subject.generation, verdicts, now),
    )


def is_ready(status: Status, generation: int) -> bool:
    """Whether the status says Ready for this generation, with nothing left to do."""
    words = {condition.type: condition for condition in status.conditions}
    ready = words.get(ConditionType.READY)
    return (
        ready is not None
        and ready.true
        and ready.observed_generation == generation
        and ConditionType.RECONCILING not in words
        and ConditionType.STALLED not in words
    )


def invalid(before: Status, generation: int, message: str, now: datetime) -> Status:
    """The status of an object whose stored spec cannot be understood: nothing can be told but that."""
    text = Failure(ConditionType.READY, Reason.INVALID_SPEC, message).text
    verdicts: dict[ConditionType, Verdict] = {
        ConditionType.READY: (ConditionStatus.FALSE, Reason.INVALID_SPEC, text),
        ConditionType.STALLED: (ConditionStatus.TRUE, Reason.INVALID_SPEC, text),
    }
    conditions = _conditions(before.conditions, generation, verdicts, now)
    return before.model_copy(update={"observed_generation": generation, "conditions": conditions})


def done_phases(subject: Subject, world: World) -> set[ConditionType]:
    """Which of the nine phases are done."""
    return {phase.condition for phase in PHASES if isinstance(phase.decide(subject.spec, world), Done)}


def _phases(subject: Subject, found: Findings) -> dict[ConditionType, Verdict]:
    if found.world is None:
        return _remembered(subject, found.failure)
    decisions = {phase.condition: phase.decide(subject.spec, found.world) for phase in PHASES}
    first, *rest = PHASE_CONDITIONS
    if found.world.facts is None and all(isinstance(decisions[condition], Done) for condition in rest):
        decisions[first] = MET
    verdicts = {condition: _verdict(decision) for condition, decision in decisions.items()}
    failure = found.failure
    if failure is not None and failure.condition in verdicts:
        verdicts[failure.condition] = (ConditionStatus.FALSE, failure.reason, failure.text)
    return verdicts


def _remembered(subject: Subject, failure: Failure | None) -> dict[ConditionType, Verdict]:
    """What was known before, when the BSS could not be asked."""
    unknown: Verdict = (ConditionStatus.UNKNOWN, Reason.PENDING, "Not yet known.")
    verdicts = dict.fromkeys(PHASE_CONDITIONS, unknown)
    for condition in subject.status.conditions:
        if condition.type in verdicts and condition.observed_generation == subject.generation:
            verdicts[ConditionType(condition.type)] = _told_before(condition)
    all_true = all(status is ConditionStatus.TRUE for status, _, _ in verdicts.values())
    if failure is not None and not all_true:
        # A provisioned tenant stays so while the BSS is away; Reconciling tells about it.
        verdicts[failure.condition] = (ConditionStatus.FALSE, failure.reason, failure.text)
    return verdicts


def _told_before(condition: Condition) -> Verdict:
    """What the stored condition says. A reason that only another version of the operator knows is not repeated."""
    try:
        return condition.status, Reason(condition.reason), condition.message
    except ValueError:
        return ConditionStatus.UNKNOWN, Reason.PENDING, "Not yet known."


def _verdict(decision: Decision) -> Verdict:
    match decision:
        case Done(message=message, reason=reason):
            return ConditionStatus.TRUE, reason, message
        case Wait(reason=reason, message=message):
            return ConditionStatus.FALSE, reason, message
        case Refuse(reason=reason, message=message):
            return ConditionStatus.FALSE, reason, Failure(ConditionType.READY, reason, message).text
        case Do() | Generate():
            return ConditionStatus.UNKNOWN, Reason.PENDING, NOT_YET_DONE
        case Unknown(message=message):
            return ConditionStatus.UNKNOWN, Reason.PENDING, message


def _ready(subject: Subject, found: Findings, phases: dict[ConditionType, Verdict]) -> Verdict:
    if found.deleting:
        text = "The tenant is being removed." if found.failure is None else found.failure.text
        return ConditionStatus.FALSE, Reason.DELETING, text
    undone = {condition: verdict for condition, verdict in phases.items() if verdict[0] is not ConditionStatus.TRUE}
    in_state = found.world is None or isinstance(STATE.decide(subject.spec, found.world), Done)
    if not undone and in_state:
        suspended = " It is suspended." if subject.spec.state is TenantState.SUSPENDED else ""
        return ConditionStatus.TRUE, Reason.PROVISIONED, f"The tenant is provisioned.{suspended}"
    failure = found.failure
    if found.late and found.process is not None and not (failure is not None and failure.stalled):
        text = f"{found.process.task}: {found.process.message}"
        return ConditionStatus.FALSE, Reason.DEADLINE_EXCEEDED, text
    if failure is not None and failure.condition is not ConditionType.BACK_ORDERING_ACTIVE:
        return ConditionStatus.FALSE, failure.reason, failure.text
    if found.waiting is not None:
        return ConditionStatus.UNKNOWN, Reason.QUEUED, found.waiting
    for status, reason, message in undone.values():
        if status is ConditionStatus.FALSE:
            return ConditionStatus.FALSE, reason, message
    task = found.process.task if found.process is not None else ""
    return ConditionStatus.UNKNOWN, Reason.PROGRESSING, f"{task or 'Work'} is under way."


def _back_ordering(subject: Subject, found: Findings) -> Verdict:
    failure = found.failure
    if failure is not None and failure.condition is ConditionType.BACK_ORDERING_ACTIVE:
        return ConditionStatus.FALSE, failure.reason, failure.text
    if found.world is None:
        for condition in subject.status.conditions:
            if (
                condition.type == ConditionType.BACK_ORDERING_ACTIVE
                and condition.observed_generation == subject.generation
            ):
                return _told_before(condition)
        return ConditionStatus.UNKNOWN, Reason.PENDING, "Not yet known."
    return _verdict(BACK_ORDERING.decide(subject.spec, found.world))


def _operational(subject: Subject, ready: Verdict, back_ordering: Verdict) -> Verdict:
    if ready[0] is not ConditionStatus.TRUE:
        return ConditionStatus.FALSE, Reason.NOT_READY, "The tenant is not provisioned; see Ready."
    if subject.spec.state is TenantState.SUSPENDED:
        return ConditionStatus.FALSE, Reason.SUSPENDED, "The tenant is suspended."
    if back_ordering[0] is not ConditionStatus.TRUE:
        return ConditionStatus.FALSE, back_ordering[1], back_ordering[2]
    return ConditionStatus.TRUE, Reason.OPERATIONAL, "The tenant is provisioned and back ordering is active."


def _kstatus(subject: Subject, found: Findings, ready: Verdict) -> dict[ConditionType, Verdict]:
    """Reconciling and Stalled, present only when true."""
    failure = found.failure
    if failure is not None and failure.stalled:
        return {ConditionType.STALLED: (ConditionStatus.TRUE, failure.reason, failure.text)}
    if failure is not None:
        text = ready[2] if ready[1] is Reason.DEADLINE_EXCEEDED else failure.text
        return {ConditionType.RECONCILING: (ConditionStatus.TRUE, Reason.PROGRESSING_WITH_RETRY, text)}
    if found.deleting:
        return {ConditionType.RECONCILING: (ConditionStatus.TRUE, Reason.DELETING, ready[2])}
    if found.waiting is not None:
        return {ConditionType.RECONCILING: (ConditionStatus.TRUE, Reason.QUEUED, found.waiting)}
    if ready[0] is not ConditionStatus.TRUE or processes.unfinished(found.process):
        return {ConditionType.RECONCILING: (ConditionStatus.TRUE, Reason.PROGRESSING, ready[2])}
    return {}


def _conditions(
    known: tuple[Condition, ...], generation: int, verdicts: dict[ConditionType, Verdict], now: datetime
) -> tuple[Condition, ...]:
    """Conditions in the order of their declaration; the time moves only with the status."""
    before = {condition.type: condition for condition in known}
    conditions = []
    for kind in ConditionType:
        if kind not in verdicts:
            continue
        status, reason, message = verdicts[kind]
        old = before.get(kind)
        since = old.last_transition_time if old is not None and old.status is status else now
        conditions.append(
            Condition(
                type=kind,
                status=status,
                reason=reason,
                message=message[:32768],
                observed_generation=generation,
                last_transition_time=since,
            )
        )
    return tuple(conditions)


def _storefront_url(organization: Organization) -> str | None:
    return None if organization.storefront is None else organization.storefront.url


def _secret_name(subject: Subject) -> str:
    reference = subject.spec.administrator.password_secret_ref
    return subject.generated_secret if reference is None else reference.name


def _products(organization: Organization) -> Products | None:
    products = organization.product_range
    return None if products is None else Products(inherited=products.inherited, updated_at=products.updated_at)


def suspended(world: World) -> bool:
    """Whether the tenant's business is suspended in the BSS."""
    return world.organization is not None and world.organization.state is OrganizationState.SUSPENDED
