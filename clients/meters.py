"""A device's side of the meters' endpoint: sends a batch until it is acknowledged, and polls its receipt until the
worker has decided on it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import httpx

from clients.door import DoorError

T = TypeVar("T")

READINGS = "/v1/readings"
LONGEST_PAUSE_S = 10.0
_FIRST_PAUSE_S = 0.2
_COME_AGAIN = (429, 503)


class Asking(Protocol):
    """The two questions that a device asks: `clients.door.Door`, or `clients.line.LineDoor` where cost counts."""

    async def get(self, path: str) -> Any: ...
    async def post(self, path: str, body: Any) -> Any: ...


def columns(
    meter: str | Sequence[str], time: Sequence[Any], value: Sequence[Any], **options: Any
) -> dict[str, Any]:
    """A POST's body: one row a reading, or one meter's name for all. `options` beside them as the door takes them.

    Values as text lose no digit on the way.
    """
    return {**options, "columns": {"meter": meter, "time": time, "value": value}}


async def push(
    door: Asking, body: Any, *, patience_s: float, failed: Callable[[Exception], None] = lambda error: None
) -> str:
    """Send one batch until it is acknowledged; its receipt. Raises as `until_answered` does.

    Readings with the same keys count once, so a batch that may have arrived can be sent again.
    """
    answer = await until_answered(lambda: door.post(READINGS, body), patience_s=patience_s, failed=failed)
    return str(answer["receipt"])


async def outcome(door: Asking, receipt: str, *, patience_s: float) -> dict[str, Any]:
    """What became of a batch, once the worker has decided. Raises TimeoutError when it hasn't by then."""
    deadline, pause = asyncio.get_running_loop().time() + patience_s, 0.05
    while True:
        answer: dict[str, Any] = await door.get(f"/v1/receipts/{receipt}")
        if answer["state"] != "pending":
            return answer
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"receipt {receipt} is still pending after {patience_s:.0f} s")
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 2.0)


async def until_answered(
    ask: Callable[[], Awaitable[T]],
    *,
    patience_s: float,
    longest_pause_s: float = LONGEST_PAUSE_S,
    failed: Callable[[Exception], None] = lambda error: None,
) -> T:
    """Repeat the request while a repeat can help: after no answer at all, 429 or 503.

    `failed` is called with each failure. Raises the last failure after `patience_s` seconds, and any other DoorError at
    once, because it needs a person.
    """
    deadline, growing = asyncio.get_running_loop().time() + patience_s, _FIRST_PAUSE_S
    failure: Exception
    while True:
        try:
            return await ask()
        except DoorError as error:
            if error.status not in _COME_AGAIN:
                raise
            pause, failure = error.retry_after or growing, error
        except (httpx.TransportError, OSError) as error:  # LineLost and TimeoutError are OSErrors
            pause, failure = growing, error
        failed(failure)
        pause = min(pause, longest_pause_s)
        if asyncio.get_running_loop().time() + pause > deadline:
            raise failure
        await asyncio.sleep(pause)
        growing *= 2
