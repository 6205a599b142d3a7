"""Which Secrets and ConfigMaps a TenantReseller names, and which TenantResellers name one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """Kinds of objects that a TenantReseller may name, as they stand in paths."""

    SECRET = "secrets"  # noqa: S105 - a kind, no secret
    CONFIG_MAP = "configmaps"


class Reference(NamedTuple):
    """A named object beside the resource."""

    kind: Kind
    namespace: str
    name: str


def references(namespace: str, name: str, spec: Mapping[str, Any]) -> tuple[Reference, ...]:
    """What this spec of the resource with this name refers to: the Secret with the password, and the logo."""
    password = (spec.get("administrator") or {}).get("passwordSecretRef")
    found = [Reference(Kind.SECRET, namespace, str(password["name"]) if password else f"{name}-admin")]
    logo = (spec.get("storefront") or {}).get("logo") or {}
    for field, kind in (("configMapKeyRef", Kind.CONFIG_MAP), ("secretKeyRef", Kind.SECRET)):
        if logo.get(field):
            found.append(Reference(kind, namespace, str(logo[field]["name"])))
    return tuple(found)


class ReferenceIndex:
    """Finds the TenantResellers, by their uids, that name an object."""

    def __init__(self) -> None:
        self._users: defaultdict[Reference, set[str]] = defaultdict(set)
        self._named: dict[str, tuple[Reference, ...]] = {}

    def put(self, uid: str, named: tuple[Reference, ...]) -> None:
        """This resource names these objects, and no others."""
        if self._named.get(uid) != named:
            self.forget(uid)
            self._named[uid] = named
            for reference in named:
                self._users[reference].add(uid)

    def forget(self, uid: str) -> None:
        """This resource names nothing any more."""
        for reference in self._named.pop(uid, ()):
            self._users[reference].discard(uid)
            if not self._users[reference]:
                del self._users[reference]

    def users(self, reference: Reference) -> tuple[str, ...]:
        """Uids of the resources that name this object."""
        return tuple(self._users.get(reference, ()))
