"""The phases: pure decisions (spec, observed world) -> what to do, in the order in which a tenant is made.

Each module has one `decide`. `PHASES` is read by `plan.py` and `reconcile.py`; nothing here does I/O or knows
Kubernetes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenant_reseller.conditions import ConditionType
from tenant_reseller.resource import Spec
from tenant_reseller.world import World

from . import (
    administrator,
    back_ordering,
    edition,
    invoicing,
    locale,
    login,
    organization,
    prerequisites,
    products,
    state,
    storefront,
)
from .decision import Decision, Do, Done, Generate, Refuse, Unknown, Wait

__all__ = [
    "BACK_ORDERING",
    "PHASES",
    "STATE",
    "Decision",
    "Do",
    "Done",
    "Generate",
    "Phase",
    "Refuse",
    "Unknown",
    "Wait",
]


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of the work: the condition that tells its outcome, its name for people, its decision."""

    condition: ConditionType
    task: str
    decide: Callable[[Spec, World], Decision]


PHASES: tuple[Phase, ...] = (
    Phase(ConditionType.PREREQUISITES_MET, "Check prerequisites", prerequisites.decide),
    Phase(ConditionType.ORGANIZATION_CREATED, "Create organization", organization.decide),
    Phase(ConditionType.EDITION_APPLIED, "Apply edition", edition.decide),
    Phase(ConditionType.LOCALE_APPLIED, "Apply locale", locale.decide),
    Phase(ConditionType.PRODUCTS_INHERITED, "Inherit products", products.decide),
    Phase(ConditionType.INVOICING_CONFIGURED, "Configure invoicing", invoicing.decide),
    Phase(ConditionType.ADMINISTRATOR_CREATED, "Create administrator", administrator.decide),
    Phase(ConditionType.STOREFRONT_CREATED, "Create storefront", storefront.decide),
    Phase(ConditionType.LOGIN_VERIFIED, "Verify login", login.decide),
)
"""The nine phases of a provisioned tenant, in order."""

BACK_ORDERING = Phase(ConditionType.BACK_ORDERING_ACTIVE, "Activate back ordering", back_ordering.decide)
STATE = Phase(ConditionType.READY, "Change state", state.decide)
"""A suspended or resumed tenant has no condition of its own: Ready tells whether it is in the declared state."""
