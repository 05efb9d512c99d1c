"""The devices' side of the meters' door: batches as columnar JSON, several in flight, sent again where that helps."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from cli.demo.line import Answer, Lines
from cli.demo.outgoing import Post, split
from cli.demo.tally import Tally
from cli.door import DoorError

MOST = 4_000
"""Readings a POST; the door takes 5,000."""
IN_FLIGHT = 40
"""POSTs at once: one of each enterprise."""
_PATIENCE_S = 60.0
_PAUSE_S = 0.5
_encoder = msgspec.json.Encoder()


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
    body: dict[str, Any] = {
        "columns": {
            "meter": meters if len(post.columns) > 1 else meters[0],
            "time": t.tolist(),
            "value": values,
        }
    }
    if reported_at is not None:
        body |= {"correction": True, "reported_at": reported_at.isoformat()}
    return _encoder.encode(body)


class Intake:
    """The meters' door. `credentials`: the device credential of each enterprise."""

    def __init__(self, base: str, credentials: dict[str, str], tally: Tally) -> None:
        self._lines = Lines(base)
        self._credentials = credentials
        self._tally = tally
        self._free = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, post: Post, reported_at: datetime | None = None) -> list[Sent]:
        """Push one batch (in parts, if it is long); answers when the door has taken it. Raises DoorError."""
        sent = []
        for part in split(post, MOST):
            answer = await self._deliver(part.enterprise, encode(part, reported_at), part.count)
            self._tally.sent(part.count)
            sent.append(Sent(part, str(answer["receipt"])))
        return sent

    async def receipt(self, enterprise: str, receipt: str) -> dict[str, Any]:
        """What became of a POST. Waits until the worker has worked it off."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        while True:
            answer = _checked(await self._lines.get(f"/v1/receipts/{receipt}", self._identity(enterprise)))
            if answer["state"] == "done":
                return answer
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"receipt {receipt} is still {answer['state']} after {_PATIENCE_S:.0f} s")
            await asyncio.sleep(0.05)

    async def raw(self, body: bytes, headers: dict[str, str]) -> int:
        """Whatever a broken device might send; the status of the answer."""
        return (await self._lines.post("/v1/readings", body, headers)).status

    async def _deliver(self, enterprise: str, body: bytes, count: int) -> dict[str, Any]:
        """Until it is taken: 429, 503 and a lost connection are cured by sending the same again (same keys)."""
        headers = {**self._identity(enterprise), "Content-Type": "application/json"}
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        async with self._free:
            while True:
                pause = _PAUSE_S
                try:
                    answer = await self._lines.post("/v1/readings", body, headers)
                    if answer.status not in (429, 503):
                        return _checked(answer)
                    pause = float(answer.headers.get("retry-after", _PAUSE_S))
                    failure: Exception = _error(answer)
                except OSError as lost:  # LineLost and TimeoutError too: it may have arrived
                    failure = lost
                    self._tally.uncertain += count
                if asyncio.get_running_loop().time() + pause > deadline:
                    raise failure
                self._tally.retries += 1
                await asyncio.sleep(pause)

    async def close(self) -> None:
        await self._lines.close()

    def _identity(self, enterprise: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._credentials[enterprise]}"}


def _checked(answer: Answer) -> dict[str, Any]:
    if 200 <= answer.status < 300:
        content: dict[str, Any] = msgspec.json.decode(answer.body)
        return content
    raise _error(answer)


def _error(answer: Answer) -> DoorError:
    try:
        problem = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        problem = {"title": "No problem+json", "detail": answer.body[:500].decode(errors="replace")}
    return DoorError(answer.status, problem)
