"""The operator has exactly the rights that it uses. Runs after all other scenarios and looks back on them."""

from __future__ import annotations

from collections import Counter

import pytest

from local.kind.installation import OPERATOR_NAMESPACE, Installation
from tests.e2e import rights
from tests.e2e.rights import Right

ACCOUNT = "tenant-reseller-operator"
GROUP = "tenantreseller.io"

SELDOM = {
    Right(GROUP, "tenantresellers", "get"): "reads an object again when two wrote it at the same moment",
    Right("events.k8s.io", "events", "patch"): "counts an event that is told again",
}
"""Granted rights that the scenarios need not use, and when the operator does."""


def test_it_uses_what_it_is_granted_and_is_granted_what_it_uses(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    granted = rights.granted(installation.kubectl, OPERATOR_NAMESPACE, ACCOUNT)
    events = rights.requests(installation.kubectl)
    used = rights.used(events)
    by_right = Counter({right: sum(used[asked] for asked in used if right.covers(asked)) for right in granted})
    with capsys.disabled():
        print("\n\nrequests  right of the operator")
        for right in sorted(granted):
            print(f"{by_right[right]:8}  {right}  {SELDOM.get(right, '')}".rstrip())

    # Else the log is of somebody else, or of nobody.
    assert used.total() > 100
    assert rights.refused(events) == []
    assert [asked for asked in used if not any(right.covers(asked) for right in granted)] == []
    assert [right for right in granted if "*" in {right.group, right.resource, right.verb}] == []
    assert granted >= SELDOM.keys(), "SELDOM explains what is not granted"
    assert [right for right in granted if not by_right[right] and right not in SELDOM] == []
