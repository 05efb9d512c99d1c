"""The message on READINGS: one or more POSTs, their readings in columns, as msgpack.

Columns travel as little-endian bytes, so that the worker looks at them without touching single readings.
"""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from services.energy.common.scale import EXTREME, VOID
from services.energy.readings import ranks

VERSION = 2
_MILLI = 1
"""Version 1, of release 517f57c: values in 1/1000 of the unit; a correction's rank is the microsecond of its report."""
STREAM = "READINGS"

QUALITY_AS_MEASURED = frozenset("NSF")
"""Quality flags of the HJ/T 212 family under which a value is a measurement: normal, set by hand, stopped."""
QUALITY_FAULTY = frozenset("DTBMC")
"""And under which it isn't: fault, over range, communication error, maintenance, calibration (plan file 3.4)."""

Ints: TypeAlias = npt.NDArray[np.int64]


class WireError(Exception):
    """The message can't be read; it says why."""


class NewerWire(Exception):
    """The message is of the next version: an intake was upgraded before this worker. The message must wait, not be set
    aside."""


class Post(msgspec.Struct, kw_only=True, omit_defaults=True, array_like=True):
    """One POST of one enterprise.

    `which` points into `meters`; `t` is whole epoch seconds, already the end of an interval; `v` is in 1e-6 of the
    meters' unit. `rank` 0 is telemetry, else a correction's (`readings.ranks`). `received_at` and `release_at` are
    microseconds of the Clock. `item` gives the readings' indices in the original POST, where they are not 0, 1,
    2 …; `as_sent` the text (time, value) of those whose time or value no column can hold, by their place in this
    POST. `ranks` is each reading's rank: what leaves the quarantine brings it along, the others get it from `stamp`.
    """

    receipt: bytes
    enterprise: str
    received_at: int
    meters: list[str]
    which: bytes
    t: bytes
    v: bytes
    statistic_type: int = 0
    rank: int = 0
    unit: str = ""
    kind: str = ""
    interval_seconds: int = 0
    quality: str = ""
    item: bytes = b""
    release_at: int = 0
    traceparent: str = ""
    as_sent: dict[int, tuple[str, str]] = {}
    ranks: bytes = b""

    @property
    def count(self) -> int:
        """Number of readings."""
        return len(self.t) // 8


class _Message(msgspec.Struct, array_like=True):
    version: int
    posts: list[Post]


class _Front(msgspec.Struct, array_like=True):
    """What every version begins with."""

    version: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Message)
_front = msgspec.msgpack.Decoder(_Front)


def subject(partition: int) -> str:
    """Where a partition's readings go."""
    return f"readings.{partition}"


def encode(posts: Sequence[Post]) -> bytes:
    """The message that holds these POSTs."""
    return _encoder.encode(_Message(VERSION, list(posts)))


def decode(body: bytes) -> list[Post]:
    """The POSTs of a message.

    Raises NewerWire for one of the next version, WireError if anything else about it is not as it should be.
    """
    try:
        message = _decoder.decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        _must_not_be_newer(body)
        raise WireError(f"not a message of readings: {error}") from error
    if message.version not in (VERSION, _MILLI):
        _must_not_be_newer(body)
        raise WireError(f"version {message.version} of the message is not known here")
    for post in message.posts:
        _check(post)
        if message.version == _MILLI:
            _from_milli(post)
    if sum(post.count for post in message.posts) > ranks.MOST_IN_MESSAGE:
        raise WireError("more readings than one message holds")
    return message.posts


def stamp(posts: Sequence[Post], place: int) -> None:
    """Give the readings of a message their ranks; `place` is that of its first reading in the queue."""
    for post in posts:
        if not post.ranks and post.rank:
            nth = ranks.repeats(np.frombuffer(post.which, "<u2"), np.frombuffer(post.t, "<i8"))
            post.ranks = column(post.rank + nth)
        elif not post.ranks:
            post.ranks = column(np.arange(place, place + post.count))
        place += post.count


def _from_milli(post: Post) -> None:
    """Convert a POST that an intake of release 517f57c queued. What that release let out of quarantine has no rank: it
    is older than everything ranked."""
    v = np.frombuffer(post.v, "<i8")
    held = np.abs(v) < EXTREME // 1000
    post.v = column(np.where(v == VOID, VOID, np.where(held, v * 1000, np.sign(v) * EXTREME)))
    post.rank = ranks.correction(post.rank) if post.rank else 0
    if post.release_at:
        post.ranks = column(np.full(post.count, post.rank))


def _must_not_be_newer(body: bytes) -> None:
    """One version ahead is what an upgrade in the wrong order brings; anything beyond is garbage."""
    try:
        version = _front.decode(body).version
    except (msgspec.DecodeError, msgspec.ValidationError):
        return
    if version == VERSION + 1:
        raise NewerWire(f"a message of version {version} waits: deploy the worker that reads it")


def _check(post: Post) -> None:
    count = post.count
    if len(post.receipt) != 16 or count == 0 or not post.meters:
        raise WireError("a POST without receipt, meters or readings")
    if not len(post.t) == len(post.v) == 8 * count or len(post.which) != 2 * count:
        raise WireError("columns of different length")
    if not 0 <= post.statistic_type < 4:
        raise WireError(f"statistic type {post.statistic_type} is not known")
    if (post.quality and len(post.quality) != count) or (post.item and len(post.item) != 4 * count):
        raise WireError("columns of different length")
    if post.ranks and len(post.ranks) != 8 * count:
        raise WireError("columns of different length")
    if int(np.frombuffer(post.which, "<u2").max()) >= len(post.meters):
        raise WireError("a reading points to a meter that is not named")


def size(post: Post) -> int:
    """About how many bytes a POST keeps in memory."""
    names = sum(map(len, post.meters)) + sum(len(t) + len(v) for t, v in post.as_sent.values())
    return len(post.which) + len(post.t) + len(post.v) + len(post.quality) + len(post.item) + names


def column(values: Sequence[int] | Ints) -> bytes:
    """A column of times or values."""
    return np.asarray(values, "<i8").tobytes()


def index_column(values: Sequence[int] | Ints) -> bytes:
    """The column `which`."""
    return np.asarray(values, "<u2").tobytes()


def item_column(values: Sequence[int]) -> bytes:
    """The column `item`."""
    return np.asarray(values, "<u4").tobytes()
