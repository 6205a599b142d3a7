"""Traces by OpenTelemetry: an optional extra, off unless `OTEL_EXPORTER_OTLP_ENDPOINT` says where they go.

The SDK reads the other `OTEL_*` variables by itself. While traces are off, nothing of OpenTelemetry is imported.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_CLOSE_SECONDS = 2.0
SERVICE = "tenant-reseller-operator"
_MISSING = (
    f"{ENDPOINTS[0]} asks for traces, and OpenTelemetry is not installed: install tenant-reseller-operator[otel], or "
    "remove the variable."
)

Attributes = Mapping[str, str | int]


class Span(Protocol):
    """A span under way."""

    def note(self, name: str, value: str | int) -> None:
        """Set an attribute that became known meanwhile."""
        ...


class Tracing(Protocol):
    """Makes spans."""

    def span(self, name: str, attributes: Attributes, *, remote: bool = False) -> AbstractContextManager[Span]:
        """A span while the context is entered, below the one that is current. An error that leaves it marks it.

        `remote`: it is a call to another program.
        """
        ...

    def inject(self, headers: MutableMapping[str, str]) -> None:
        """Add the current span's context to the headers of a call (`traceparent`)."""
        ...

    def close(self) -> None:
        """Send what is still held."""
        ...


class NoTracing:
    """Traces are off."""

    def __init__(self) -> None:
        self._nothing = nullcontext(_NoSpan())

    def span(self, name: str, attributes: Attributes, *, remote: bool = False) -> AbstractContextManager[Span]:
        """Nothing."""
        return self._nothing

    def inject(self, headers: MutableMapping[str, str]) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class _NoSpan:
    def note(self, name: str, value: str | int) -> None:
        pass


class _OpenTelemetrySpan:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, name: str, value: str | int) -> None:
        self._span.set_attribute(name, value)


class OpenTelemetryTracing:
    """Spans by a provider of the SDK."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry import propagate, trace

        self._provider = provider
        self._tracer = provider.get_tracer(SERVICE)
        self._trace = trace
        self._inject = propagate.inject

    @contextmanager
    def span(self, name: str, attributes: Attributes, *, remote: bool = False) -> Iterator[Span]:
        """A span while the context is entered."""
        kind = self._trace.SpanKind.CLIENT if remote else self._trace.SpanKind.INTERNAL
        # Of an error only its kind: its text may come from a hostile server.
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=dict(attributes), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _OpenTelemetrySpan(span)
            except BaseException as error:
                span.set_status(self._trace.StatusCode.ERROR, type(error).__name__)
                raise

    def inject(self, headers: MutableMapping[str, str]) -> None:
        """Add the current span's context."""
        self._inject(headers)

    def close(self) -> None:
        """Send what is still held, as far as a moment allows: a collector that is away must not delay the end."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(_CLOSE_SECONDS)


def tracing(environment: Mapping[str, str] = os.environ) -> Tracing:
    """Traces as the environment asks for them. Raises `ValueError` when they are wanted and cannot be had."""
    if not any(environment.get(name) for name in ENDPOINTS) or environment.get("OTEL_SDK_DISABLED") == "true":
        return NoTracing()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ValueError(_MISSING) from error
    # Resource.create prefers OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES when they are set.
    name = {} if environment.get("OTEL_SERVICE_NAME") else {"service.name": SERVICE}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OpenTelemetryTracing(provider)
