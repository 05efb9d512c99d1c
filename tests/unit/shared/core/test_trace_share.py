"""Of many looks at a board some are traced; a command always is, and so is whoever brings a trace."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased
from opentelemetry.trace import Span, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.trace_share import QueriesShare

BROUGHT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def tracer() -> Tracer:
    return TracerProvider(ParentBased(QueriesShare(5))).get_tracer("test")


def begin(tracer: Tracer, method: str, traceparent: str | None = None) -> Span:
    parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent} if traceparent else {})
    return tracer.start_span("request", context=parent, attributes={"http.request.method": method})


def test_a_flood_of_queries_is_traced_in_part_and_each_has_an_id(tracer: Tracer) -> None:
    spans = [begin(tracer, "GET") for _ in range(200)]
    assert 5 <= sum(span.is_recording() for span in spans) < 50
    assert len({span.get_span_context().trace_id for span in spans}) == 200


def test_commands_and_what_brings_a_trace_are_traced_in_the_flood(tracer: Tracer) -> None:
    for _ in range(200):
        begin(tracer, "GET")
    assert begin(tracer, "POST").is_recording()
    assert begin(tracer, "GET", BROUGHT).is_recording()
