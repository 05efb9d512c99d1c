"""Telemetry: links are bounded, batches have the right parent, files are rotated."""

import json
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from shared import telemetry
from shared.problems import Problem
from shared.trace_files import JsonLinesFile, MetricFileExporter, SpanFileExporter

TRACE = "0af7651916cd43dd8448eb211c80319c"


def parent(number: int) -> str:
    return f"00-{TRACE}-{number:016x}-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What the process under test records, without touching the global provider."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer)
    return exporter


def test_a_batch_from_one_span_is_its_child(spans: InMemorySpanExporter):
    with telemetry.batch_span("work", [parent(1), parent(1), None]):
        pass
    (span,) = spans.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == f"{1:016x}"
    assert f"{span.context.trace_id:032x}" == TRACE


def test_a_batch_from_many_spans_links_to_at_most_64_of_them(spans: InMemorySpanExporter):
    with telemetry.batch_span("work", [parent(n) for n in range(1, 200)]):
        pass
    (span,) = spans.get_finished_spans()
    assert span.parent is None
    assert len(span.links) == telemetry.MAX_LINKS == 64


def test_a_traceparent_travels_and_garbage_does_not(spans: InMemorySpanExporter):
    with telemetry.batch_span("work", [parent(7)]) as span:
        carried = telemetry.inject_traceparent()
        assert carried is not None
        assert carried.split("-")[1] == TRACE
        found = telemetry.context_from(carried)
        assert trace.get_current_span(found).get_span_context().span_id == span.get_span_context().span_id
    assert telemetry.inject_traceparent() is None
    for garbage in (None, "", "00-xyz", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"):
        assert telemetry.context_from(garbage) is None
    assert telemetry.links_from(["garbage", None]) == []


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        (Problem(409, "conflict", "Conflict", "x"), False),
        (Problem(503, "away", "Away", "x"), True),
        (ValueError("x"), True),
    ],
)
def test_what_is_refused_is_no_error_of_ours(spans: InMemorySpanExporter, error: Exception, failed: bool):
    with (
        pytest.raises(type(error)),
        telemetry.served_span(telemetry.tracer("t"), "ask", kind=SpanKind.SERVER),
    ):
        raise error
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code is StatusCode.ERROR) == failed
    if isinstance(error, Problem):
        assert span.attributes is not None
        assert span.attributes["shengji.problem"] == error.code


def test_a_time_is_kept_in_buckets_of_its_size():
    reader = InMemoryMetricReader()
    meter = MeterProvider(metric_readers=[reader], views=[telemetry.IN_SECONDS]).get_meter("t")
    batch = meter.create_histogram("batch", unit="s")
    for _ in range(100):
        batch.record(0.0076)
    data = reader.get_metrics_data()
    assert data is not None
    point = data.resource_metrics[0].scope_metrics[0].metrics[0].data.data_points[0]
    assert isinstance(point, HistogramDataPoint)
    upper = next(
        bound for bound, count in zip(point.explicit_bounds, point.bucket_counts, strict=False) if count
    )
    assert upper <= 0.01, "the 99th percentile would read 4.95 s"


def test_spans_become_lines(tmp_path: Path):
    file = JsonLinesFile(tmp_path / "p.spans.jsonl")
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(SpanFileExporter(file)))
    tracer = provider.get_tracer("t")
    with tracer.start_as_current_span("outer"), tracer.start_as_current_span("inner", attributes={"n": 1}):
        pass
    inner, outer = [json.loads(line) for line in file.path.read_text().splitlines()]
    assert (inner["name"], inner["attributes"], inner["parent_id"]) == ("inner", {"n": 1}, outer["span_id"])
    assert inner["trace_id"] == outer["trace_id"]
    assert outer["parent_id"] is None


def test_metrics_become_lines(tmp_path: Path):
    reader = InMemoryMetricReader()
    meter = MeterProvider(metric_readers=[reader]).get_meter("t")
    meter.create_counter("things", unit="1").add(3, {"kind": "a"})
    meter.create_histogram("times", unit="s").record(0.5)
    data = reader.get_metrics_data()
    assert data is not None
    file = JsonLinesFile(tmp_path / "p.metrics.jsonl")
    MetricFileExporter(file).export(data)
    lines = {line["metric"]: line for line in map(json.loads, file.path.read_text().splitlines())}
    assert (lines["things"]["value"], lines["things"]["attributes"]) == (3, {"kind": "a"})
    assert lines["times"]["value"] == {"count": 1, "sum": 0.5}


def test_files_are_rotated_by_size_and_a_few_are_kept(tmp_path: Path):
    file = JsonLinesFile(tmp_path / "x.jsonl", max_bytes=100, keep=2)
    for number in range(30):
        file.write([{"number": number}])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.jsonl", "x.jsonl.1", "x.jsonl.2"]
    assert all(path.stat().st_size <= 100 for path in tmp_path.iterdir())
    assert json.loads(file.path.read_text().splitlines()[-1]) == {"number": 29}
