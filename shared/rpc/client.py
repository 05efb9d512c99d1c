"""The gateway's side: a call is sent, and repeated under its id until it is answered or the time is up.

A service that already works on a call lets the repeat join it. A query that nobody waits for any more is cancelled.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from faststream.nats import NatsBroker
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from opentelemetry import propagate, trace

from shared import telemetry
from shared.broker import client
from shared.identity import Actor
from shared.problems import Problem, unavailable
from shared.rpc.message import GIVEN_UP, Call, Encoded
from shared.rpc.replies import Replies

_AGAIN_S = 3.0
"""Seconds of silence after which a call is sent again: its answer, or the call itself, may have been lost."""
_NOBODY_S = 0.1
_log = structlog.get_logger("rpc")
_tracer = trace.get_tracer("shengji.rpc")


class _Answer(msgspec.Struct):
    """A reply to a query as its caller needs it: the data stay as they were written."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    tag: str | None = None
    problem: msgspec.Raw = msgspec.Raw()  # empty: there is none. Raw | None would take nothing but null


_exact = msgspec.json.Decoder(float_hook=Decimal)  # an amount goes back to its caller as it was written


class Client:
    """The gateway's side: sends a call, repeats it under the same id, and answers or raises Problem."""

    def __init__(self, broker: NatsBroker) -> None:
        self._broker = broker
        self._replies = Replies(broker)

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
        attached: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """One operation's reply: `{"data": …}`, for a command also `"source"` and `"position"`.

        Repeats on silence and on "no responders" until `timeout` seconds have passed; then Problem 503
        with the id under which the caller may repeat.
        """
        command_id = command_id or uuid4().hex
        body_of_reply = await self._send(
            service, operation, body, actor, command_id, correlation_id, timeout, attached
        )
        reply: dict[str, Any] = _exact.decode(body_of_reply)
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
        attached: dict[str, Any] | None = None,
    ) -> Encoded:
        """A query's data, in the JSON that the service wrote. Repeats as `call` does.

        When the time is up, or this task is cancelled, the service is told that nobody waits any more.
        """
        query_id = uuid4().hex
        correlation_id = correlation_id or query_id
        answered = False
        try:
            raw = await self._send(
                service, operation, body, actor, query_id, correlation_id, timeout, attached
            )
            answered = True
        finally:
            if not answered:
                await self._give_up(service, query_id, actor)
        reply = msgspec.json.decode(raw, type=_Answer)
        if bytes(reply.problem):
            raise Problem.from_dict(_exact.decode(reply.problem))
        return Encoded(bytes(reply.data), reply.tag)

    async def _send(
        self,
        service: str,
        operation: str,
        body: dict[str, Any],
        actor: Actor,
        command_id: str,
        correlation_id: str,
        timeout: float,
        attached: dict[str, Any] | None = None,
    ) -> bytes:
        give_up = time.monotonic() + timeout
        with telemetry.served_span(
            _tracer,
            f"call {service} {operation}",
            kind=trace.SpanKind.CLIENT,
            attributes={"rpc.system": "nats", "rpc.service": service, "rpc.method": operation},
        ):
            carrier: dict[str, str] = {}
            propagate.inject(carrier)
            deadline = datetime.now(UTC) + timedelta(seconds=timeout)
            call = Call(command_id, actor, operation, body, deadline, correlation_id, carrier, attached or {})
            raw = call.encode()
            subject = f"rpc.{service}.{operation}"
            with self._replies.place() as place:
                while (left := give_up - time.monotonic()) > 0:
                    try:
                        await self._replies.open()
                        await client(self._broker).publish(subject, raw, reply=place.subject())
                        answer = await place.first(min(left, _AGAIN_S))
                    except TimeoutError:  # nats-py's own are of this kind too
                        continue
                    except MaxPayloadError as error:
                        raise _request_too_large() from error
                    except NatsError:  # the connection is being re-established
                        answer = None
                    if answer is not None:
                        return answer
                    await asyncio.sleep(min(left, _NOBODY_S))
        raise unavailable(
            f"The {service} service did not answer within {timeout:g} s; whether it acted is not known.",
            extra={"command_id": command_id},
        )

    async def _give_up(self, service: str, query_id: str, actor: Actor) -> None:
        """Tell every replica, outside the queue group: any of them may be working on the query."""
        try:
            raw = Call(query_id, actor, GIVEN_UP, {}).encode()
            await client(self._broker).publish(f"rpc.{service}.{GIVEN_UP}", raw)
        except NatsError as error:  # the deadline ends the work as well
            _log.info("that a query is given up could not be said", error=repr(error))


def _request_too_large() -> Problem:
    return Problem(
        413,
        "request-too-large",
        "The request is too large",
        "The request is larger than a service can be sent.",
        remedy="Send it in parts.",
    )
