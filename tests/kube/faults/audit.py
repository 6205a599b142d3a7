"""The API server's audit log, read on from where it was read last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.operator import NAMESPACE, SERVICE_ACCOUNT

OPERATOR = f"system:serviceaccount:{NAMESPACE}:{SERVICE_ACCOUNT}"


@dataclass(frozen=True)
class Write:
    """One write of the operator's that the API server has answered."""

    verb: str
    resource: str
    subresource: str
    namespace: str
    name: str
    status: int

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}/{self.subresource} {self.namespace}/{self.name}: {self.status}"


class AuditLog:
    """The operator's writes about tenants; its Lease, which it renews all the time, is no part of them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._position = 0
        self._writes: list[Write] = []

    def writes(self) -> list[Write]:
        """All writes so far, refused ones too, oldest first."""
        self._writes.extend(self._new())
        return list(self._writes)

    def _new(self) -> Iterator[Write]:
        with self._file.open("rb") as stream:
            stream.seek(self._position)
            for line in stream:
                if not line.endswith(b"\n"):
                    break  # it is being written just now
                self._position += len(line)
                # An API server that was killed leaves a line without its end; the next one begins behind it.
                record = _parsed(line)
                if record is not None and record["user"]["username"] == OPERATOR:
                    write = _write(record)
                    if write.resource != "leases":
                        yield write


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        return dict(json.loads(line))
    except ValueError:
        return None


def _write(record: dict[str, Any]) -> Write:
    about = record.get("objectRef", {})
    return Write(
        verb=record["verb"],
        resource=about.get("resource", ""),
        subresource=about.get("subresource", ""),
        namespace=about.get("namespace", ""),
        name=about.get("name", ""),
        status=record.get("responseStatus", {}).get("code", 0),
    )
