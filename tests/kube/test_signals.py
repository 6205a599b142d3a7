"""What the operator tells about its work, on a real API server: events, metrics, logs."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from tenant_reseller.logs import FIELDS

from local.operator import Operator
from tests.cluster import Cluster
from tests.eventually import eventually
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

Json = dict[str, Any]
SECONDS = 60.0
WEAK, STRONG = "hid-x9z", "Windward-Harbour-48"


def events(cluster: Cluster, name: str) -> list[Json]:
    """Events of an object, oldest first."""
    found = json.loads(cluster.kubectl("get", "events.events.k8s.io", "-o", "json"))["items"]
    return sorted((e for e in found if e["regarding"]["name"] == name), key=lambda e: str(e["eventTime"]))


def reasons(cluster: Cluster, name: str) -> list[str]:
    return [event["reason"] for event in events(cluster, name)]


def until_event(cluster: Cluster, name: str, holds: Callable[[Json], object]) -> Json:
    """The first event of an object that `holds`, as soon as there is one."""

    def any_of(told: list[Json]) -> bool:
        return any(holds(event) for event in told)

    told = eventually(lambda: events(cluster, name), any_of, seconds=SECONDS)
    return next(event for event in told if holds(event))


def samples(operator: Operator) -> Mapping[tuple[str, frozenset[tuple[str, str]]], float]:
    """All samples of the metrics, by name and labels."""
    with urllib.request.urlopen(f"{operator.address}/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        text = answer.read().decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(operator: Operator, name: str, /, **labels: str) -> float:
    return samples(operator).get((name, frozenset(labels.items())), 0.0)


def test_a_creation_is_told_by_few_events_that_kubectl_shows(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("told", account))
    cluster.until_ready("told", seconds=SECONDS)
    done = until_event(cluster, "told", lambda event: event["reason"] == "ProcessCompleted")
    assert done["type"] == "Normal"
    assert done["action"] == "Creation"
    assert done["reportingController"] == "tenantreseller.io/operator"
    assert done["note"].startswith("Creation completed, 9/9")
    # The copying takes a while here, so that the start and what was done before are told too.
    told = reasons(cluster, "told")
    assert told[0] == "ProcessStarted"
    assert len(told) <= 6
    notes = " ".join(event["note"] for event in events(cluster, "told"))
    assert "Create organization" in notes
    assert "Verify login" in notes
    text = (Path(__file__).parents[2] / "docs" / "observability.md").read_text().replace("northwind", "told")
    commands = re.search(r"```console\n(.*?)```", text, flags=re.DOTALL)
    assert commands is not None
    for command in commands[1].splitlines():
        shown = cluster.kubectl(*command.removeprefix("kubectl ").split())
        assert "ProcessCompleted" in shown, command
        assert "Creation completed, 9/9" in shown, command


def test_trouble_is_told_once_and_again_only_when_it_is_another(
    cluster: Cluster, operator: Operator, account: str
) -> None:
    cluster.secret("admin", password=WEAK)
    cluster.apply(
        reseller("weak", account, administrator={"userName": "maria", "passwordSecretRef": {"name": "admin"}})
    )
    told = until_event(cluster, "weak", lambda event: event["type"] == "Warning")
    assert told["reason"] == "PasswordTooWeak"
    assert told["note"].startswith("Create administrator: ")
    before = reasons(cluster, "weak")
    operator.stop()
    operator.start()
    cluster.annotate("weak", reconcile_at="again")
    cluster.until("weak", lambda seen: seen.status.get("lastHandledReconcileAt") == "again", seconds=SECONDS)
    cluster.secret("admin", password=STRONG)
    cluster.until_ready("weak", seconds=SECONDS)
    until_event(cluster, "weak", lambda event: event["reason"] == "ProcessCompleted")
    after = reasons(cluster, "weak")
    assert after.count("PasswordTooWeak") == 1
    assert after[: len(before)] == before


def test_a_restart_emits_nothing(cluster: Cluster, operator: Operator, account: str) -> None:
    cluster.apply(reseller("calm", account))
    cluster.until_ready("calm", seconds=SECONDS)
    until_event(cluster, "calm", lambda event: event["reason"] == "ProcessCompleted")
    before = reasons(cluster, "calm")
    operator.stop()
    operator.start()
    cluster.annotate("calm", reconcile_at="seen")
    cluster.until("calm", lambda seen: seen.status.get("lastHandledReconcileAt") == "seen", seconds=SECONDS)
    operator.stop()  # what was to be written is written by then
    operator.start()
    assert reasons(cluster, "calm") == before


def test_separate_invoices_are_told_not_to_be_retroactive(cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("invoiced", account))
    cluster.until_ready("invoiced", seconds=SECONDS)
    assert "NotRetroactive" not in reasons(cluster, "invoiced")
    cluster.change("invoiced", {"separateInvoices": True})
    told = until_event(cluster, "invoiced", lambda event: event["reason"] == "NotRetroactive")
    assert "from now on" in told["note"]


def test_a_deletion_is_told_after_the_object_has_gone(cluster: Cluster, fake: WatchedFake, account: str) -> None:
    # Several: that the object is gone may be seen before or after the answer that lets it go.
    names = [f"leaving-{number}" for number in range(8)]
    accounts = [fake.account(f"{account}-{name}", currency="EUR") for name in names]
    cluster.apply(*(reseller(name, code, deletionPolicy="Delete") for name, code in zip(names, accounts, strict=True)))
    cluster.until_all_ready(len(names), seconds=2 * SECONDS)
    cluster.kubectl("delete", "tenantresellers", "--all", "--timeout=120s")
    for name in names:
        told = until_event(cluster, name, lambda event: event["reason"] == "TenantRemoved")
        assert "purged" in told["note"]


def test_metrics_agree_with_what_was_done(
    cluster: Cluster, fake: WatchedFake, operator: Operator, account: str
) -> None:
    """Made by deltas: the operator works for all tests."""

    def counted(name: str, /, **labels: str) -> Callable[[], float]:
        before = value(operator, name, **labels)
        return lambda: value(operator, name, **labels) - before

    creations = counted("tenant_reseller_processes_total", type="Creation", outcome="completed")
    updates = counted("tenant_reseller_processes_total", type="Update", outcome="completed")
    durations = counted("tenant_reseller_process_duration_seconds_count", type="Creation")
    editions = counted("tenant_reseller_phase_duration_seconds_count", phase="Apply edition", outcome="done")
    calls = counted(
        "tenant_reseller_bss_requests_total", method="PUT", path="/organizations/{key}/edition", status="200"
    )
    premium = counted("tenant_reseller_resellers", edition="Premium", condition="Ready", status="True")
    visits = counted("controller_runtime_reconcile_total", controller="tenantreseller", result="success")
    errors = counted("controller_runtime_reconcile_errors_total", controller="tenantreseller")
    waits = counted("workqueue_queue_duration_seconds_count", name="tenantreseller")

    cluster.apply(reseller("one", account, edition="Premium"))
    cluster.apply(reseller("two", fake.account(f"{account}-b", currency="EUR"), edition="Premium"))
    cluster.until_all_ready(2, seconds=SECONDS)
    cluster.change("two", {"edition": "Basic"})
    cluster.until_ready("two", seconds=SECONDS)

    assert creations() == 2
    assert updates() == 1
    assert durations() == 2
    assert editions() == 3
    assert calls() == 3
    assert visits() >= 3
    assert errors() == 0
    assert waits() >= 3
    eventually(lambda: premium() == 1, seconds=SECONDS)
    assert value(operator, "workqueue_depth", name="tenantreseller") == 0
    assert value(operator, "controller_runtime_active_workers", controller="tenantreseller") == 0
    assert value(operator, "tenant_reseller_watch_idle_seconds", resource="tenantresellers") < SECONDS
    cluster.kubectl("delete", "tenantreseller", "one", "--timeout=60s")
    eventually(lambda: premium() == 0, seconds=SECONDS)


def test_labels_of_metrics_hold_nothing_of_any_object(cluster: Cluster, operator: Operator, account: str) -> None:
    cluster.apply(reseller("secretive", account))
    client_id = cluster.until_ready("secretive", seconds=SECONDS).client_id
    values = {label for _, labels in samples(operator) for _, label in labels}
    assert not {account, "secretive", client_id, cluster.namespace} & values
    assert not [label for label in values if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", label)]


def test_every_line_of_the_log_is_json_and_calls_are_found_in_the_log_of_the_bss(
    cluster: Cluster, fake: WatchedFake, operator: Operator, account: str
) -> None:
    cluster.apply(reseller("logged", account))
    seen = cluster.until_ready("logged", seconds=SECONDS)
    entries = [json.loads(line) for line in operator.daemon.log.read_text().splitlines()]
    assert all(entry.keys() <= FIELDS.keys() for entry in entries)
    assert any(entry["logger"].startswith("kopf") for entry in entries)
    ours = [entry for entry in entries if entry.get("uid") == seen.uid]
    assert all((entry["namespace"], entry["name"]) == (cluster.namespace, "logged") for entry in ours)
    (call,) = (entry for entry in ours if entry["message"].startswith("BSS PUT /organizations/{key}/edition"))
    assert call["process"] == seen.process["id"]
    assert call["process_type"] == "Creation"
    assert call["phase"] == "Apply edition"
    assert call["status"] == 200
    (line,) = (line for line in fake.daemon.log.read_text().splitlines() if f"request={call['request_id']}" in line)
    assert f"edition 200 request={call['request_id']} process={seen.process['id']}" in line


def test_no_secret_is_ever_logged_or_told(
    cluster: Cluster, fake: WatchedFake, operator: Operator, account: str
) -> None:
    """A BSS that fails in every way, a weak password, then a good one: the log at DEBUG holds neither, nor the key."""
    fake.trouble(
        {"kind": "ServerError", "probability": 0.15},
        {"kind": "AnswerLost", "probability": 0.1},
        {"kind": "NotJson", "probability": 0.1},
    )
    cluster.secret("admin", password=WEAK)
    cluster.apply(
        reseller("grim", account, administrator={"userName": "maria", "passwordSecretRef": {"name": "admin"}})
    )
    cluster.apply(reseller("generated", fake.account(f"{account}-b", currency="EUR")))
    cluster.until_told("grim", "AdministratorCreated", "PasswordTooWeak", seconds=SECONDS)
    cluster.secret("admin", password=STRONG)
    cluster.until_all_ready(2, seconds=2 * SECONDS)
    generated = cluster.read_secret("generated-admin")["password"]
    everything = operator.daemon.log.read_text() + cluster.kubectl("get", "events.events.k8s.io", "-o", "yaml")
    everything += json.dumps([list(map(str, key)) for key in samples(operator)])
    assert "grim" in everything
    for secret in (WEAK, STRONG, generated, fake.api_key.read_text().strip()):
        assert secret not in everything
