"""The devices' side of the meters' endpoint: batches as columnar JSON, several in flight, sent again where that
helps."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import numpy as np

from clients.door import DoorError
from clients.line import LineDoor, Lines, request
from clients.meters import READINGS, columns, outcome, push
from demo.outgoing import Post, split
from demo.tally import Tally

MOST = 4_000
"""Readings per POST; the endpoint takes up to 5,000."""
IN_FLIGHT = 40
"""POSTs at once: one of each enterprise."""
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A POST that was acknowledged: the stream has it on disk."""

    post: Post
    receipt: str


def encode(post: Post, reported_at: datetime | None = None) -> bytes:
    """The body. `reported_at`: when a person reported the correction; None: it is what was measured."""
    meters: list[str] = []
    for column in post.columns:
        meters += [column.meter] * len(column.t)
    t = np.concatenate([column.t for column in post.columns])
    v = np.concatenate([column.v for column in post.columns])
    # Three decimals below 2^33 survive the way through a double and back.
    values: list[float] = (v / 1000).tolist()
    body = columns(meters if len(post.columns) > 1 else meters[0], t.tolist(), values)
    if reported_at is not None:
        body |= {"correction": True, "reported_at": reported_at.isoformat()}
    return msgspec.json.encode(body)


class Intake:
    """Client of the meters' endpoint. `credentials`: the device credential of each enterprise."""

    def __init__(self, base: str, credentials: dict[str, str], tally: Tally) -> None:
        self._lines = Lines(base)
        self._credentials = credentials
        self._tally = tally
        self._free = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, post: Post, reported_at: datetime | None = None) -> list[Sent]:
        """Push one batch (in parts, if it is long); returns when the endpoint has acknowledged it. Raises DoorError."""
        sent = []
        for part in split(post, MOST):
            async with self._free:
                receipt = await push(
                    self._door(part.enterprise),
                    encode(part, reported_at),
                    patience_s=_PATIENCE_S,
                    failed=partial(self._note, part.count),
                )
            self._tally.sent(part.count)
            sent.append(Sent(part, receipt))
        return sent

    def _note(self, count: int, failure: Exception) -> None:
        self._tally.retries += 1
        if not isinstance(failure, DoorError):  # it may have arrived
            self._tally.uncertain += count

    async def receipt(self, enterprise: str, receipt: str) -> dict[str, Any]:
        """What became of a POST. Waits until the worker has worked it off."""
        return await outcome(self._door(enterprise), receipt, patience_s=_PATIENCE_S)

    async def raw(self, body: bytes, headers: dict[str, str]) -> int:
        """Whatever a broken device might send; the status of the answer."""
        return (await self._lines.ask(request("POST", READINGS, None, body, headers))).status

    def close(self) -> None:
        """Close its connections."""
        self._lines.close()

    def _door(self, enterprise: str) -> LineDoor:
        return LineDoor(self._lines, self._credentials[enterprise])
