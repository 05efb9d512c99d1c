"""Simulated time: one clock that is stepped from outside and that every process follows.

The stream CLOCK holds the last step, so a second run doesn't go backwards. A step is complete when every
process has acknowledged it: `step` waits for all of them and names those that didn't.
"""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from shared.clock import SteppedClock
from shared.problems import Problem, unavailable

STREAM = "CLOCK"
SUBJECT = "clock.now"
ACKS = "clock.ack"  # clock.ack.<process>: each may say only its own
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_log = structlog.get_logger("clock")


async def follow(nc: Client, js: JetStreamContext, process: str) -> SteppedClock:
    """A clock that follows the CLOCK stream from its last step on; every step is acknowledged.

    Before the first step it stands at 1970-01-01, which no record should carry: callers that record
    wait until somebody has set the time.
    """
    clock = SteppedClock(_BEGINNING)

    async def stepped(message: Msg) -> None:
        step = json.loads(message.data)
        clock.set(datetime.fromisoformat(step["now"]))
        await nc.publish(f"{ACKS}.{process}", json.dumps({"process": process, "now": step["now"]}).encode())

    if (now := await standing(js)) is not None:
        clock.set(now)
    else:
        _log.info("the clock has not been set yet")
    await js.subscribe(
        SUBJECT,
        stream=STREAM,
        cb=stepped,
        ordered_consumer=True,
        config=ConsumerConfig(deliver_policy=DeliverPolicy.LAST, ack_policy=AckPolicy.NONE),
    )
    return clock


async def standing(js: JetStreamContext) -> datetime | None:
    """Where the simulated clock stands; None: nobody has set it."""
    try:
        last = await js.get_last_msg(STREAM, SUBJECT)
    except NotFoundError:
        return None
    return None if last.data is None else datetime.fromisoformat(json.loads(last.data)["now"])


async def step(
    nc: Client,
    js: JetStreamContext,
    clock: SteppedClock,
    moment: datetime,
    followers: Iterable[str],
    timeout: float = 10.0,
) -> None:
    """Set the time everywhere, and wait until every follower has it.

    Raises Problem 422 for a moment before the clock's, 503 naming the processes that didn't follow.
    """
    if moment < clock.now():
        raise Problem(
            422,
            "clock-goes-back",
            "The clock goes only forward",
            f"It stands at {clock.now().isoformat()}; {moment.isoformat()} is before that.",
            where="now",
            remedy="Give a later moment, or start over with an empty data folder.",
        )
    waiting = set(followers)
    done = asyncio.Event()
    if not waiting:
        done.set()

    async def acknowledged(message: Msg) -> None:
        ack = json.loads(message.data)
        if datetime.fromisoformat(ack["now"]) == moment:
            waiting.discard(ack["process"])
            if not waiting:
                done.set()

    subscription = await nc.subscribe(f"{ACKS}.*", cb=acknowledged)
    try:
        await nc.flush()
        body = json.dumps({"now": moment.isoformat()}).encode()
        await js.publish(SUBJECT, body, stream=STREAM, timeout=5)
        await asyncio.wait_for(done.wait(), timeout)
    except TimeoutError as error:
        raise unavailable(
            f"The clock's step was not acknowledged by {', '.join(sorted(waiting)) or 'the stream'}.",
            retry_after=2,
        ) from error
    finally:
        await subscription.unsubscribe()
