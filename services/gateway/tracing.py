"""A span per request, continued from the caller's traceparent, and the headers of every answer.

A caller without a valid token can't write into our traces, whatever traceparent it sends: its request gets a trace id
for the log, but no exported span.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_tracer = trace.get_tracer("shengji.gateway")
_CARRIED = frozenset((b"traceparent", b"tracestate", b"baggage"))


class Tracing:
    """ASGI middleware. Every answer names its trace id, so that a portal's user can report one number.

    `known`: whether the request's token is good.
    """

    def __init__(self, app: ASGIApp, known: Callable[[Scope], Awaitable[bool]]) -> None:
        self._app = app
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        parent = propagate.extract(
            {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"] if k in _CARRIED}
        )
        if not await self._known(scope):
            parent = _unrecorded(parent)
        attributes: dict[str, Any] = {"http.request.method": scope["method"]}
        name = f"{scope['method']} gateway"
        with _tracer.start_as_current_span(
            name, context=parent, kind=trace.SpanKind.SERVER, attributes=attributes
        ) as span:

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = MutableHeaders(scope=message)
                    headers["X-Content-Type-Options"] = "nosniff"
                    headers["X-Trace-Id"] = f"{span.get_span_context().trace_id:032x}"
                    span.set_attribute("http.response.status_code", message["status"])
                    if route := scope.get("route"):
                        span.set_attribute("http.route", getattr(route, "path", ""))
                        span.update_name(f"{scope['method']} {getattr(route, 'path', '')}")
                await send(message)

            await self._app(scope, receive, answer)


def _unrecorded(parent: Context) -> Context:
    """The same or a new trace context, marked as not sampled."""
    ids = RandomIdGenerator()
    brought = trace.get_current_span(parent).get_span_context()
    context = SpanContext(
        brought.trace_id or ids.generate_trace_id(),
        brought.span_id or ids.generate_span_id(),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.DEFAULT),
    )
    return trace.set_span_in_context(NonRecordingSpan(context))
