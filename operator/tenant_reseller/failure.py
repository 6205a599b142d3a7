"""A trouble as a value: which condition it concerns, its reason, and what to tell."""

from __future__ import annotations

from dataclasses import dataclass

from tenant_provisioning.errors import AnswerError, ProblemError, ProvisioningError, TransportError

from .conditions import REASONS, ConditionType, Cure, Reason


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a visit could not finish the work."""

    condition: ConditionType
    """The phase that it concerns."""
    reason: Reason
    message: str
    """What happened."""
    retry_after: float | None = None
    """Seconds that the BSS asked to wait."""

    @property
    def cure(self) -> Cure:
        """Who makes it go away."""
        return REASONS[self.reason].cure

    @property
    def stalled(self) -> bool:
        """Whether a person has to change something first."""
        return REASONS[self.reason].stalled

    @property
    def text(self) -> str:
        """What happened and what can be done."""
        remedy = REASONS[self.reason].remedy
        return f"{self.message} {remedy}" if remedy and remedy not in self.message else self.message


def failure_of(error: ProvisioningError, condition: ConditionType) -> Failure:
    """The failure that an error of the client means for this phase."""
    match error:
        case ProblemError(problem=problem):
            message = problem.detail or f"{problem.title}."
            if problem.field is not None and problem.field not in message:
                message = f"{problem.field}: {message}"
            reason = Reason(problem.code)
        case TransportError():
            reason, message = Reason.BSS_UNREACHABLE, f"No answer came from the BSS: {error.message}"
        case AnswerError():
            reason, message = Reason.INVALID_ANSWER, f"The BSS gave an unusable answer: {error.message}"
        case _:
            reason, message = Reason.INTERNAL, error.message
    return Failure(condition, reason, message, error.retry_after)
