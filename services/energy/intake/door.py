"""The meters' endpoint (FastAPI): readings in, receipts out. No business rule: shape, identity, and a safe place.

202 is given only after the stream's acknowledgement. 4xx says what a person must put right; 429 and 503 say that the
same request, sent again, will do.
"""

import hashlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from opentelemetry.trace import SpanKind

from services.energy.intake import body as bodies
from services.energy.intake.credentials import Credentials, Device
from services.energy.intake.limits import FairShare
from services.energy.intake.openapi import RECEIPT, REQUEST, RESPONSES
from services.energy.intake.parse import Origin, parse
from services.energy.intake.publisher import Publisher
from services.energy.intake.settings import IntakeSettings
from services.energy.readings import receipts
from services.energy.readings.wire import Post, size
from shared import telemetry
from shared.asgi import OWN_SPANS_ONLY
from shared.http_headers import add_docs
from shared.http_limits import InHand, TokenBuckets, read_body, too_often
from shared.http_refusals import PublicPages, address, problem_response
from shared.outage import LOST
from shared.problems import Problem, not_found, unavailable
from shared.trace_share import TraceShare

_encode = msgspec.json.encode
log = structlog.get_logger(__name__)

PREFIX = "/v1/"
REALM = "readings"

ReadReceipt = Callable[[str, uuid.UUID], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Door:
    """What the endpoint needs."""

    settings: IntakeSettings
    credentials: Credentials
    publisher: Publisher
    read_receipt: ReadReceipt
    receipt_key: bytes
    now: Callable[[], datetime]
    in_hand: InHand
    fair_share: FairShare
    requests: TokenBuckets
    """Requests by enterprise."""
    addresses: TokenBuckets
    """Requests without a valid credential, by the sender's address."""


def create_app(door: Door) -> FastAPI:
    """The application; it owns nothing that needs closing."""
    app = FastAPI(
        title="Shengji: the meters' door (能耗数据采集)",
        version="1",
        description="Readings of energy meters in, receipts out.",
        docs_url=None,
        redoc_url=None,
        telemetry=OWN_SPANS_ONLY,
    )

    tracer, traces = telemetry.tracer(__name__), TraceShare(door.settings.traces_per_second)

    @app.post(
        "/v1/readings", status_code=202, openapi_extra=REQUEST, responses=RESPONSES, summary="Push readings"
    )
    async def push(request: Request) -> Response:
        """Take one enterprise's batch of 1 to 5,000 readings. The answer's receipt tells what became of each."""
        # Before any span: who has no credential writes nothing into our traces, whatever traceparent he sends.
        device = await _identify(door, request)
        parent = telemetry.context_from(request.headers.get("traceparent"))
        if parent is None and not traces.take():
            return _json(202, await _take(door, device, request, ""))
        with telemetry.served_span(tracer, "POST /v1/readings", kind=SpanKind.SERVER, parent=parent) as span:
            request.state.trace_id = telemetry.trace_id(span)
            taken = await _take(door, device, request, telemetry.inject_traceparent() or "")
            span.set_attribute("shengji.readings", taken["readings"])
            return _traced(_json(202, taken), request)

    @app.get("/v1/receipts/{receipt}", responses=RECEIPT, summary="What became of a batch")
    async def receipt(receipt: str, request: Request) -> Response:
        """Counts by outcome, and each reading that was not simply accepted. `pending`: not processed yet."""
        device = await _identify(door, request)
        return _json(200, await _receipt(door, device, receipt))

    add_docs(app)
    app.add_middleware(PublicPages, prefix=PREFIX, taken=door.addresses.take)

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return _traced(problem_response(error, REALM), request)

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def no_such_route(request: Request, error: Any) -> Response:
        status = error.status_code
        if request.url.path.startswith(PREFIX) and (wait := door.addresses.take(address(request.scope))):
            return problem_response(too_often(wait))
        detail = f"{request.method} {request.url.path} is not something this door knows."
        code = "not-found" if status == 404 else "method-not-allowed"
        answer = problem_response(Problem(status, code, "No such route", detail, remedy="See /docs."))
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer

    return app


async def _identify(door: Door, request: Request) -> Device:
    """The sender. Raises Problem 401; 429 when it, or an address without a valid credential, asks too often."""
    try:
        device = await door.credentials.check(request.headers.get("authorization"))
    except Problem as refused:
        if refused.status == 401 and (wait := door.addresses.take(address(request.scope))):
            raise too_often(wait) from refused
        raise
    if wait := door.requests.take(device.enterprise):
        raise too_often(wait)
    return device


async def _take(door: Door, device: Device, request: Request, traceparent: str) -> dict[str, Any]:
    """Read, check and publish one batch."""
    settings = door.settings
    _check_headers(request, settings.max_body_bytes)
    with door.in_hand.body(device.enterprise) as room:
        raw = await read_body(request.stream(), room, settings.max_body_bytes, settings.body_timeout)
        post, message_id = _read(door, device, request, raw, traceparent)
        # A publish may take ten seconds, and 5 kB of gzip unpack to 4 MB: only the columns wait for it.
        del raw
        room.hold(size(post))
        door.fair_share.take(device.enterprise, post.count)
        await door.publisher.publish(device.partition, post, message_id)
    receipt = uuid.UUID(bytes=post.receipt)
    return {
        "receipt": str(receipt),
        "readings": post.count,
        "status_url": f"/v1/receipts/{receipt}",
    }


def _read(
    door: Door, device: Device, request: Request, raw: bytes, traceparent: str
) -> tuple[Post, str | None]:
    """The POST in columns, and the message's id if the caller gave the request a key.

    Nothing is awaited here: beside what is counted as in hand, one unpacked body is in memory at a time.
    """
    zipped = request.headers.get("content-encoding", "identity").lower() == "gzip"
    plain = bodies.unpack(raw, door.settings.max_unpacked_bytes) if zipped else raw
    natural = _natural(request, device, plain)
    now = door.now()
    origin = Origin(
        enterprise=device.enterprise,
        receipt=receipts.new_id(door.receipt_key, device.enterprise, natural).bytes,
        received_at=int(now.timestamp()) * 1_000_000 + now.microsecond,
        traceparent=traceparent,
    )
    return parse(plain, origin), None if natural is None else hashlib.sha256(natural).hexdigest()


def _check_headers(request: Request, limit: int) -> None:
    """What can be refused before the body is read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(
            415,
            "not-json",
            "Unsupported media type",
            f"The body is {kind or 'of no declared type'}.",
            where="Content-Type",
            remedy="Send application/json.",
        )
    coding = request.headers.get("content-encoding", "identity").lower()
    if coding not in ("identity", "gzip"):
        raise Problem(
            415,
            "unknown-coding",
            "Unsupported content coding",
            f"The body is coded as {coding!r}.",
            where="Content-Encoding",
            remedy="Send it plain or as gzip.",
        )
    if (_length(request) or 0) > limit:
        raise bodies.too_large(limit)


def _length(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _natural(request: Request, device: Device, body: bytes) -> bytes | None:
    """The bytes by which a repeat is recognised as the same request; None if the caller gave no key.

    The body is part of it: the same key with another body is another request, and not lost as "seen before".
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= 200:
        raise Problem(
            400,
            "bad-key",
            "Bad Idempotency-Key",
            "It has 1 to 200 characters.",
            where="Idempotency-Key",
            remedy="Use, for example, a UUID.",
        )
    return b"\0".join((device.enterprise.encode(), key.encode(), hashlib.sha256(body).digest()))


async def _receipt(door: Door, device: Device, text: str) -> dict[str, Any]:
    try:
        receipt = uuid.UUID(text)
    except ValueError:
        raise not_found("receipt", text) from None
    if not receipts.is_ours(door.receipt_key, device.enterprise, receipt):
        raise not_found("receipt", text)
    try:
        found = await door.read_receipt(device.enterprise, receipt)
    except (*LOST, asyncpg.PostgresError) as error:
        log.error("receipts can't be read", error=repr(error))
        raise unavailable("Receipts can't be read at the moment.") from error
    if found is not None:
        return found
    return {
        "receipt": str(receipt),
        "state": "pending",
        "detail": "Stored and not processed yet (or processed more than 30 days ago).",
    }


def _traced(answer: Response, request: Request) -> Response:
    """Adds the id of the request's trace, if it has one: the id to quote when something looks wrong."""
    if (found := getattr(request.state, "trace_id", None)) is not None:
        answer.headers["X-Trace-Id"] = found
    return answer


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(_encode(content), status, media_type="application/json")
