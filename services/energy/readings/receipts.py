"""Receipts (回执): what became of each POST, one row in the batch's transaction, kept 30 days."""

import hashlib
import hmac
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from secrets import token_bytes
from typing import Any

import msgspec
import numpy as np

from services.energy.readings.arrivals import (
    ACCEPTED,
    OUTCOMES,
    QUARANTINED,
    REASONS,
    Arrivals,
    Quarantine,
)
from services.energy.readings.memory import Connection, moment
from services.energy.readings.totals import NO_RECEIPTS, Receipts
from services.energy.readings.wire import Post

KEPT = timedelta(days=30)
_OWN_BYTES = 11


def new_id(key: bytes, enterprise: str, natural: bytes | None = None) -> uuid.UUID:
    """A receipt's id. Only somebody with `key` can make one, so that a made-up id can be distinguished from a pending
    one.

    `natural` (what makes a request the same request) gives the same id each time; without it the id is random.
    """
    own = token_bytes(_OWN_BYTES) if natural is None else hashlib.sha256(natural).digest()[:_OWN_BYTES]
    return uuid.UUID(bytes=own + _seal(key, enterprise, own))


def is_ours(key: bytes, enterprise: str, receipt: uuid.UUID) -> bool:
    """Whether that id was given out to that enterprise."""
    own, seal = receipt.bytes[:_OWN_BYTES], receipt.bytes[_OWN_BYTES:]
    return hmac.compare_digest(seal, _seal(key, enterprise, own))


def _seal(key: bytes, enterprise: str, own: bytes) -> bytes:
    return hmac.digest(key, enterprise.encode() + b"\0" + own, "sha256")[: 16 - _OWN_BYTES]


def columns(arrivals: Arrivals) -> Receipts:
    """The receipts of a batch. Readings released from quarantine get none: their POST has its receipt already."""
    rows = [row for number, row in enumerate(_rows(arrivals)) if not arrivals.posts[number].release_at]
    return Receipts(*map(list, zip(*rows, strict=True))) if rows else NO_RECEIPTS


async def end(conn: Connection, post: Post, now: datetime) -> None:
    """Write the receipt of a POST that is set aside as a whole, so that no device waits for it for ever."""
    runs = [(0, post.count - 1, OUTCOMES[QUARANTINED], Quarantine.UNWORKABLE.value)]
    await conn.execute(
        "INSERT INTO receipt (id, enterprise, received_at, processed_at, accepted, duplicate, revised, superseded, "
        "quarantined, exceptions) VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5, $6) ON CONFLICT (id) DO NOTHING",
        *(uuid.UUID(bytes=post.receipt), post.enterprise, moment(post.received_at), now, post.count),
        msgspec.json.encode(runs).decode(),
    )


def _rows(arrivals: Arrivals) -> Iterator[tuple[uuid.UUID, str, datetime, str, str]]:
    number = len(OUTCOMES)
    counts = np.bincount(
        arrivals.post * number + arrivals.outcome, minlength=len(arrivals.posts) * number
    ).reshape(-1, number)
    plain = counts[:, ACCEPTED] == counts.sum(axis=1)
    begin = 0
    for at, post in enumerate(arrivals.posts):
        end = begin + post.count
        runs = [] if plain[at] else list(_runs(arrivals, begin, end))
        yield (
            uuid.UUID(bytes=post.receipt),
            post.enterprise,
            moment(post.received_at),
            msgspec.json.encode(runs).decode(),
            ",".join(map(str, counts[at].tolist())),
        )
        begin = end


def _runs(arrivals: Arrivals, begin: int, end: int) -> Iterator[tuple[int, int, str, str | None]]:
    """Neighbours with one outcome and reason, as (first index, last index, outcome, reason)."""
    items = zip(
        arrivals.item[begin:end].tolist(),
        arrivals.outcome[begin:end].tolist(),
        arrivals.why[begin:end].tolist(),
        strict=True,
    )
    for (outcome, reason), run in groupby(items, key=lambda item: item[1:]):
        indices = [item[0] for item in run]
        if outcome != ACCEPTED:
            yield indices[0], indices[-1], OUTCOMES[outcome], REASONS[reason] or None


async def read(conn: Connection, enterprise: str, receipt: uuid.UUID) -> dict[str, Any] | None:
    """A receipt as it stands, with quarantined readings that were released since; None: not processed yet."""
    # Cast to text, because the connection may or may not have a jsonb decoder installed.
    row = await conn.fetchrow(
        "SELECT *, exceptions::text AS told FROM receipt WHERE id = $1 AND enterprise = $2",
        receipt,
        enterprise,
    )
    if row is None:
        return None
    released = await conn.fetch(
        "SELECT item FROM quarantine WHERE receipt = $1 AND state = 'released' ORDER BY item", receipt
    )
    return {
        "receipt": str(row["id"]),
        "state": "done",
        "received_at": row["received_at"],
        "processed_at": row["processed_at"],
        "readings": sum(row[outcome] for outcome in OUTCOMES),
        "counts": {outcome: row[outcome] for outcome in OUTCOMES} | {"released": len(released)},
        "exceptions": [
            {"from": first, "to": last, "outcome": outcome, "reason": reason}
            for first, last, outcome, reason in msgspec.json.decode(row["told"])
        ],
        "released": [each["item"] for each in released],
    }


async def forget_old(conn: Connection, now: datetime) -> int:
    """Remove receipts older than 30 days; returns how many."""
    done = await conn.execute("DELETE FROM receipt WHERE processed_at < $1", now - KEPT)
    return int(done.split()[-1])
