"""Watching a client's calls from outside: for logs, metrics and traces, which the client itself knows nothing of."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(slots=True)
class Call:
    """One call, while it is under way and after it.

    A watcher may add `headers` before the call is sent, such as the context of a trace. They never hold the API key.
    """

    method: str
    path: str
    """Template of the path, such as `/organizations/{key}/edition`: it tells nothing of any tenant."""
    request_id: str
    process_id: str | None
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    """Status of the answer; None until there is one that can be used."""


class CallWatcher(Protocol):
    """Makes a context for each call: entered before it is sent, left with its error, if any, when it has ended."""

    def __call__(self, call: Call, /) -> AbstractContextManager[object]: ...  # noqa: D102


_NOTHING = nullcontext()


def unwatched(call: Call, /) -> AbstractContextManager[object]:
    """Watch nothing."""
    return _NOTHING
