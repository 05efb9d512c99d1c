"""A service's side: its operations by name, served so that every request gets a reply.

They carry their request and response types; `Operations.contract` writes them down as data, and the gateway
builds its public API from that data alone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal
from uuid import uuid4

import msgspec
import structlog
from faststream import StreamMessage
from faststream.nats import NatsBroker
from opentelemetry import propagate, trace
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared import telemetry
from shared.deadline import until
from shared.outage import is_outage, reason
from shared.problems import Problem, refused, unavailable
from shared.rpc.fields import invalid_fields
from shared.rpc.message import GIVEN_UP, MAX_REPLY_BYTES, Call, encode_result
from shared.rpc.routes import Route
from shared.rpc.schemas import Schemas
from shared.rpc.spans import check_spans
from shared.rpc.work import Work

_WORKERS = 32
_OUTAGE = "The service's database gave no answer; whether a command was carried out is not known."
_log = structlog.get_logger("rpc")
_tracer = trace.get_tracer("shengji.rpc")

Handler = Callable[[Call, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked by `name`. `request` is a pydantic model or a command (`shared.command`).

    Raises TypeError for a request whose limits can't hold (`shared.values`).
    """

    name: str
    kind: Literal["command", "query"]
    request: type[Any]
    response: type[BaseModel]
    summary: str
    handler: Handler
    description: str
    route: Route | None = None
    accepts: TypeAdapter[Any] = field(init=False)
    """Makes the request of a call's body. Built at start: what is wrong with it must not wait for the first call."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "accepts", TypeAdapter(self.request))


class Operations:
    """The operations of one service, by name. `bind` serves them on a broker.

    `refusal`: what the service's domain raises, also where a query asks it.
    """

    def __init__(self, service: str, refusal: type[Exception] | tuple[()] = ()) -> None:
        self.service = service
        self._refusal = refusal
        self.present: Callable[[Call, Any], Awaitable[Any]] | None = None
        """Makes an answer ready for its reader, e.g. with names beside references."""
        self._operations: dict[str, Operation] = {}
        self._work = Work()

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
            description = (handler.__doc__ or "").strip()
            self.add(Operation(name, kind, request, response, summary, handler, description))
            return handler

        return register

    def add(self, operation: Operation) -> None:
        """Register one. Raises ValueError for a name that is taken."""
        if operation.name in self._operations:
            raise ValueError(f"{self.service}: operation {operation.name!r} is registered twice")
        self._operations[operation.name] = operation

    def all(self) -> list[Operation]:
        """Every operation, by name."""
        return sorted(self._operations.values(), key=lambda operation: operation.name)

    def get(self, name: str) -> Operation:
        """The operation of that name. Raises KeyError."""
        return self._operations[name]

    def bind(self, broker: NatsBroker) -> None:
        """Serve every operation on `rpc.<service>.*`; replicas of a service share the queue group.

        The message that a call was given up goes to all replicas, outside the group: any of them may be working on it.
        """

        @broker.subscriber(
            f"rpc.{self.service}.*", queue=self.service, max_workers=_WORKERS, decoder=_as_it_came
        )
        async def answer(body: bytes) -> bytes:
            return await self.answer(body)

        @broker.subscriber(f"rpc.{self.service}.{GIVEN_UP}", decoder=_as_it_came)
        async def give_up(body: bytes) -> None:
            await self.answer(body)

    async def answer(self, raw: bytes) -> bytes:
        """The reply to one raw request, which is worked on once however often it comes. Never raises."""
        try:
            call = _decode(raw)
        except Problem as problem:
            return _problem(problem)
        if call.operation == GIVEN_UP:
            self._work.give_up(call)
            return b""
        operation = self._operations.get(call.operation)
        is_query = operation is not None and operation.kind == "query"
        answer = await self._work.join(raw, call, partial(self._answer, call, operation), ends=is_query)
        return answer if answer is not None else _problem(_given_up())

    async def _answer(self, call: Call, operation: Operation | None) -> bytes:
        try:
            if operation is None:
                raise Problem(
                    404,
                    "no-such-operation",
                    "No such operation",
                    f"{self.service}: {call.operation!r}",
                    remedy="Bring the service to the caller's release.",
                )
            encoded = await self._dispatch(call, operation)
            if len(encoded) > MAX_REPLY_BYTES:
                _log.error("reply too large", service=self.service, bytes=len(encoded))
                raise _too_large()
            return encoded
        except Problem as problem:
            return _problem(problem)
        except Exception as error:
            if is_outage(error):
                _log.warning("database outage", service=self.service, error=reason(error))
                return _problem(unavailable(_OUTAGE))
            reference = uuid4().hex[:12]
            _log.exception("operation failed", service=self.service, reference=reference)
            return _problem(_internal(reference))

    async def _dispatch(self, call: Call, operation: Operation) -> bytes:
        context = propagate.extract(call.trace)
        with telemetry.served_span(
            _tracer,
            f"{self.service} {operation.name}",
            parent=context,
            kind=trace.SpanKind.SERVER,
            attributes={"rpc.system": "nats", "rpc.service": self.service, "rpc.method": operation.name},
        ):
            if call.expired():
                # Nobody waits for the answer any more; to carry it out now would surprise.
                raise unavailable("The request's deadline had passed when it arrived.")
            try:
                request = operation.accepts.validate_python(call.body)
            except ValidationError as error:
                # The exception's text repeats what was sent, and a span would record it.
                raise invalid_fields(error, operation.request) from None
            if operation.kind == "query":
                check_spans(request)
            try:
                result = await _in_time(operation, call, request)
                result = await self._presented(call, operation, result)
            except Problem as problem:
                if (
                    problem.extra and operation.kind == "command"
                ):  # a conflict shows the thing as it stands now
                    problem.extra = await self._presented(call, operation, problem.extra)
                raise
            except self._refusal as refusal:  # of a query: a command's runner has made a problem of its own
                raise refused(refusal) from None
            return encode_result(result)

    async def _presented(self, call: Call, operation: Operation, result: Any) -> Any:
        """The answer as its reader is to have it. A command that was carried out is answered in any case."""
        if self.present is None:
            return result
        try:
            return await self.present(call, result)
        except Exception as error:
            if operation.kind == "query":
                raise
            _log.warning("answer not presented", operation=operation.name, error=reason(error))
            return result

    def contract(self) -> dict[str, Any]:
        """Every operation as data for the gateway, and the JSON Schemas that requests and responses refer to.

        Raises TwoSchemas where different models have one name: the document has one place for it.
        """
        operations: dict[str, Any] = {}
        schemas = Schemas()
        for operation in self.all():
            request, response = schemas.add(
                operation.name, operation.accepts, TypeAdapter(operation.response)
            )
            operations[operation.name] = {
                "kind": operation.kind,
                "summary": operation.summary,
                "description": operation.description,
                **({"route": operation.route.contract()} if operation.route else {}),
                "request": request,
                "response": response,
            }
        return {"service": self.service, "operations": operations, "schemas": schemas.by_name()}


def _decode(raw: bytes) -> Call:
    """Raises Problem 400."""
    try:
        return Call.decode(raw)
    except (ValueError, KeyError, TypeError, RecursionError, msgspec.DecodeError) as error:
        raise Problem(
            400,
            "malformed-call",
            "Malformed call",
            f"Not a call: {error}",
            remedy="Send it as shared.rpc.Client does.",
        ) from error


async def _in_time(operation: Operation, call: Call, request: Any) -> Any:
    """What the handler returns. A query's work ends at its deadline; a command that was begun is carried out."""
    if operation.kind == "command" or call.deadline is None:
        return await operation.handler(call, request)
    left = (call.deadline - datetime.now(UTC)).total_seconds()
    limit = asyncio.timeout(left)
    try:
        async with limit:
            with until(time.monotonic() + left):
                return await operation.handler(call, request)
    except TimeoutError as error:
        if not limit.expired():
            raise  # a TimeoutError of the handler's own
        raise _too_slow() from error


async def _as_it_came(message: StreamMessage[Any]) -> bytes:
    """The raw body: FastStream would parse it, and a body that can't be parsed would get no reply at all.

    Asking for the whole message instead makes FastStream fetch it through a thread, for every request.
    """
    return message.body


def _problem(problem: Problem) -> bytes:
    return b'{"problem":' + problem.encode() + b"}"


def _internal(reference: str) -> Problem:
    return Problem(
        500,
        "internal",
        "Internal error",
        f"Something failed that should not; the log has it under {reference}.",
        remedy="Repeat with the same Idempotency-Key; if it stays, tell the operators this reference.",
        extra={"reference": reference},
    )


def _given_up() -> Problem:
    return unavailable("Nobody waited for the answer any more.")


def _too_slow() -> Problem:
    return unavailable("The answer was not ready at the request's deadline.")


def _too_large() -> Problem:
    return Problem(
        413,
        "answer-too-large",
        "The answer is too large",
        f"The answer would be over {MAX_REPLY_BYTES} bytes.",
        remedy="Ask for a smaller page or a narrower filter.",
    )
