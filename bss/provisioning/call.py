# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of the API on its way to a handler, and what the handler answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenant_provisioning.models import Answer


@dataclass(frozen=True)
class Caller:
    """The API client that a key belongs to."""

    id: int
    """Its record in the root database."""
    name: str


@dataclass(frozen=True)
class Call:
    """Who asks for what, checked by the contract's table of routes."""

    caller: Caller
    parameters: Mapping[str, str]
    """Parameters of the path and the query, by name."""
    process_id: str | None = None
    """Process that the call says it belongs to; it may not exist."""

    @property
    def key(self) -> str:
        """Key of the organization in the path."""
        return self.parameters["key"]


@dataclass(frozen=True)
class Outcome:
    """What a handler answers when it does not refuse."""

    status: int
    answer: Answer | None = None
