"""Every guard against what the NATS libraries do by default, in one place (ADR 0013).

Each is proved against the real server in `tests/integration/messaging/test_broker.py`.
"""

import asyncio
import contextlib
import os
import signal
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import structlog
from faststream import AckPolicy
from faststream.nats import NatsBroker
from faststream.nats.security import NatsSecurity, NatsUserPassword
from nats import errors as nats_errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js import errors as js_errors
from nats.js.api import Header, PubAck

from shared.pull import ConsumerGone, PullReader
from shared.settings import Settings

ACK_TIMEOUT_S = 5.0  # nats-py's own default of 0.5 s is shorter than one slow fsync
PUBLISH_BUDGET_S = 30.0
BATCH_LIMIT = 1000  # nats-server's limit on messages in one atomic batch
STREAM_FULL = 10077  # nats-server: "maximum bytes exceeded", with code 503 though a repeat doesn't help
NACK_FIRST_S = 0.5
NACK_LONGEST_S = 60.0

log = structlog.get_logger(__name__)

# What a re-try may cure. A refusal by the server (wrong sequence, too large, no permission) is none of these.
TRANSIENT: tuple[type[BaseException], ...] = (
    TimeoutError,
    OSError,
    nats_errors.ConnectionClosedError,
    nats_errors.ConnectionReconnectingError,
    nats_errors.OutboundBufferLimitError,
    nats_errors.NoRespondersError,
    nats_errors.NoServersError,
    nats_errors.StaleConnectionError,
    js_errors.NoStreamResponseError,
    js_errors.ServiceUnavailableError,
)


class PublishError(Exception):
    """The message was not acknowledged within the budget. It may be stored all the same."""


class StreamFull(Exception):
    """The stream has no room (`discard: new`): nothing was stored; try again when its consumer has caught up."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message of an atomic batch."""

    subject: str
    payload: bytes
    headers: dict[str, str] = field(default_factory=dict)


class GuardedBroker(NatsBroker):
    """FastStream's broker that knows whether its connection was closed on purpose."""

    stopping = False

    async def stop(self, *args: Any, **kwargs: Any) -> None:
        """Drain and close; with the server away there is nothing to drain into, so only close."""
        self.stopping = True
        connection = self._connection
        try:
            await super().stop(*args, **kwargs)
        except (nats_errors.Error, OSError, TimeoutError) as error:
            log.warning("nats connection was closed without draining", error=repr(error))
            if connection is not None and not connection.is_closed:
                with contextlib.suppress(OSError):  # nats-py tries to write what is pending
                    await connection.close()


async def connect(
    settings: Settings, process: str, *, on_closed: Callable[[], None] | None = None
) -> GuardedBroker:
    """A connected broker. Reconnects for ever; a connection that closes for good ends the process.

    Handlers get AckPolicy.MANUAL: FastStream's default would TERM, i.e. lose, a message whose handler raises.
    The inbox prefix is the user's own, so that permissions can keep one service from another's replies.
    """
    broker: GuardedBroker

    last_error = ""

    async def closed() -> None:
        if not broker.stopping:
            log.critical("nats connection closed for good", process=process)
            (on_closed or _end_process)()

    async def disconnected() -> None:
        if not broker.stopping:
            log.warning("nats disconnected", process=process)

    async def reconnected() -> None:
        nonlocal last_error
        last_error = ""
        log.info("nats reconnected", process=process)

    async def on_error(error: Exception) -> None:
        nonlocal last_error
        if repr(error) != last_error:  # while the server is away the same one comes every second
            log.warning("nats error", process=process, error=repr(error))
        last_error = repr(error)

    options: dict[str, Any] = {}
    # TLS handshake first: otherwise nats-py would send the password in the clear to anybody in between who claims that
    # the server doesn't want TLS, even with tls://.
    tls = tls_context(settings)
    first = tls is not None
    if settings.nats_user is not None:
        password = settings.nats_password.get_secret_value() if settings.nats_password else ""
        options["security"] = NatsUserPassword(
            settings.nats_user, password, ssl_context=tls, tls_handshake_first=first
        )
    elif tls is not None:
        options["security"] = NatsSecurity(ssl_context=tls, tls_handshake_first=first)
    broker = GuardedBroker(
        settings.nats_url.split(","),
        name=process,
        ack_policy=AckPolicy.MANUAL,
        max_reconnect_attempts=-1,  # a limit would end in a spinning pull loop
        reconnect_time_wait=1,
        ping_interval=10,
        max_outstanding_pings=2,
        connect_timeout=5,
        inbox_prefix=inbox_prefix(settings.nats_user),
        closed_cb=closed,
        disconnected_cb=disconnected,
        reconnected_cb=reconnected,
        error_cb=on_error,
        logger=None,
        graceful_timeout=10.0,
        **options,
    )
    await broker.connect()
    return broker


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """How to speak TLS with NATS: whom to trust, and our own certificate if there is one. None: no TLS."""
    if settings.nats_tls_ca is None:
        return None
    context = ssl.create_default_context(cafile=settings.nats_tls_ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.nats_tls_cert is not None:
        context.load_cert_chain(settings.nats_tls_cert, settings.nats_tls_key)
    return context


def inbox_prefix(user: str | None) -> str:
    """Where replies to `user` go; its NATS permissions allow subscribing to `<prefix>.>` only."""
    return "_INBOX" if user is None else f"_INBOX_{user}"


def client(broker: NatsBroker) -> Client:
    """The connection underneath, for nats-py directly."""
    connection = broker._connection
    if connection is None:
        raise RuntimeError("the broker is not connected")
    return connection


def jetstream(broker: NatsBroker) -> JetStreamContext:
    """JetStream over the broker's connection, with a timeout that outlasts an fsync."""
    return client(broker).jetstream(timeout=ACK_TIMEOUT_S)


async def publish(
    js: JetStreamContext,
    stream: str,
    subject: str,
    payload: bytes,
    *,
    msg_id: str,
    headers: dict[str, str] | None = None,
    timeout_s: float = ACK_TIMEOUT_S,
    budget_s: float = PUBLISH_BUDGET_S,
) -> PubAck:
    """Publish until `stream` acknowledges, with the same `msg_id`, so that a repeat is stored once.

    For streams without a fence only: a domain stream is written by the relay alone. Raises PublishError when
    the budget is spent, StreamFull at once when there is no room, js_errors.APIError when the server refuses
    for another reason (too large, the subject belongs to another stream).
    """
    deadline = time.monotonic() + budget_s
    delay = 0.05
    while True:
        all_headers = {**(headers or {}), Header.MSG_ID.value: msg_id}
        try:
            return await js.publish(subject, payload, timeout=timeout_s, stream=stream, headers=all_headers)
        except TRANSIENT as error:
            if getattr(error, "err_code", None) == STREAM_FULL:
                raise StreamFull(f"{stream}: {error}") from error
            if time.monotonic() + delay >= deadline:
                raise PublishError(
                    f"{stream}: no acknowledgement within {budget_s:g} s: {error!r}"
                ) from error
            log.warning("publish is repeated", stream=stream, error=repr(error))
            await asyncio.sleep(delay)
            delay = min(delay * 2, 2.0)


async def publish_atomic(
    js: JetStreamContext,
    stream: str,
    messages: Sequence[Outgoing],
    *,
    expected_last: int | None = None,
    timeout_s: float = ACK_TIMEOUT_S,
) -> PubAck:
    """Store up to 1,000 messages in `stream`, all or none, in this order; the last one's acknowledgement.

    `expected_last`: refuse unless the stream's last sequence is this one. Not repeated here: after a timeout
    the batch may be stored, and only the caller knows how to find out. The stream needs `allow_atomic`.
    """
    if not 1 <= len(messages) <= BATCH_LIMIT:
        raise ValueError(f"{len(messages)} messages: an atomic batch holds 1 to {BATCH_LIMIT}")
    first = {Header.EXPECTED_STREAM.value: stream}
    if expected_last is not None:
        first[Header.EXPECTED_LAST_SEQUENCE.value] = str(expected_last)
    if len(messages) == 1:
        only = messages[0]
        return await js.publish(
            only.subject, only.payload, timeout=timeout_s, headers={**only.headers, **first}
        )
    nc = js._nc
    batch = token_hex(12)
    for number, message in enumerate(messages, start=1):
        headers = {
            **message.headers,
            Header.BATCH_ID.value: batch,
            Header.BATCH_SEQUENCE.value: str(number),
            **(first if number == 1 else {}),
        }
        if number < len(messages):
            await nc.publish(message.subject, message.payload, headers=headers)
        else:
            headers[Header.BATCH_COMMIT.value] = "1"
            ack = await js.publish(message.subject, message.payload, timeout=timeout_s, headers=headers)
            if ack.batch_size != len(messages):
                raise PublishError(f"{stream}: {ack.batch_size} of {len(messages)} messages were stored")
            return ack
    raise AssertionError("unreachable: the last message commits")


async def fetch(reader: PullReader, wait_s: float) -> list[Msg]:
    """The next batch of a durable consumer; [] when there is none, also while the consumer is away.

    The provisioner re-creates a durable that is gone; this waits for it instead of spinning or raising.
    """
    try:
        return await reader.next(wait_s)
    except ConsumerGone as gone:
        log.warning("consumer is away", reason=str(gone))
        reader.forget()
        await asyncio.sleep(min(1.0, wait_s))
        return []
    except TRANSIENT as error:
        log.warning("fetch failed", stream=reader.stream, error=repr(error))
        await asyncio.sleep(min(1.0, wait_s))
        return []


def nack_delay(deliveries: int) -> float:
    """Seconds until a message that failed `deliveries` times is tried again: 0.5, 1, 2 … 60."""
    exponent = min(max(deliveries, 1) - 1, 16)
    return float(min(NACK_LONGEST_S, NACK_FIRST_S * 2**exponent))


async def nack(msg: Msg) -> float:
    """Give a message back, to be delivered again after a delay that grows; returns the delay (s)."""
    delay = nack_delay(msg.metadata.num_delivered)
    await msg.nak(delay=delay)
    return delay


def _end_process() -> None:
    """Ask for an orderly end; the supervisor restarts the process."""
    os.kill(os.getpid(), signal.SIGTERM)
