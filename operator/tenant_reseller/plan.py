"""Which steps a tenant needs, in which order, and what kind of process that is: pure functions of spec and world."""

from __future__ import annotations

from tenant_provisioning.models import Organization, OrganizationState, ProcessType

from . import process as processes
from .conditions import ConditionType
from .phases import BACK_ORDERING, PHASES, STATE, Phase
from .resource import TenantState
from .subject import Subject
from .world import World


def plan(subject: Subject, world: World) -> tuple[Phase, ...]:
    """The steps in the order in which they are to be done.

    A change of state goes first: suspending is urgent and needs no prerequisites, and a suspended tenant takes no
    changes. Only a tenant that is still being made is finished before it is suspended.
    """
    phases = (*PHASES, BACK_ORDERING) if subject.spec.back_ordering else PHASES
    if world.organization is None or world.organization.state is OrganizationState.DELETED:
        return (*phases, STATE)
    if being_made(subject, world.organization) and subject.spec.state is TenantState.SUSPENDED:
        return (*phases, STATE)
    return (STATE, *phases)


def being_made(subject: Subject, organization: Organization) -> bool:
    """Whether the tenant was never whole: a part is missing, or its first login was not tried yet.

    A login that is due again later, after a new password, does not make it so: it must not delay a suspension.
    """
    if _incomplete(organization):
        return True
    process = subject.status.process
    first = process is None or (process.type is ProcessType.CREATION and processes.unfinished(process))
    return first and not (organization.administrator and organization.administrator.login_verified)


def _incomplete(organization: Organization) -> bool:
    parts = (
        organization.edition,
        organization.locale,
        organization.product_range,
        organization.invoicing,
        organization.administrator,
        organization.storefront,
    )
    return any(part is None for part in parts)


def process_type(subject: Subject, world: World, work: list[Phase]) -> ProcessType:
    """What kind of process does this work."""
    current = subject.status.process
    going_on = current is not None and processes.unfinished(current)
    same_spec = current is not None and current.generation in (None, subject.generation)
    if world.organization is None or being_made(subject, world.organization):
        return ProcessType.CREATION
    if going_on and current is not None and current.type is ProcessType.CREATION:
        return ProcessType.CREATION
    conditions = {step.condition for step in work}
    if STATE in work:
        return ProcessType.SUSPENSION if subject.spec.state is TenantState.SUSPENDED else ProcessType.UPDATE
    if going_on and same_spec and current is not None and current.type is ProcessType.UPDATE:
        return ProcessType.UPDATE  # what is left of it may look like another type
    if conditions == {ConditionType.BACK_ORDERING_ACTIVE}:
        return ProcessType.BACK_ORDERING
    if conditions == {ConditionType.PRODUCTS_INHERITED}:
        return ProcessType.PRODUCT_UPDATE
    return ProcessType.UPDATE
