"""What happens to a meter (计量器具). What that makes of it stands in `life`.

Nothing about a meter is edited: a new counter, ratio or interval holds from a moment on, and the readings before keep
theirs. What a register cannot explain by itself (a replacement, a rollover without a known capacity, a jump) a person
says explicitly; until then the interval is parked, neither believed nor zeroed. What was said wrong is corrected or
undone by another event with its reason: the meter's life is laid out again from the first moment that it concerns.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """register: a counter that only grows (累计); interval: the quantity of each interval (区间量)."""

    REGISTER = "register"
    INTERVAL = "interval"


class Direction(StrEnum):
    """purchased: energy that comes in; delivered: energy that goes out (外供), which is deducted."""

    PURCHASED = "purchased"
    DELIVERED = "delivered"


class Verdict(StrEnum):
    """What a person says of a parked interval: confirm, it was so; void, the closing reading is wrong."""

    CONFIRM = "confirm"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Counter:
    """What holds over one stretch of a meter's life. `ratio` multiplies the register (倍率), `digits` is the number
    of its integer digits (a register shows 0 after 10^digits), `modulus` says it where that is no power of ten (a
    register of 32-bit pulses starts again after 838,860.8), `capacity` is the most that can pass in an hour, in
    `unit` and after the ratio; None: not known, then nothing is suspect."""

    serial: str
    ratio: Decimal
    digits: int | None
    capacity: Decimal | None
    modulus: Decimal | None = None

    @property
    def starts_again_at(self) -> Decimal | None:
        """The register shows 0 instead of this; None: not known."""
        if self.modulus is not None:
            return self.modulus
        return None if self.digits is None else Decimal(10**self.digits)


@dataclass(frozen=True, slots=True)
class Calibration:
    """检定: last done, next due."""

    last: date | None = None
    next: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
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
    modulus: Decimal | None = None
    direction: Direction = Direction.PURCHASED


@dataclass(frozen=True, slots=True, kw_only=True)
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
    modulus: Decimal | None = None

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterIntervalChanged:
    """From `at` on readings come at another interval, e.g. hourly instead of by the quarter-hour."""

    meter: str
    enterprise: str
    at: datetime
    interval_minutes: int
    previous_minutes: int
    register_value: Decimal | None
    reason: str

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterDirectionChanged:
    """From `at` on what the meter counts goes the other way: it was wired so, or the line is used so."""

    meter: str
    enterprise: str
    at: datetime
    direction: Direction
    previous_direction: Direction
    register_value: Decimal | None
    reason: str

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterChangeCorrected:
    """The change of `at` was said wrong; this is all of what is right. `now_at` is its moment. A correction of the
    registration itself (`at` is its valid_from) has no register values."""

    meter: str
    enterprise: str
    at: datetime
    now_at: datetime
    serial: str | None
    ratio: Decimal | None
    digits: int | None
    modulus: Decimal | None
    capacity: Decimal | None
    interval_minutes: int | None
    old_last: Decimal | None
    new_start: Decimal | None
    reason: str
    direction: Direction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterChangeUndone:
    """The change of `at` (a replacement, another ratio, interval or direction, the retirement) did not happen."""

    meter: str
    enterprise: str
    at: datetime
    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictWithdrawn:
    """What was said of the interval (`start`, `at`] doesn't hold: it is parked again, a voided reading stands again."""

    meter: str
    enterprise: str
    statistic_type: int
    start: datetime
    at: datetime
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterAliasAssigned:
    """The enterprise's devices send readings of the meter under this name (表计别名), too."""

    meter: str
    enterprise: str
    alias: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterAliasWithdrawn:
    """Under this name no readings of the meter come any more."""

    meter: str
    enterprise: str
    alias: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterRetired:
    """The last moment at which a reading of the meter counts."""

    meter: str
    enterprise: str
    at: datetime
    reason: str


MeterEvent = (
    MeterRegistered
    | MeterReplaced
    | MeterRatioChanged
    | MeterIntervalChanged
    | MeterDirectionChanged
    | MeterChangeCorrected
    | MeterChangeUndone
    | VerdictWithdrawn
    | MeterAliasAssigned
    | MeterAliasWithdrawn
    | MeterRolloverConfirmed
    | SuspectResolved
    | MeterRetired
)
