"""Commands and queries between the gateway and the services: request/reply over NATS, made exact.

Core NATS delivers at most once, so a command carries an id under which the service stores its answer; the
client repeats the same id until it has an answer or the time is up. Every handler always replies, errors
as a problem: a handler that raises in silence would leave its caller with a timeout.

A service's operations carry their request and response models; `Operations.contract` writes them down as
data, and the gateway builds its public API from that data alone.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import uuid4

import msgspec
import structlog
from faststream import StreamMessage
from faststream.nats import NatsBroker
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from nats.errors import TimeoutError as NatsTimeoutError
from opentelemetry import propagate, trace
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema
from pydantic_core import PydanticSerializationError

from shared.identity import Actor
from shared.outage import is_outage
from shared.problems import Problem, refused, unavailable

MAX_REPLY_BYTES = 512_000
_WORKERS = 32
_OUTAGE = "The service's database gave no answer; whether a command was carried out is not known."
_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)  # money and energy cross as they were written
_log = structlog.get_logger("rpc")
_tracer = trace.get_tracer("shengji.rpc")


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a service sees it. `body` is the raw JSON object, `deadline` is system time."""

    command_id: str
    actor: Actor
    operation: str
    body: dict[str, Any]
    deadline: datetime | None = None
    correlation_id: str = ""
    trace: dict[str, str] = field(default_factory=dict)

    def canonical_body(self) -> bytes:
        """The body as bytes that don't depend on the order of its keys."""
        return json.dumps(
            self.body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
        ).encode()

    def event_metadata(self) -> dict[str, Any]:
        """What every event of this command carries about its origin."""
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        return {
            "actor": self.actor.to_dict(),
            "command": self.operation,
            "command_id": self.command_id,
            "correlation_id": self.correlation_id or self.command_id,
            "causation_id": self.command_id,
            "traceparent": carrier.get("traceparent") or self.trace.get("traceparent"),
        }

    def expired(self) -> bool:
        return self.deadline is not None and datetime.now(UTC) > self.deadline

    def encode(self) -> bytes:
        """As JSON; a Decimal in the body stays an exact number."""
        return _encoder.encode(
            {
                "command_id": self.command_id,
                "actor": self.actor.to_dict(),
                "operation": self.operation,
                "deadline": self.deadline,
                "correlation_id": self.correlation_id,
                "trace": self.trace,
                "body": self.body,
            }
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Call":
        """Raises ValueError, KeyError, TypeError or msgspec.DecodeError on anything that isn't a call."""
        message = _decoder.decode(raw)
        if not isinstance(message, dict) or not isinstance(message.get("body"), dict):
            raise TypeError("neither it nor its body may be anything but an object")
        deadline = datetime.fromisoformat(message["deadline"]) if message.get("deadline") else None
        if deadline is not None and deadline.tzinfo is None:
            raise ValueError("the deadline has no UTC offset")
        if _has_nul(message["body"]):
            raise ValueError("a text holds the character U+0000, which no text may")
        return cls(
            str(message["command_id"]),
            Actor.from_dict(message["actor"]),
            str(message["operation"]),
            message["body"],
            deadline,
            str(message.get("correlation_id", "")),
            dict(message.get("trace", {})),
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command: its data, and the position of the service's log after it."""

    data: Any
    source: str
    position: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A query's data as JSON already: for an answer that is made once and given many times."""

    data: bytes

    @classmethod
    def of(cls, model: BaseModel) -> "Encoded":
        """Write a response model down."""
        return cls(_model_json(model))


class _Answer(msgspec.Struct):
    """A reply to a query as its caller needs it: the data stay as they were written."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    problem: dict[str, Any] | None = None


Handler = Callable[[Call, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    kind: Literal["command", "query"]
    request: type[BaseModel]
    response: type[BaseModel]
    summary: str
    handler: Handler


class Operations:
    """The operations of one service, by name. `bind` serves them on a broker.

    `refusal`: what the service's domain raises, also where a query asks it.
    """

    def __init__(self, service: str, refusal: type[Exception] | tuple[()] = ()) -> None:
        self.service = service
        self._refusal = refusal
        self._operations: dict[str, Operation] = {}

    def command(
        self, name: str, *, request: type[BaseModel], response: type[BaseModel], summary: str
    ) -> Callable[[Handler], Handler]:
        """Register `async (Call, request) -> Reply`; the reply's data must fit `response`."""
        return self._register("command", name, request, response, summary)

    def query(
        self, name: str, *, request: type[BaseModel], response: type[BaseModel], summary: str
    ) -> Callable[[Handler], Handler]:
        """Register `async (Call, request) -> response model, dict, or Encoded`."""
        return self._register("query", name, request, response, summary)

    def _register(
        self,
        kind: Literal["command", "query"],
        name: str,
        request: type[BaseModel],
        response: type[BaseModel],
        summary: str,
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            if name in self._operations:
                raise ValueError(f"{self.service}: operation {name!r} is registered twice")
            self._operations[name] = Operation(name, kind, request, response, summary, handler)
            return handler

        return register

    def all(self) -> list[Operation]:
        """Every operation, by name."""
        return sorted(self._operations.values(), key=lambda operation: operation.name)

    def get(self, name: str) -> Operation:
        """The operation of that name. Raises KeyError."""
        return self._operations[name]

    def bind(self, broker: NatsBroker) -> None:
        """Serve every operation on `rpc.<service>.*`; replicas of a service share the queue group."""

        @broker.subscriber(
            f"rpc.{self.service}.*", queue=self.service, max_workers=_WORKERS, decoder=_as_it_came
        )
        async def answer(body: bytes) -> bytes:
            return await self.answer(body)

    async def answer(self, raw: bytes) -> bytes:
        """The reply to one raw request. Never raises."""
        try:
            encoded = await self._dispatch(raw)
            if len(encoded) > MAX_REPLY_BYTES:
                _log.error("reply too large", service=self.service, bytes=len(encoded))
                raise _too_large()
            return encoded
        except Problem as problem:
            return _json({"problem": problem.to_dict()})
        except self._refusal as refusal:  # of a query: a command's runner has made a problem of its own
            return _json({"problem": refused(refusal).to_dict()})
        except Exception as error:
            if is_outage(error):
                _log.warning("database outage", service=self.service, error=repr(error)[:500])
                return _json({"problem": unavailable(_OUTAGE).to_dict()})
            reference = uuid4().hex[:12]
            _log.exception("operation failed", service=self.service, reference=reference)
            return _json({"problem": _internal(reference).to_dict()})

    async def _dispatch(self, raw: bytes) -> bytes:
        try:
            call = Call.decode(raw)
        except (ValueError, KeyError, TypeError, RecursionError, msgspec.DecodeError) as error:
            raise Problem(400, "malformed-call", "Malformed call", f"Not a call: {error}") from error
        operation = self._operations.get(call.operation)
        if operation is None:
            raise Problem(
                404, "no-such-operation", "No such operation", f"{self.service}: {call.operation!r}"
            )
        context = propagate.extract(call.trace)
        with _tracer.start_as_current_span(
            f"{self.service} {operation.name}",
            context=context,
            kind=trace.SpanKind.SERVER,
            attributes={"rpc.system": "nats", "rpc.service": self.service, "rpc.method": operation.name},
        ) as span:
            if call.expired():
                # Nobody waits for the answer any more; to carry it out now would surprise.
                raise unavailable("The request's deadline had passed when it arrived.")
            try:
                request = operation.request.model_validate(call.body)
            except ValidationError as error:
                raise invalid_fields(error) from None  # its text repeats what was sent, and spans keep texts
            try:
                result = await operation.handler(call, request)
            except Problem as problem:
                span.set_attribute("shengji.problem", problem.code)
                raise
            return _encode(result)

    def contract(self) -> dict[str, Any]:
        """Every operation with its request and response JSON Schemas, as data for the gateway."""
        operations: dict[str, Any] = {}
        for operation in self.all():
            schemas, definitions = models_json_schema(
                [(operation.request, "validation"), (operation.response, "serialization")],
                ref_template="#/components/schemas/{model}",
            )
            operations[operation.name] = {
                "kind": operation.kind,
                "summary": operation.summary,
                "description": (operation.handler.__doc__ or "").strip(),
                "request": schemas[(operation.request, "validation")],
                "response": schemas[(operation.response, "serialization")],
                "schemas": definitions.get("$defs", {}),
            }
        return {"service": self.service, "operations": operations}


async def _as_it_came(message: StreamMessage[Any]) -> bytes:
    """FastStream would parse the body, and an unfit one would get no reply at all.

    Asking for the whole message instead makes FastStream fetch it through a thread, for every request.
    """
    return message.body


class Client:
    """The gateway's side: sends a call, repeats it under the same id, and answers or raises Problem."""

    def __init__(self, broker: NatsBroker) -> None:
        self._broker = broker

    async def call(
        self,
        service: str,
        operation: str,
        body: dict[str, Any],
        actor: Actor,
        *,
        command_id: str | None = None,
        correlation_id: str = "",
        timeout: float = 10.0,
    ) -> dict[str, Any]:
        """One operation's reply: `{"data": …}`, for a command also `"source"` and `"position"`.

        Repeats on silence and on "no responders" until `timeout` seconds have passed; then Problem 503
        with the id under which the caller may repeat.
        """
        command_id = command_id or uuid4().hex
        body_of_reply = await self._send(service, operation, body, actor, command_id, correlation_id, timeout)
        reply: dict[str, Any] = json.loads(body_of_reply)
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        return reply

    async def query(
        self,
        service: str,
        operation: str,
        body: dict[str, Any],
        actor: Actor,
        *,
        correlation_id: str = "",
        timeout: float = 10.0,
    ) -> bytes:
        """A query's data, in the JSON that the service wrote. Repeats as `call` does."""
        query_id = uuid4().hex
        correlation_id = correlation_id or query_id
        raw = await self._send(service, operation, body, actor, query_id, correlation_id, timeout)
        reply = msgspec.json.decode(raw, type=_Answer)
        if reply.problem is not None:
            raise Problem.from_dict(reply.problem)
        return bytes(reply.data)

    async def _send(
        self,
        service: str,
        operation: str,
        body: dict[str, Any],
        actor: Actor,
        command_id: str,
        correlation_id: str,
        timeout: float,
    ) -> bytes:
        give_up = time.monotonic() + timeout
        with _tracer.start_as_current_span(
            f"call {service} {operation}",
            kind=trace.SpanKind.CLIENT,
            attributes={"rpc.system": "nats", "rpc.service": service, "rpc.method": operation},
        ):
            carrier: dict[str, str] = {}
            propagate.inject(carrier)
            deadline = datetime.now(UTC) + timedelta(seconds=timeout)
            call = Call(command_id, actor, operation, body, deadline, correlation_id, carrier)
            raw = call.encode()
            while (left := give_up - time.monotonic()) > 0:
                try:
                    message = await self._broker.request(
                        raw, f"rpc.{service}.{operation}", timeout=min(left, 3.0)
                    )
                except (NatsTimeoutError, TimeoutError):
                    continue
                except MaxPayloadError as error:
                    raise _request_too_large() from error
                except NatsError:  # nobody answers, or the connection is being made anew
                    await asyncio.sleep(min(left, 0.1))
                    continue
                return message.body
        raise unavailable(
            f"The {service} service did not answer within {timeout:g} s; whether it acted is not known.",
            extra={"command_id": command_id},
        )


def invalid_fields(error: ValidationError) -> Problem:
    """A validation error as one problem that lists every field: where, why."""
    errors = [
        {"where": ".".join(str(part) for part in item["loc"]) or "body", "why": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = errors[0]
    return Problem(
        422,
        "invalid",
        "Invalid request",
        f"{first['where']}: {first['why']}" + (f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""),
        where=first["where"],
        remedy="Correct the fields named under errors; /docs shows each operation's shape and an example.",
        errors=errors[:50],
    )


def _has_nul(value: Any) -> bool:
    """PostgreSQL stores no U+0000 in a text: say so at the door, not as an error of the database."""
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
        case list():
            return any(_has_nul(item) for item in value)
        case _:
            return False


def _encode(result: Any) -> bytes:
    data = result.data if isinstance(result, (Reply, Encoded)) else result
    if isinstance(data, BaseModel):
        data = _model_json(data)
    elif not isinstance(data, bytes):
        data = _json(data)
    reply: dict[str, Any] = {"data": msgspec.Raw(data)}
    if isinstance(result, Reply):
        reply |= {"source": result.source, "position": result.position}
    return _encoder.encode(reply)


def _model_json(model: BaseModel) -> bytes:
    try:
        return model.model_dump_json().encode()
    except (
        PydanticSerializationError
    ):  # half a surrogate pair, from whoever stored it: an answer all the same
        return _json(model.model_dump(mode="json"))


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")


def _internal(reference: str) -> Problem:
    return Problem(
        500,
        "internal",
        "Internal error",
        f"Something failed that should not; the log has it under {reference}.",
        remedy="Repeat with the same Idempotency-Key; if it stays, tell the operators this reference.",
        extra={"reference": reference},
    )


def _too_large() -> Problem:
    return Problem(
        413,
        "answer-too-large",
        "The answer is too large",
        f"The answer would be over {MAX_REPLY_BYTES} bytes.",
        remedy="Ask for a smaller page or a narrower filter.",
    )


def _request_too_large() -> Problem:
    return Problem(
        413,
        "request-too-large",
        "The request is too large",
        "The request is larger than a service can be sent.",
        remedy="Send it in parts.",
    )
