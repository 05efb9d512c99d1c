"""The message on READINGS: one or more POSTs, their readings in columns, as msgpack.

Columns travel as little-endian bytes, so that the worker looks at them without touching single readings.
"""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

VERSION = 1
STREAM = "READINGS"
VOID = -1
"""Stands as a value for "this reading is void": what a correction without a value says."""

EXTREME = 2**62
"""Stands as a value, or its negative, for what no column can hold: quarantined, with the text in `as_sent`."""

QUALITY_AS_MEASURED = frozenset("NSF")
"""Quality flags of the HJ/T 212 family under which a value is a measurement: normal, set by hand, stopped."""
QUALITY_FAULTY = frozenset("DTBMC")
"""And under which it isn't: fault, over range, communication error, maintenance, calibration (plan file 3.4)."""

Ints: TypeAlias = npt.NDArray[np.int64]


class WireError(Exception):
    """The message can't be read; it says why."""


class NewerWire(Exception):
    """The message is of the next version: a door was deployed before this worker. It must wait, not be set apart."""


class Post(msgspec.Struct, kw_only=True, omit_defaults=True, array_like=True):
    """One POST of one enterprise.

    `which` points into `meters`; `t` is whole epoch seconds, already the end of an interval; `v` is in 1/1000
    unit. `rank` 0 is telemetry, else the microsecond at which a correction was reported. `received_at` and
    `release_at` are microseconds of the Clock. `item` gives the readings' indices in the original POST, where
    they are not 0, 1, 2 …; `as_sent` the text (time, value) of those whose time or value no column can hold, by
    their place in this POST.
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
    if message.version != VERSION:
        _must_not_be_newer(body)
        raise WireError(f"version {message.version} of the message is not known here")
    for post in message.posts:
        _check(post)
    return message.posts


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
