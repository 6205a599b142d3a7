"""From the API server's JSON to typed values: past this module no dict with magic keys travels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from tenant_reseller.resource import ABANDON, FINALIZER, RECONCILE_AT, RECREATE, Spec, Status
from tenant_reseller.subject import Subject

from .api import Json


class InvalidSpecError(Exception):
    """The stored spec does not follow the schema: it was stored under an older CustomResourceDefinition."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An object as an event showed it, before it is typed."""

    body: Json

    @property
    def uid(self) -> str:
        """Uid of the object."""
        return str(self.body["metadata"]["uid"])

    @property
    def namespace(self) -> str:
        """Namespace of the object."""
        return str(self.body["metadata"]["namespace"])

    @property
    def name(self) -> str:
        """Name of the object."""
        return str(self.body["metadata"]["name"])

    @property
    def version(self) -> str:
        """Resource version."""
        return str(self.body["metadata"]["resourceVersion"])

    @property
    def generation(self) -> int:
        """Generation of the spec."""
        return int(self.body["metadata"]["generation"])

    @property
    def deleting(self) -> bool:
        """Whether the deletion was asked for."""
        return self.body["metadata"].get("deletionTimestamp") is not None

    @property
    def finalizers(self) -> list[str]:
        """Finalizers of the object."""
        return list(self.body["metadata"].get("finalizers", ()))

    @property
    def held(self) -> bool:
        """Whether our finalizer is on the object."""
        return FINALIZER in self.finalizers

    @property
    def abandoned(self) -> bool:
        """Whether the user lets the object go without asking the BSS."""
        return self.annotation(ABANDON) == "true"

    @property
    def paused(self) -> bool:
        """Whether the operator is to leave the object alone."""
        return bool(self.body["spec"].get("paused"))

    @property
    def secret(self) -> str:
        """Name of the Secret with the password."""
        reference = self.body["spec"].get("administrator", {}).get("passwordSecretRef")
        return str(reference["name"]) if reference else f"{self.name}-admin"

    @property
    def cause(self) -> tuple[object, ...]:
        """What is worth a visit when it changes. The operator's own writes change none of it."""
        annotations = (self.annotation(name) for name in (RECONCILE_AT, RECREATE, ABANDON))
        return (self.deleting, self.generation, self.held, *annotations)

    def annotation(self, name: str) -> str | None:
        """Value of an annotation."""
        value = self.body["metadata"].get("annotations", {}).get(name)
        return None if value is None else str(value)

    def newer_than(self, version: str) -> bool:
        """Whether this is as new as a version: they are numbers that grow (officially since Kubernetes 1.35)."""
        if self.version.isdigit() and version.isdigit():
            return int(self.version) >= int(version)
        return True

    def subject(self, status: Json | None = None) -> Subject:
        """The typed object, with this status where it is known better. Raises `InvalidSpecError`."""
        metadata = self.body["metadata"]
        try:
            spec = Spec.model_validate(self.body["spec"])
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in ("spec", *first["loc"]))
            raise InvalidSpecError(f"{place}: {first['msg']}") from None
        return Subject(
            namespace=self.namespace,
            name=self.name,
            uid=self.uid,
            generation=self.generation,
            created_at=datetime.fromisoformat(metadata["creationTimestamp"]),
            spec=spec,
            status=parse_status(self.body.get("status") if status is None else status),
            reconcile_at=self.annotation(RECONCILE_AT),
            recreate=self.annotation(RECREATE),
        )


def parse_status(status: Json | None) -> Status:
    """The stored status. One that cannot be read counts as lost: the world tells all that it said, except history."""
    try:
        return Status.model_validate(status or {})
    except ValidationError:
        return Status()
