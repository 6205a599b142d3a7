"""How many resellers there are, by edition and condition.

They are counted as they change, so that a scrape costs the same with ten objects as with ten thousand.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tenant_reseller.conditions import ConditionStatus, ConditionType

_EDITIONS = ("Basic", "Premium")
_KINDS = {str(kind): index for index, kind in enumerate(ConditionType)}
_ABSENT = "-"
_LETTERS = {str(status): str(status)[0] for status in ConditionStatus}
_STATUSES = {letter: status for status, letter in _LETTERS.items()}


class Census(Collector):
    """Counts the resellers that the operator knows."""

    MEANING: ClassVar[str] = (
        "Resellers by edition and status of a condition. One that lacks the condition is not counted: Reconciling and "
        "Stalled are present only when true."
    )

    def __init__(self) -> None:
        self._sort_of: dict[str, str] = {}
        self._sizes: Counter[str] = Counter()

    def saw(self, uid: str, edition: object, conditions: Iterable[Mapping[str, Any]]) -> None:
        """Count a reseller as it is now, in place of what it was before."""
        letters = [_ABSENT] * len(_KINDS)
        for condition in conditions:
            index = _KINDS.get(condition.get("type", ""))
            if index is not None:
                letters[index] = _LETTERS.get(condition.get("status", ""), _ABSENT)
        known = str(edition) if edition in _EDITIONS else "unknown"
        # Nearly all objects are of one of a few sorts, which are kept once.
        sort = sys.intern(f"{known} {''.join(letters)}")
        before = self._sort_of.get(uid)
        if before is sort:
            return
        self.forget(uid)
        self._sort_of[uid] = sort
        self._sizes[sort] += 1

    def forget(self, uid: str) -> None:
        """The reseller is gone."""
        before = self._sort_of.pop(uid, None)
        if before is not None:
            self._sizes[before] -= 1
            if not self._sizes[before]:
                del self._sizes[before]

    def clear(self) -> None:
        """Forget all."""
        self._sort_of.clear()
        self._sizes.clear()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The numbers of now."""
        counts: Counter[tuple[str, str, str]] = Counter()
        for sort, size in self._sizes.items():
            edition, letters = sort.split(" ")
            for kind, letter in zip(_KINDS, letters, strict=True):
                if letter != _ABSENT:
                    counts[edition, kind, _STATUSES[letter]] += size
        family = GaugeMetricFamily("tenant_reseller_resellers", self.MEANING, labels=("edition", "condition", "status"))
        for labels, size in sorted(counts.items()):
            family.add_metric(labels, size)
        yield family
