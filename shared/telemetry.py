"""Traces and metrics of one process: OTLP when `OTEL_EXPORTER_OTLP_ENDPOINT` is set, files otherwise.

Spans: one per unit of work, one per *batch* of messages with at most 64 links to where the messages came
from. Metric labels name streams, projections and outcomes, never a device or a person: each value of a label
is a time series of its own, for ever.
"""

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata as package_metadata

from opentelemetry import _logs, context, metrics, propagate, trace
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased
from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.problems import Problem
from shared.settings import Settings
from shared.trace_files import JsonLinesFile, MetricFileExporter, SpanFileExporter
from shared.trace_share import QueriesShare

MAX_LINKS = 64
ENDPOINT_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
FILE_METRICS_EVERY_MS = 15_000

# OpenTelemetry's own boundaries are meant for milliseconds: 7 ms would fall into the same bucket as 4.9 s.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
IN_SECONDS = View(
    instrument_type=Histogram,
    instrument_unit="s",
    aggregation=ExplicitBucketHistogramAggregation(_SECONDS),
)
"""How every histogram of a time is kept: all of ours are in seconds."""

Attributes = Mapping[str, str | bool | int | float]


END_S = 2.0
"""The longest that a process's end waits, in seconds, for a collector to take what is left."""


class Telemetry:
    """The providers of this process; `flush` hands over what they still hold."""

    def __init__(
        self, traces: TracerProvider, meters: MeterProvider, logs: LoggerProvider | None, process: str
    ) -> None:
        self.process = process
        self.traces = traces
        self.meters = meters
        self.logs = logs

    def flush(self) -> bool:
        """Hand over what is held, within `END_S`; whether all of it was taken. What a collector hasn't taken is lost.

        OpenTelemetry's own time limits don't hold: `force_flush` ignores its own, and each of three exporters repeats
        for ten seconds and more. So each runs in a thread that nobody waits for any longer.
        """
        providers = [self.traces, self.meters, *([self.logs] if self.logs is not None else [])]
        threads = [threading.Thread(target=_hand_over, args=(each,), daemon=True) for each in providers]
        for thread in threads:
            thread.start()
        until = time.monotonic() + END_S
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)


def _hand_over(provider: TracerProvider | MeterProvider | LoggerProvider) -> None:
    try:
        provider.force_flush()
    except Exception as error:  # of the SDK's own, for a reader that could not deliver
        logging.getLogger("opentelemetry").warning("not handed over", exc_info=error)


_installed: Telemetry | None = None


def setup(process: str, settings: Settings) -> Telemetry:
    """Install the providers, once per process; a second call returns the first one's.

    With an OTLP endpoint: traces, metrics and logs go there by HTTP. Without: spans and metrics go to
    JSON-lines files in `settings.trace_dir`, or nowhere if that isn't set. /metrics works in either case.
    """
    global _installed
    if _installed is not None:
        return _installed
    resource = Resource.create(
        {
            "service.name": f"shengji-{process}",
            "service.version": _version(),
            "deployment.environment.name": settings.environment,
            "shengji.clock": settings.clock,
        }
    )
    sampler = ParentBased(QueriesShare(settings.query_traces_per_second))
    # No provider shuts down at exit: each in turn would wait half a minute for a collector that is away.
    traces = TracerProvider(sampler, resource=resource, shutdown_on_exit=False)
    readers: list[MetricReader] = [PrometheusMetricReader()]
    logs: LoggerProvider | None = None
    if os.environ.get(ENDPOINT_VARIABLE):
        # Here and not above: the exporters take a third of a second to import, and files need none of it.
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
        logs = LoggerProvider(resource=resource, shutdown_on_exit=False)
        logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
        _logs.set_logger_provider(logs)
    elif settings.trace_dir is not None:
        settings.trace_dir.mkdir(parents=True, exist_ok=True)
        spans = JsonLinesFile(settings.trace_dir / f"{process}.spans.jsonl")
        points = JsonLinesFile(settings.trace_dir / f"{process}.metrics.jsonl")
        traces.add_span_processor(BatchSpanProcessor(SpanFileExporter(spans)))
        readers.append(
            PeriodicExportingMetricReader(
                MetricFileExporter(points), export_interval_millis=FILE_METRICS_EVERY_MS
            )
        )
    meters = MeterProvider(
        resource=resource, metric_readers=readers, views=[IN_SECONDS], shutdown_on_exit=False
    )
    trace.set_tracer_provider(traces)
    metrics.set_meter_provider(meters)
    _installed = Telemetry(traces, meters, logs, process)
    return _installed


def tracer(name: str) -> trace.Tracer:
    return trace.get_tracer(name)


def meter(name: str) -> metrics.Meter:
    return metrics.get_meter(name)


def prometheus_text() -> tuple[bytes, bytes]:
    """Content type and body of /metrics."""
    return CONTENT_TYPE_LATEST.encode(), generate_latest()


def inject_traceparent() -> str | None:
    """The current span as a W3C traceparent, or None outside of any."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


def context_from(traceparent: str | None) -> context.Context | None:
    """A context whose parent is `traceparent`; None when there is none or it is garbage."""
    if not traceparent:
        return None
    found = propagate.extract({"traceparent": traceparent})
    return found if trace.get_current_span(found).get_span_context().is_valid else None


def links_from(traceparents: Iterable[str | None]) -> list[Link]:
    """Links to the distinct spans named, the first 64: more would cost more than they tell."""
    links: list[Link] = []
    for traceparent in dict.fromkeys(t for t in traceparents if t):
        if len(links) == MAX_LINKS:
            break
        found = context_from(traceparent)
        if found is not None:
            links.append(Link(trace.get_current_span(found).get_span_context()))
    return links


@contextmanager
def batch_span(
    name: str,
    traceparents: Iterable[str | None],
    *,
    kind: SpanKind = SpanKind.CONSUMER,
    attributes: Attributes | None = None,
    scope: str = "shared",
) -> Iterator[Span]:
    """A span for a batch of messages, linked to the spans that the messages came from.

    When all of them came from one span the batch becomes its child: a command can be followed to its
    projection in one trace. Otherwise a batch has many parents, which only links can say.
    """
    links = links_from(traceparents)
    parent = None
    if len(links) == 1:
        span = trace.NonRecordingSpan(links[0].context)
        parent = trace.set_span_in_context(span)
    with tracer(scope).start_as_current_span(
        name, context=parent, kind=kind, links=links, attributes=dict(attributes or {})
    ) as current:
        yield current


@contextmanager
def served_span(
    tracer: trace.Tracer,
    name: str,
    *,
    kind: SpanKind,
    parent: context.Context | None = None,
    attributes: Attributes | None = None,
) -> Iterator[Span]:
    """A span of what somebody asked for. A refusal of what was asked (4xx) is no error of ours: the span says which."""
    with tracer.start_as_current_span(
        name,
        context=parent,
        kind=kind,
        attributes=dict(attributes or {}),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except Problem as problem:
            span.set_attribute("shengji.problem", problem.code)
            if problem.status >= 500:
                span.set_status(StatusCode.ERROR, problem.code)
            raise
        except Exception as error:
            span.record_exception(error)
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def trace_id(span: Span) -> str | None:
    """The id to look the span's trace up by; None if it isn't recorded."""
    found = span.get_span_context()
    return trace.format_trace_id(found.trace_id) if found.is_valid and span.is_recording() else None


def _version() -> str:
    try:
        return package_metadata.version("shengji")
    except package_metadata.PackageNotFoundError:
        return "unknown"
