"""A span per request, continued from the caller's traceparent, and the headers that every answer has."""

from typing import Any

from opentelemetry import propagate, trace
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_tracer = trace.get_tracer("shengji.gateway")
_CARRIED = frozenset((b"traceparent", b"tracestate", b"baggage"))


class Tracing:
    """ASGI middleware. The answer names its trace, so that a portal's user can report one number."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        parent = propagate.extract(
            {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"] if k in _CARRIED}
        )
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
