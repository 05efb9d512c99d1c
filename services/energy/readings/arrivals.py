"""From the POSTs of a batch to columns: which series each reading belongs to, and what can't be accepted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from services.energy.common import registers
from services.energy.common.scale import VOID
from services.energy.readings.kernel import REASONS as KERNEL_REASONS
from services.energy.readings.kernel import Flags, Ints
from services.energy.readings.memory import EARLIEST, LATEST, PartitionMemory
from services.energy.readings.ranks import CORRECTION
from services.energy.readings.wire import QUALITY_FAULTY, Post

AHEAD_S = 300
"""How far ahead of the Clock a reading may be."""

ACCEPTED, DUPLICATE, REVISED, SUPERSEDED, QUARANTINED, PARKED = range(6)
OUTCOMES = ("accepted", "duplicate", "revised", "superseded", "quarantined", "parked")
"""revised: it replaces another value; superseded: kept as an old value; parked: stored, its energy doesn't count."""


class Quarantine(StrEnum):
    """Why a reading is kept apart."""

    UNKNOWN_ENTERPRISE = "unknown_enterprise"
    UNKNOWN_METER = "unknown_meter"
    OUTSIDE_VALID_PERIOD = "outside_valid_period"
    OTHER_ENTERPRISE = "other_enterprise"
    AHEAD_OF_CLOCK = "ahead_of_clock"
    IMPOSSIBLE_VALUE = "impossible_value"
    FAULTY = "faulty"
    WRONG_UNIT = "wrong_unit"
    WRONG_KIND = "wrong_kind"
    WRONG_INTERVAL = "wrong_interval"
    ODD_TIME = "odd_time"
    ARCHIVED = "archived"
    UNWORKABLE = "unworkable"
    """The batch step fails on this reading every time (`apart`): a bug of ours that this reading triggers."""


RELEASED_BY_REGISTRATION = (
    Quarantine.UNKNOWN_ENTERPRISE,
    Quarantine.UNKNOWN_METER,
    Quarantine.OUTSIDE_VALID_PERIOD,
    Quarantine.OTHER_ENTERPRISE,
)
"""Reasons that a meter's registration can remove."""

REASONS: tuple[str, ...] = (
    "",
    "same_value",
    "other_value_before",
    "later_value",
    "corrected",
    *(reason.value for reason in registers.Reason),
    *(reason.value for reason in Quarantine),
)
"""Why an outcome is what it is, as receipts say it."""
SAME_VALUE, OTHER_VALUE, LATER_VALUE, CORRECTED = range(1, 5)
OF_KERNEL = np.array([0 if each is None else REASONS.index(each.value) for each in KERNEL_REASONS], np.int8)
"""By number of the kernel's reason: the index into REASONS."""


@dataclass(slots=True)
class Arrivals:
    """The readings of a batch in order of arrival, one row each.

    `place` is -1 where no series fits; `outcome` is filled in as the batch is worked out; `why` indexes REASONS.
    `received_at` is in microseconds of the Clock.
    """

    posts: Sequence[Post]
    place: Ints
    t: Ints
    v: Ints
    rank: Ints
    received_at: Ints
    post: Ints
    item: Ints
    outcome: npt.NDArray[np.int8]
    why: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.t)

    def meter(self, row: int) -> str:
        """The meter's name as the POST gives it."""
        post = self.posts[int(self.post[row])]
        which = np.frombuffer(post.which, "<u2")
        begin = int(np.searchsorted(self.post, self.post[row]))
        return post.meters[int(which[row - begin])]


def assemble(memory: PartitionMemory, posts: Sequence[Post]) -> Arrivals:
    """Columns of a batch, each reading with its series or with the reason why it is kept apart."""
    counts = np.array([post.count for post in posts])
    post = np.repeat(np.arange(len(posts)), counts)
    t = np.frombuffer(b"".join(each.t for each in posts), "<i8").astype(np.int64, copy=False)
    v = np.frombuffer(b"".join(each.v for each in posts), "<i8").astype(np.int64, copy=False)
    begin = np.cumsum(counts) - counts
    item = np.arange(len(t)) - np.repeat(begin, counts)
    for number, each in enumerate(posts):
        if each.item:
            item[begin[number] : begin[number] + each.count] = np.frombuffer(each.item, "<u4")
    place = _places(memory, posts, counts, t)
    arrivals = Arrivals(
        posts=posts,
        place=place,
        t=t,
        v=v,
        rank=np.frombuffer(b"".join(each.ranks for each in posts), "<i8").astype(np.int64, copy=False),
        received_at=np.repeat(np.array([each.received_at for each in posts], np.int64), counts),
        post=post,
        item=item,
        outcome=np.zeros(len(t), np.int8),
        why=np.zeros(len(t), np.int8),
    )
    _quarantine(memory, arrivals, begin, counts)
    return arrivals


def put_apart(arrivals: Arrivals, rows: Ints) -> None:
    """Send these rows to quarantine whatever they hold, because the batch step fails on them."""
    arrivals.outcome[rows] = QUARANTINED
    arrivals.why[rows] = REASONS.index(Quarantine.UNWORKABLE.value)


def _places(memory: PartitionMemory, posts: Sequence[Post], counts: Ints, t: Ints) -> Ints:
    """The series of each reading by its meter; among several of one meter, by its time."""
    latest = memory.latest
    meters = [memory.named(post.enterprise, post.meters) for post in posts]
    found = [
        latest[post.statistic_type].get(meter, -1)
        for post, names in zip(posts, meters, strict=True)
        for meter in names
    ]
    named = np.array([len(post.meters) for post in posts])
    which = np.frombuffer(b"".join(post.which for post in posts), "<u2")
    which = which + np.repeat(np.cumsum(named) - named, counts)
    place: Ints = np.array(found, np.int64)[which]
    if memory.several:
        of = memory.periods.of
        numbers = np.array(
            [
                of.get((meter, post.statistic_type), -1)
                for post, names in zip(posts, meters, strict=True)
                for meter in names
            ]
        )
        number = numbers[which]
        row = np.flatnonzero(number >= 0)
        place[row] = memory.periods.at(number[row], t[row], place[row])
    return place


def _quarantine(memory: PartitionMemory, arrivals: Arrivals, begin: Ints, counts: Ints) -> None:
    """Mark what can't be accepted. Of several faults a reading is marked with the one that lasts longest."""
    posts, place, t, v = arrivals.posts, arrivals.place, arrivals.t, arrivals.v
    known = place >= 0
    at = np.where(known, place, 0)

    def mark(rows: Flags, reason: Quarantine) -> None:
        arrivals.outcome[rows] = QUARANTINED
        arrivals.why[rows] = REASONS.index(reason.value)

    def each(values: list[int]) -> Ints:
        return np.repeat(np.array(values, np.int64), counts)

    enterprise = each([memory.enterprise_of.get(post.enterprise, -2) for post in posts])
    # From the reason that is cured most easily to the one that nothing cures: the last mark stays.
    if memory.size:
        # A register's reading at the very beginning is its opening: the first interval is measured from it.
        before = (t < memory.valid_from[at]) | ((t == memory.valid_from[at]) & ~memory.rules.register[at])
        outside = before | (t > memory.valid_to[at])
        mark(known & outside, Quarantine.OUTSIDE_VALID_PERIOD)
        mark(known & (memory.enterprise[at] != enterprise), Quarantine.OTHER_ENTERPRISE)
    mark(~known, Quarantine.UNKNOWN_METER)
    mark(enterprise == -2, Quarantine.UNKNOWN_ENTERPRISE)
    now = each([max(post.received_at, post.release_at) // 1_000_000 for post in posts])
    mark(t > now + AHEAD_S, Quarantine.AHEAD_OF_CLOCK)
    if memory.size:
        _mark_declared(memory, arrivals, begin, counts, at, mark)
        mark(known & (v > memory.highest[at]), Quarantine.IMPOSSIBLE_VALUE)
    mark((v < 0) & ((v != VOID) | (arrivals.rank < CORRECTION)), Quarantine.IMPOSSIBLE_VALUE)
    # A reading of an archived month can't be compared with what is stored: it waits until the month is restored.
    mark(t <= memory.archived_until, Quarantine.ARCHIVED)
    mark((t <= EARLIEST) | (t >= LATEST), Quarantine.ODD_TIME)


def _mark_declared(
    memory: PartitionMemory,
    arrivals: Arrivals,
    begin: Ints,
    counts: Ints,
    at: Ints,
    mark: Callable[[Flags, Quarantine], None],
) -> None:
    """What a POST says about its readings must agree with the meter: unit, kind, interval; and quality flags."""
    posts, known = arrivals.posts, arrivals.place >= 0

    def declared(codes: list[int]) -> Ints:
        return np.repeat(np.array(codes, np.int64), counts)

    if any(post.unit for post in posts):
        units = {unit: number for number, unit in enumerate(memory.units)} | {"": -1}
        unit = declared([units.get(post.unit, -2) for post in posts])
        mark(known & (unit != -1) & (memory.unit[at] != unit), Quarantine.WRONG_UNIT)
    if any(post.kind for post in posts):
        kind = declared([{"": -1, "interval": 0, "register": 1}.get(post.kind, -2) for post in posts])
        mark(known & (kind != -1) & (memory.rules.register[at] != kind), Quarantine.WRONG_KIND)
    if any(post.interval_seconds for post in posts):
        interval = declared([post.interval_seconds for post in posts])
        other = known & (interval != 0) & (memory.rules.slot[at] != interval)
        mark(other, Quarantine.WRONG_INTERVAL)
    for start, post in zip(begin.tolist(), posts, strict=True):
        if post.quality:
            faulty = np.zeros(len(arrivals), np.bool_)
            faulty[start : start + post.count] = [flag in QUALITY_FAULTY for flag in post.quality]
            mark(faulty, Quarantine.FAULTY)
