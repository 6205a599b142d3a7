"""What can go wrong with a call, as one small tree of exceptions.

```
ProvisioningError
├── TransportError      no answer: time-out, refused, reset, name not resolved
├── AnswerError         an answer that this API does not give: not JSON, wrong type, too large, unexpected status
└── ProblemError        the BSS refused or failed, and said why (`problem`)
    ├── Unauthorized    the API key is unknown or missing
    │   └── Forbidden   the API key may not do this
    ├── LoginRefused    the login of a person was refused: nothing is wrong with the API key
    ├── NotFound        the account, price list, organization or process does not exist
    ├── Conflict        the request is fine, the state of the world forbids it
    ├── InvalidRequest  the request itself is at fault: repeating it is useless until somebody changes it
    ├── TooBusy         429 or 503: try again after `retry_after`
    └── ServerError     any other 5xx
```

Messages never hold the API key, a password or more than a line of what the server sent.
"""

# ruff: noqa: N818 - the tree says that these are errors; a caller reads `except NotFound` better without the word

from __future__ import annotations

from .models import Problem, ProblemCode

__all__ = [
    "AnswerError",
    "Conflict",
    "Forbidden",
    "InvalidRequest",
    "LoginRefused",
    "NotFound",
    "ProblemError",
    "ProvisioningError",
    "ServerError",
    "TooBusy",
    "TransportError",
    "Unauthorized",
    "problem_error",
]


class ProvisioningError(Exception):
    """A call that did not give what was asked for."""

    def __init__(self, message: str, *, retryable: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What happened, in one line."""
        self.retryable = retryable
        """Whether the same call may succeed later without anybody changing the request."""
        self.retry_after = retry_after
        """Seconds that the server asked to wait; None when it did not say."""


class TransportError(ProvisioningError):
    """No answer came. Whether the BSS did the work is unknown: the call must be repeated, which is safe."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retryable=True)


class AnswerError(ProvisioningError):
    """An answer that cannot be used. It is retryable: a proxy in front of a starting BSS sends such pages too."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message, retryable=True)
        self.status = status


class ProblemError(ProvisioningError):
    """The BSS refused the call, or failed, and said why."""

    def __init__(self, problem: Problem, *, retry_after: float | None = None) -> None:
        detail = problem.detail or problem.title
        super().__init__(f"{problem.code}: {detail}", retryable=problem.retryable, retry_after=retry_after)
        self.problem = problem

    @property
    def code(self) -> ProblemCode:
        """Machine-readable cause."""
        return self.problem.code


class Unauthorized(ProblemError):
    """The API key is unknown or missing."""


class Forbidden(Unauthorized):
    """The API key is known, but may not do this."""


class LoginRefused(ProblemError):
    """A login was refused. Which of its parts is wrong is never told."""


class NotFound(ProblemError):
    """What the call names does not exist; `code` says which thing."""


class Conflict(ProblemError):
    """The state of the world forbids it: owned by another, not active, taken, irreversible."""


class InvalidRequest(ProblemError):
    """The request is at fault; `problem.field` names the member."""


class TooBusy(ProblemError):
    """The BSS asks to come back later, in `retry_after` seconds when it said so."""


class ServerError(ProblemError):
    """The BSS failed. Whether it did the work is unknown: repeat."""


def problem_error(problem: Problem, *, retry_after: float | None = None) -> ProblemError:
    """The exception for a problem, chosen by status; only a refused login is told apart by its code."""
    kind: type[ProblemError]
    match problem.status:
        case 401 if problem.code is ProblemCode.LOGIN_REFUSED:
            kind = LoginRefused
        case 401:
            kind = Unauthorized
        case 403:
            kind = Forbidden
        case 404:
            kind = NotFound
        case 409:
            kind = Conflict
        case 429 | 503:
            kind = TooBusy
        case status if status >= 500:
            kind = ServerError
        case _:
            kind = InvalidRequest
    return kind(problem, retry_after=retry_after)
