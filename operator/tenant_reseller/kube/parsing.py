"""From the API server's JSON to typed values: past this module no dict with magic keys travels.

What stays in memory of each object, for as long as it exists, is little: a few texts, and spec and status as the bytes
of their JSON. As dicts they would take ten times as much; typed they are made for a visit and then forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from tenant_reseller.resource import ABANDON, FINALIZER, RECONCILE_AT, RECREATE, Spec, Status
from tenant_reseller.subject import Subject

from .references import Reference, references

NO_STATUS = b"{}"


class InvalidSpecError(Exception):
    """The stored spec does not follow the schema: it was stored under an older CustomResourceDefinition."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An object as an event showed it, before it is typed."""

    uid: str
    namespace: str
    name: str
    version: str
    """Resource version."""
    generation: int
    """Generation of the spec."""
    created_at: str
    deleting: bool
    """Whether the deletion was asked for."""
    paused: bool
    """Whether the operator is to leave the object alone."""
    finalizers: tuple[str, ...]
    references: tuple[Reference, ...]
    """Secrets and ConfigMaps that the spec names."""
    reconcile_at: str | None
    recreate: str | None
    abandoned: bool
    """Whether the user lets the object go without asking the BSS."""
    spec: bytes
    status: bytes

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Sighting:
        """The object of an event or an answer."""
        metadata, spec = body["metadata"], body["spec"]
        annotations = metadata.get("annotations") or {}
        return cls(
            uid=metadata["uid"],
            namespace=metadata["namespace"],
            name=metadata["name"],
            version=metadata["resourceVersion"],
            generation=int(metadata["generation"]),
            created_at=metadata["creationTimestamp"],
            deleting=metadata.get("deletionTimestamp") is not None,
            paused=bool(spec.get("paused")),
            finalizers=tuple(metadata.get("finalizers") or ()),
            references=references(metadata["namespace"], metadata["name"], spec),
            reconcile_at=annotations.get(RECONCILE_AT),
            recreate=annotations.get(RECREATE),
            abandoned=annotations.get(ABANDON) == "true",
            spec=compact(spec),
            status=compact(body.get("status")),
        )

    @property
    def held(self) -> bool:
        """Whether our finalizer is on."""
        return FINALIZER in self.finalizers

    @property
    def cause(self) -> tuple[object, ...]:
        """What is worth a visit when it changes. The operator's own writes change none of it."""
        return (self.deleting, self.generation, self.held, self.reconcile_at, self.recreate, self.abandoned)

    def newer_than(self, version: str) -> bool:
        """Whether this is as new as a version: they are numbers that grow (officially since Kubernetes 1.35)."""
        if self.version.isdigit() and version.isdigit():
            return int(self.version) >= int(version)
        return True

    def subject(self, status: bytes | None = None) -> Subject:
        """The typed object, with this status where it is known better. Raises `InvalidSpecError`."""
        try:
            spec = Spec.model_validate_json(self.spec)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in ("spec", *first["loc"]))
            raise InvalidSpecError(f"{place}: {first['msg']}") from None
        return Subject(
            namespace=self.namespace,
            name=self.name,
            uid=self.uid,
            generation=self.generation,
            created_at=datetime.fromisoformat(self.created_at),
            spec=spec,
            status=parse_status(self.status if status is None else status),
            reconcile_at=self.reconcile_at,
            recreate=self.recreate,
        )


def parse_status(status: bytes) -> Status:
    """The stored status. One that cannot be read counts as lost: the world tells all that it said, except history."""
    try:
        return Status.model_validate_json(status)
    except ValidationError:
        return Status()


def compact(value: object) -> bytes:
    """A part of an object as the shortest JSON; equal content gives equal bytes. Nothing is an empty object."""
    if not value:
        return NO_STATUS
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
