"""The demo: what it declares, what it waits for, and what it says in the end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from local import demo, resellers
from local.errors import LocalError
from local.kubectl import Kubectl
from local.resellers import Name
from local.sources import REPOSITORY

Json = dict[str, Any]


@pytest.fixture
def empty(kubectl: Kubectl) -> Iterator[Kubectl]:
    """The resource is known, nothing is declared, and no operator is there."""
    kubectl("apply", "--server-side", "-f", str(REPOSITORY / "crds"))
    kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", str(REPOSITORY / "crds"))
    yield kubectl
    kubectl("delete", "tenantresellers", "--all", "-n", "default", "--timeout=30s")


def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def printed(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def tell(kubectl: Kubectl, name: Name, ready: str, message: str, **others: str) -> None:
    """Write a status as the operator would."""
    conditions = [
        {
            "type": kind,
            "status": status,
            "reason": "Told",
            "message": message,
            "observedGeneration": 1,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }
        for kind, status in {"Ready": ready, **others}.items()
    ]
    status: Json = {
        "observedGeneration": 1,
        "clientID": "abcdefg1",
        "loginURL": "http://127.0.0.1:8000/",
        "storefrontURL": "http://127.0.0.1:8000/s/abcdefg1/",
        "conditions": conditions,
    }
    patch = json.dumps({"status": status})
    kubectl("patch", "tenantreseller", name.name, "--subresource=status", "--type=merge", f"--patch={patch}")


def test_the_samples_begin_with_the_showpiece(empty: Kubectl) -> None:
    names = [name.name for name in resellers.apply_samples(empty)]
    assert names[0] == "northwind"
    assert len(names) == len(list(resellers.SAMPLES.glob("*.yaml")))


def test_many_are_declared_once_however_often_it_is_asked(empty: Kubectl) -> None:
    first = resellers.apply_many(empty, 5)
    assert len(set(first)) == 5
    assert resellers.apply_many(empty, 5) == first
    assert resellers.apply_many(empty, 7)[:5] == first
    assert len(empty.get("tenantresellers", "-A")["items"]) == 7


def test_an_account_that_a_sample_has_already_is_not_declared_twice(empty: Kubectl) -> None:
    resellers.apply_samples(empty)
    names = resellers.apply_many(empty, 3)
    accounts = [item["spec"]["account"] for item in empty.get("tenantresellers", "-A")["items"]]
    assert len(accounts) == len(set(accounts))
    assert Name("default", "northwind") in names


@pytest.mark.parametrize("count", [0, -1, resellers.MOST + 1])
def test_only_accounts_that_exist_are_used(empty: Kubectl, count: int) -> None:
    with pytest.raises(LocalError, match="between 1 and 20"):
        resellers.apply_many(empty, count)


def test_it_ends_when_all_are_ready(empty: Kubectl) -> None:
    names = resellers.apply_many(empty, 2)
    for name in names:
        tell(empty, name, "True", "The tenant is provisioned.")
    screen = console()
    tenants = demo.await_ready(empty, names, screen)
    assert [tenant.name for tenant in tenants] == names
    assert all(tenant.client_id == "abcdefg1" for tenant in tenants)
    assert "The tenant is provisioned." in printed(screen)


def test_what_needs_a_person_is_told_with_the_message_of_the_operator(empty: Kubectl) -> None:
    ready, stalled = resellers.apply_many(empty, 2)
    tell(empty, ready, "True", "The tenant is provisioned.")
    tell(empty, stalled, "False", "Put a stronger password into the Secret.", Stalled="True")
    with pytest.raises(LocalError, match="Put a stronger password into the Secret") as error:
        demo.await_ready(empty, [ready, stalled], console())
    assert f"kubectl describe tenantreseller {stalled.name}" in error.value.remedy


def test_one_that_is_deleted_meanwhile_is_named(empty: Kubectl) -> None:
    with pytest.raises(LocalError, match="gone was deleted meanwhile"):
        demo.await_ready(empty, [Name("default", "gone")], console())


def test_a_status_about_an_older_spec_does_not_count(empty: Kubectl) -> None:
    (name,) = resellers.apply_many(empty, 1)
    tell(empty, name, "True", "The tenant is provisioned.")
    assert demo.Tenant.of(empty.get("tenantreseller", name.name)).ready
    empty("patch", "tenantreseller", name.name, "--type=merge", '--patch={"spec":{"priceList":"reseller-large"}}')
    assert not demo.Tenant.of(empty.get("tenantreseller", name.name)).ready


def test_progress_is_counted_in_phases(empty: Kubectl) -> None:
    (name,) = resellers.apply_many(empty, 1)
    tell(empty, name, "False", "Copying", PrerequisitesMet="True", OrganizationCreated="True", LocaleApplied="False")
    assert demo.Tenant.of(empty.get("tenantreseller", name.name)).completed == 2
