"""Traces: a span per visit, per phase and per call to the BSS, which gets their context; nothing at all when off."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.errors import ProvisioningError
from tenant_provisioning.fake.faults import Fault, FaultKind
from tenant_provisioning.fake.server import FakeServer
from tenant_provisioning.watching import Call
from tenant_reseller.deadline import Deadline
from tenant_reseller.observe import Observer
from tenant_reseller.reconcile import Next, Reconciler
from tenant_reseller.signals.metrics import Metrics
from tenant_reseller.signals.probe import Probe
from tenant_reseller.signals.tracing import NoTracing, OpenTelemetryTracing, tracing

from .stage import Stage


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def probe(exporter: InMemorySpanExporter) -> Probe:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Probe(Metrics(), OpenTelemetryTracing(provider))


def children(spans: tuple[ReadableSpan, ...], parent: ReadableSpan) -> list[str]:
    ours = parent.context
    assert ours is not None
    return [span.name for span in spans if span.parent is not None and span.parent.span_id == ours.span_id]


async def test_a_visit_has_phases_and_these_have_calls(exporter: InMemorySpanExporter, probe: Probe) -> None:
    stage = Stage()
    async with FakeServer() as fake, TenantProvisioningClient(fake.url, "operator-key", watch=probe.call) as bss:
        observer = Observer(bss, stage.cluster, cluster_id="cluster", fingerprint_key=b"k" * 32)
        reconciler = Reconciler(bss, stage.cluster, observer, deadline=Deadline(timedelta(hours=1)), probe=probe)
        subject = stage.subject
        with probe.visit(subject):
            visit = await reconciler.visit(subject, slot=True, superseded=lambda: False, report=lambda make: None)
    assert visit.next is Next.SETTLED
    spans = exporter.get_finished_spans()
    (root,) = (span for span in spans if span.parent is None)
    assert root.name == "visit"
    assert root.attributes is not None
    assert root.attributes["tenant_reseller.name"] == "northwind"
    phases = [name for name in children(spans, root) if "/" not in name]
    assert phases[:3] == ["Create organization", "Apply edition", "Apply locale"]
    assert phases[-1] == "Verify login"
    (edition,) = (span for span in spans if span.name == "Apply edition")
    assert children(spans, edition) == ["PUT /organizations/{key}/edition"]
    (call,) = (span for span in spans if span.name == "PUT /organizations/{key}/edition")
    assert call.kind is SpanKind.CLIENT
    assert call.attributes is not None
    assert call.attributes["http.response.status_code"] == 200
    assert len({span.context.trace_id for span in spans if span.context}) == 1


async def test_the_bss_gets_the_context_of_its_call(exporter: InMemorySpanExporter, probe: Probe) -> None:
    call = Call("GET", "/", "r-1", None)
    with probe.call(call):
        assert set(call.headers) == {"traceparent"}
    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    version, trace_id, span_id, _ = call.headers["traceparent"].split("-")
    assert version == "00"
    assert (int(trace_id, 16), int(span_id, 16)) == (span.context.trace_id, span.context.span_id)


async def test_an_error_marks_the_span_and_tells_only_its_kind(exporter: InMemorySpanExporter, probe: Probe) -> None:
    async with FakeServer() as fake, TenantProvisioningClient(fake.url, "operator-key", watch=probe.call) as bss:
        fake.faults.replace([Fault(kind=FaultKind.SERVER_ERROR)])
        with pytest.raises(ProvisioningError):
            await bss.account("R-1001")
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "ServerError"
    assert not span.events
    assert span.attributes is not None
    assert span.attributes["http.response.status_code"] == 500
    assert "R-1001" not in span.to_json()
    assert "operator-key" not in span.to_json()


def test_traces_are_off_unless_there_is_an_address() -> None:
    assert isinstance(tracing({}), NoTracing)
    assert isinstance(tracing({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}), NoTracing)
    headers: dict[str, str] = {}
    tracing({}).inject(headers)
    assert headers == {}


class Collector(HTTPServer):
    """Takes what is sent to it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        super().__init__(("127.0.0.1", 0), Handler)


def test_spans_arrive_at_the_collector_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
        made = tracing()
        with made.span("visit", {"tenant_reseller.name": "northwind"}):
            pass
        made.close()
        collector.shutdown()
        thread.join()
    ((path, body),) = collector.taken
    assert path == "/v1/traces"
    for text in (b"tenant-reseller-operator", b"visit", b"northwind"):
        assert text in body


def test_nothing_of_open_telemetry_is_loaded_while_traces_are_off() -> None:
    code = (
        "import sys; import tenant_reseller.kube.operator; from tenant_reseller.signals.tracing import tracing; "
        "tracing({}); sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ValueError, match=r"tenant-reseller-operator\[otel\]"):
        tracing({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
