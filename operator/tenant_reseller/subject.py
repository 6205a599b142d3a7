"""The object of one visit: identity, spec, status and annotations as they stood when the visit began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .resource import Spec, Status


@dataclass(frozen=True, slots=True)
class Subject:
    """A TenantReseller at one moment, typed."""

    namespace: str
    name: str
    uid: str
    generation: int
    created_at: datetime
    spec: Spec
    status: Status
    reconcile_at: str | None = None
    recreate: str | None = None

    @property
    def path(self) -> str:
        """Namespace and name, for logs."""
        return f"{self.namespace}/{self.name}"

    @property
    def generated_secret(self) -> str:
        """Name of the Secret that the operator makes when the spec names none."""
        return f"{self.name}-admin"
