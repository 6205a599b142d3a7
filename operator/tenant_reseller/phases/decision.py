"""What a phase may decide."""

from __future__ import annotations

from dataclasses import dataclass

from tenant_provisioning.models import Request

from tenant_reseller.conditions import Reason


@dataclass(frozen=True, slots=True)
class Done:
    """The world is as declared."""

    message: str
    reason: Reason = Reason.SUCCEEDED


@dataclass(frozen=True, slots=True)
class Do:
    """Send this request to the BSS, then look again."""

    request: Request
    message: str


@dataclass(frozen=True, slots=True)
class Generate:
    """Make the Secret with a generated password, then look again."""

    message: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The BSS is at work: look again soon."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """It cannot be done now; the table of reasons says who cures it."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It cannot be told yet: something before it comes first."""

    message: str


Decision = Done | Do | Generate | Wait | Refuse | Unknown
