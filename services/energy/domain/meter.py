"""A meter (计量器具): what happened to it, and what that makes of it. Decisions stand in `meter_decisions`.

Nothing about a meter is edited: a new counter, ratio or capacity holds from a moment on, and the readings before
keep theirs. What a register cannot explain by itself (a replacement, a rollover without a known capacity, a
jump) a person says explicitly; until then the interval is parked, neither believed nor zeroed.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import assert_never


class Kind(StrEnum):
    """register: a counter that only grows (累计); interval: the quantity of each interval (区间量)."""

    REGISTER = "register"
    INTERVAL = "interval"


class Verdict(StrEnum):
    """What a person says of a parked interval: confirm, it was so; void, the closing reading is wrong."""

    CONFIRM = "confirm"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Counter:
    """What holds over one stretch of a meter's life. `ratio` multiplies the register (倍率), `digits` is the number
    of its integer digits (a register shows 0 after 10^digits), `capacity` the most that can pass in an hour, in
    `unit` and after the ratio; None: not known, then nothing is suspect."""

    serial: str
    ratio: Decimal
    digits: int | None
    capacity: Decimal | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """检定: last done, next due."""

    last: date | None = None
    next: date | None = None


# Events


@dataclass(frozen=True, slots=True)
class MeterRegistered:
    """`unit_factor` is how many of the carrier's units one `unit` is; `capacity` is per hour, in `unit`."""

    meter: str
    enterprise: str
    carrier: str
    unit: str
    carrier_unit: str
    unit_factor: Decimal
    kind: Kind
    serial: str
    ratio: Decimal
    digits: int | None
    capacity: Decimal | None
    interval_minutes: int
    scope: int
    statistic_types: tuple[int, ...]
    calibration: Calibration
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class MeterReplaced:
    """The chain of devices: `replaced_serial` is the one before."""

    meter: str
    enterprise: str
    at: datetime
    serial: str
    replaced_serial: str
    ratio: Decimal
    digits: int | None
    capacity: Decimal | None
    old_last: Decimal | None
    new_start: Decimal | None
    calibration: Calibration
    reason: str

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class MeterRatioChanged:
    """From `at` on the register counts by `ratio`."""

    meter: str
    enterprise: str
    at: datetime
    ratio: Decimal
    previous_ratio: Decimal
    register_value: Decimal | None
    reason: str

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class MeterRolloverConfirmed:
    """The register passed its highest value between `start` and `at`."""

    meter: str
    enterprise: str
    statistic_type: int
    start: datetime
    at: datetime
    reason: str

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class SuspectResolved:
    """A parked interval was looked at. `energy` was apart until then, in the carrier's unit."""

    meter: str
    enterprise: str
    statistic_type: int
    start: datetime
    at: datetime
    why: str
    energy: Decimal
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class MeterRetired:
    """The last moment at which a reading of the meter counts."""

    meter: str
    enterprise: str
    at: datetime
    reason: str


Event = (
    MeterRegistered
    | MeterReplaced
    | MeterRatioChanged
    | MeterRolloverConfirmed
    | SuspectResolved
    | MeterRetired
)


# States


@dataclass(frozen=True, slots=True)
class NoMeter:
    """Nobody has registered it."""


@dataclass(frozen=True, slots=True)
class InUse:
    """A meter that counts. `counter` holds from `since` on."""

    registered: MeterRegistered
    counter: Counter
    calibration: Calibration
    since: datetime


@dataclass(frozen=True, slots=True)
class Retired:
    """A meter that counted until `at`."""

    registered: MeterRegistered
    at: datetime


State = NoMeter | InUse | Retired


def evolve(state: State, event: Event) -> State:
    """The state after a fact."""
    match event:
        case MeterRegistered():
            counter = Counter(event.serial, event.ratio, event.digits, event.capacity)
            return InUse(event, counter, event.calibration, event.valid_from)
        case MeterReplaced():
            counter = Counter(event.serial, event.ratio, event.digits, event.capacity)
            return replace(_in_use(state), counter=counter, calibration=event.calibration, since=event.at)
        case MeterRatioChanged():
            known = _in_use(state)
            return replace(known, counter=replace(known.counter, ratio=event.ratio), since=event.at)
        case MeterRolloverConfirmed() | SuspectResolved():
            return state
        case MeterRetired():
            return Retired(_in_use(state).registered, event.at)
        case _:
            assert_never(event)


def _in_use(state: State) -> InUse:
    if not isinstance(state, InUse):
        raise TypeError(f"an event of a meter that is {type(state).__name__}")
    return state
