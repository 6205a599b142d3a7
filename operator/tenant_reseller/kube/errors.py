"""What the API server may answer besides success."""

from __future__ import annotations


class KubeError(Exception):
    """A call to the API server that did not give what was asked for.

    `status` is 0 when no answer came. `retryable`: the same call may succeed later.
    """

    def __init__(self, message: str, *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later without anybody changing anything."""
        return self.status in (0, 429) or self.status >= 500


class NotFoundError(KubeError):
    """The object does not exist."""


class ConflictError(KubeError):
    """The object is another than the one that the call was meant for, or exists already."""


class ForbiddenError(KubeError):
    """The operator lacks a right."""


class ExpiredError(KubeError):
    """A watch must start anew from a list."""


class StartError(Exception):
    """The operator cannot start; the message says what to do."""


class WatchEndedError(Exception):
    """The watch ended at an answer that Kopf does not know; the message says which."""
