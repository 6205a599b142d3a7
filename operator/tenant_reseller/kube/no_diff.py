"""Keeps Kopf from comparing: only its bare events are used, and comparing costs more CPU time than all else it does."""

from __future__ import annotations

from typing import Any

import kopf


class NoDiff(kopf.DiffBaseStorage):
    """Finds no essence in an object, remembers none and writes none."""

    def build(self, **_: Any) -> kopf.BodyEssence:
        """Nothing; the default is a deep copy of the whole object at each event."""
        return kopf.BodyEssence()

    def fetch(self, **_: Any) -> kopf.BodyEssence | None:
        """Nothing was remembered."""
        return None

    def store(self, **_: Any) -> None:
        """Nothing is remembered."""
