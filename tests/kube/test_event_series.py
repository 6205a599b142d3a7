"""Repeated events on a real API server: one object whose count rises, written with the operator's own rights."""

from __future__ import annotations

import json

import pytest
from tenant_reseller.kube.api import KubeApi
from tenant_reseller.kube.connection import Connection
from tenant_reseller.kube.event_recorder import EventRecorder, Fate, Regarding
from tenant_reseller.signals.events import Event, EventType

from local.operator import Operator
from tests.cluster import Cluster
from tests.manifests import reseller

TROUBLE = Event(EventType.WARNING, "Unavailable", "Update", "The BSS is not available now.")


async def test_an_event_that_repeats_is_one_with_a_count(
    cluster: Cluster, operator: Operator, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.apply(reseller("flapping", account, paused=True))
    about = Regarding(cluster.namespace, "flapping", cluster.see("flapping").uid)
    monkeypatch.setenv("KUBECONFIG", str(operator.kubeconfig))
    connection = await Connection.load()
    now = 0.0
    fates: list[Fate] = []
    async with connection.session() as session:
        api = KubeApi(session, connection.server)
        recorder = EventRecorder(api, "test", per_second=1000, fate=fates.append, clock=lambda: now)
        for _ in range(3):
            recorder.record(about, TROUBLE)
            await recorder.finish()
            now += 61
        await api.finish_writes()

    assert fates.count(Fate.WRITTEN) == 3, fates
    (event,) = json.loads(cluster.kubectl("get", "events.events.k8s.io", "-o", "json"))["items"]
    assert event["series"]["count"] == 3
    assert event["note"] == TROUBLE.note
    shown = cluster.kubectl("describe", "tenantreseller", "flapping")
    assert "(x3 over" in shown
    assert TROUBLE.note in cluster.kubectl("events", "--for", "tenantreseller/flapping")
