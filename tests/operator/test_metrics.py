"""Metrics: what is counted, in a format that Prometheus reads, with labels that stay few."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import ProvisioningError
from tenant_provisioning.fake.faults import Fault, FaultKind
from tenant_provisioning.fake.server import FakeServer
from tenant_provisioning.watching import Call
from tenant_reseller.kube.watch_activity import WatchActivity
from tenant_reseller.resource import Status
from tenant_reseller.signals.metrics import Metrics
from tenant_reseller.signals.probe import Probe

from .stage import Stage


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def value(metrics: Metrics, name: str, /, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def conditions(**statuses: str) -> list[dict[str, Any]]:
    return [{"type": kind, "status": status, "reason": "R"} for kind, status in statuses.items()]


def test_the_text_is_what_prometheus_reads_and_names_follow_its_rules() -> None:
    metrics = Metrics()
    families = {family.name: family for family in text_string_to_metric_families(metrics.text())}
    declared = {one.name: one for one in metrics.declared}
    assert len(declared) == len(metrics.declared)
    for name, one in declared.items():
        family = families[name.removesuffix("_total")]
        assert family.documentation == one.meaning
        assert family.type == one.kind
        assert (one.kind == "counter") == name.endswith("_total")
        assert not (one.kind == "gauge" and name.endswith(("_count", "_sum", "_bucket")))
        if "duration" in name or "idle" in name:
            assert name.endswith("_seconds")
    assert "process_resident_memory_bytes" in families


async def test_processes_are_counted_when_they_end() -> None:
    metrics = Metrics()
    stage = Stage(copy_seconds=3)
    before = Status()
    for _ in range(20):
        if stage.ready:
            break
        await stage.visit()
        metrics.status_written(before, stage.subject.status)
        before = stage.subject.status
        stage.pass_time(1)
    metrics.status_written(before, before)
    assert value(metrics, "tenant_reseller_processes_total", type="Creation", outcome="completed") == 1
    assert value(metrics, "tenant_reseller_process_duration_seconds_count", type="Creation") == 1
    assert value(metrics, "tenant_reseller_process_duration_seconds_sum", type="Creation") >= 3


async def test_a_process_that_fails_and_then_succeeds_is_counted_as_both() -> None:
    metrics = Metrics()
    stage = Stage()
    stage.edit(administrator={"userName": "maria", "passwordSecretRef": {"name": "admin"}})
    stage.set_password("admin", "short")
    await stage.visit()
    failed = stage.subject.status
    metrics.status_written(Status(), failed)
    stage.set_password("admin", "Windward-Harbour-48")
    await stage.settle()
    metrics.status_written(failed, stage.subject.status)
    assert value(metrics, "tenant_reseller_processes_total", type="Creation", outcome="failed") == 1
    assert value(metrics, "tenant_reseller_processes_total", type="Creation", outcome="completed") == 1


def test_resellers_are_counted_by_edition_and_condition() -> None:
    metrics = Metrics()
    census = metrics.census
    for number in range(3):
        census.saw(f"uid-{number}", "Premium", conditions(Ready="Unknown"))
    census.saw("uid-0", "Premium", conditions(Ready="True"))
    census.saw("uid-1", "Basic", conditions(Ready="True", Stalled="True", Invented="True"))
    census.forget("uid-2")
    census.forget("never seen")

    def count(edition: str, condition: str, status: str) -> float:
        return value(metrics, "tenant_reseller_resellers", edition=edition, condition=condition, status=status)

    assert count("Premium", "Ready", "True") == 1
    assert count("Premium", "Ready", "Unknown") == 0
    assert count("Basic", "Stalled", "True") == 1
    assert "Invented" not in metrics.text()


def test_what_a_stranger_writes_into_an_object_becomes_no_label() -> None:
    metrics = Metrics()
    metrics.census.saw("uid", 'evil"} 1\n', conditions(Ready="Sometimes"))
    metrics.census.saw("other", None, conditions(Ready="True"))
    text = metrics.text()
    assert "evil" not in text
    assert "Sometimes" not in text
    assert value(metrics, "tenant_reseller_resellers", edition="unknown", condition="Ready", status="True") == 1


def test_silence_is_told_of_the_most_silent_watch_of_a_resource() -> None:
    clock = Clock()
    activity = WatchActivity(["/apis/g/v1/namespaces/a/things", "/apis/g/v1/namespaces/b/things"], 600, clock)
    metrics = Metrics()
    metrics.watch_ages = activity.ages
    clock.now = 42
    activity.heard("/apis/g/v1/namespaces/b/things")
    metrics.text()
    assert value(metrics, "tenant_reseller_watch_idle_seconds", resource="things") == 42


def test_a_replica_that_leads_no_more_tells_nothing_of_the_resellers() -> None:
    metrics = Metrics()
    metrics.leader.set(1)
    metrics.census.saw("uid", "Basic", conditions(Ready="True"))
    metrics.watch_ages = lambda: {"secrets": 1.0}
    assert "tenant_reseller_watch_idle_seconds{" in metrics.text()
    metrics.end_of_term()
    text = metrics.text()
    assert "tenant_reseller_leader 0.0" in text
    assert "tenant_reseller_resellers{" not in text
    assert "tenant_reseller_watch_idle_seconds{" not in text


async def test_calls_to_the_bss_are_counted_by_template_and_status() -> None:
    metrics = Metrics()
    probe = Probe(metrics)
    async with (
        FakeServer() as fake,
        TenantProvisioningClient(fake.url, "operator-key", watch=probe.call) as bss,
    ):
        await bss.info()
        await bss.organization("some.key")
        for kind in (FaultKind.UNAVAILABLE, FaultKind.RESET):
            fake.faults.replace([Fault(kind=kind)])
            with pytest.raises(ProvisioningError):
                await bss.account("R-1001")

    def calls(path: str, status: str) -> float:
        return value(metrics, "tenant_reseller_bss_requests_total", method="GET", path=path, status=status)

    assert calls("/", "200") == 1
    assert calls("/organizations/{key}", "404") == 1
    assert calls("/accounts/{code}", "503") == 1
    assert calls("/accounts/{code}", "none") == 1
    assert (
        value(metrics, "tenant_reseller_bss_request_duration_seconds_count", method="GET", path="/accounts/{code}") == 2
    )
    assert "some.key" not in metrics.text()


def test_a_call_that_the_operator_cancelled_says_nothing_about_the_bss() -> None:
    metrics = Metrics()
    with pytest.raises(asyncio.CancelledError), Probe(metrics).call(Call("GET", "/accounts/{code}", "mark", None)):
        raise asyncio.CancelledError
    assert "tenant_reseller_bss_requests_total{" not in metrics.text()
    assert "tenant_reseller_bss_request_duration_seconds_count{" not in metrics.text()


async def test_a_visit_that_fails_is_an_error_and_nothing_stays_active() -> None:
    metrics = Metrics()
    probe = Probe(metrics)
    subject = Stage().subject
    with pytest.raises(ZeroDivisionError), probe.visit(subject):
        1 / value(metrics, "controller_runtime_reconcile_total", controller="tenantreseller", result="error")
    with probe.visit(subject) as outcome:
        outcome.again = True
    with probe.visit(subject):
        assert value(metrics, "controller_runtime_active_workers", controller="tenantreseller") == 1
    with pytest.raises(asyncio.CancelledError), probe.visit(subject):
        await asyncio.sleep(asyncio.current_task().cancel() - 1)  # type: ignore[union-attr]
    results = {
        result: value(metrics, "controller_runtime_reconcile_total", controller="tenantreseller", result=result)
        for result in ("success", "requeue_after", "error")
    }
    assert results == {"success": 1, "requeue_after": 1, "error": 1}
    assert value(metrics, "controller_runtime_reconcile_errors_total", controller="tenantreseller") == 1
    assert value(metrics, "controller_runtime_active_workers", controller="tenantreseller") == 0
