"""A meter's life (计量器具): the stretches over which something holds, and how facts change them."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from services.energy.meters.facts.events import (
    Calibration,
    Counter,
    Direction,
    MeterAliasAssigned,
    MeterAliasWithdrawn,
    MeterChangeCorrected,
    MeterChangeUndone,
    MeterDirectionChanged,
    MeterEvent,
    MeterIntervalChanged,
    MeterRatioChanged,
    MeterRegistered,
    MeterReplaced,
    MeterRetired,
    MeterRolloverConfirmed,
    SuspectResolved,
    VerdictWithdrawn,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from `at` on. A replacement brings a whole `counter`; None: as before. `closing` is the register at
    the end of the old stretch, `opening` at the beginning of the new one."""

    at: datetime
    what: str
    counter: Counter | None = None
    calibration: Calibration | None = None
    ratio: Decimal | None = None
    interval_minutes: int | None = None
    direction: Direction | None = None
    closing: Decimal | None = None
    opening: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of the meter's life (`since`, `until`] with what holds over it, and its register at both ends."""

    since: datetime
    until: datetime | None
    counter: Counter
    interval_minutes: int
    direction: Direction
    opening: Decimal | None
    closing: Decimal | None


@dataclass(frozen=True, slots=True)
class NoMeter:
    """Nobody has registered it."""


@dataclass(frozen=True, slots=True)
class InUse:
    """A meter that counts, with what was changed about it, in the order of the changes' moments."""

    registered: MeterRegistered
    changes: tuple[Change, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def since(self) -> datetime:
        """The moment since which the present counter, interval and direction hold."""
        return self.changes[-1].at if self.changes else self.registered.valid_from

    @property
    def counter(self) -> Counter:
        """The present counter."""
        return segments(self)[-1].counter

    @property
    def interval_minutes(self) -> int:
        """Minutes between its readings now."""
        return segments(self)[-1].interval_minutes

    @property
    def calibration(self) -> Calibration:
        """The present device's calibration."""
        found = [each.calibration for each in self.changes if each.calibration is not None]
        return found[-1] if found else self.registered.calibration


@dataclass(frozen=True, slots=True)
class Retired:
    """A meter that counted until `at`."""

    before: InUse
    at: datetime

    @property
    def registered(self) -> MeterRegistered:
        return self.before.registered


MeterState = NoMeter | InUse | Retired
INITIAL: MeterState = NoMeter()


def stream(meter: str) -> str:
    """The stream of one meter."""
    return f"meter-{meter}"


def segments(state: InUse | Retired) -> tuple[Segment, ...]:
    """The meter's life, stretch by stretch."""
    used, end = (state, None) if isinstance(state, InUse) else (state.before, state.at)
    first = used.registered
    counter = Counter(first.serial, first.ratio, first.digits, first.capacity, first.modulus)
    minutes, direction = first.interval_minutes, first.direction
    since, opening = first.valid_from, None
    found = []
    for change in used.changes:
        found.append(Segment(since, change.at, counter, minutes, direction, opening, change.closing))
        counter = change.counter or counter
        counter = counter if change.ratio is None else replace(counter, ratio=change.ratio)
        minutes = change.interval_minutes or minutes
        direction = change.direction or direction
        since, opening = change.at, change.opening
    found.append(Segment(since, end, counter, minutes, direction, opening, None))
    return tuple(found)


def holds_at(state: InUse | Retired, at: datetime) -> Segment:
    """The stretch that a reading at that moment belongs to; the first for what lies before it."""
    found = segments(state)
    return next((each for each in reversed(found) if each.since < at), found[0])


def evolve(state: MeterState, event: MeterEvent) -> MeterState:
    """The state after a fact."""
    match event:
        case MeterRegistered():
            return InUse(event)
        case MeterReplaced():
            counter = Counter(event.serial, event.ratio, event.digits, event.capacity, event.modulus)
            change = Change(event.at, "replacement", counter, event.calibration)
            return _with(state, replace(change, closing=event.old_last, opening=event.new_start))
        case MeterRatioChanged(register_value=shown):
            return _with(state, Change(event.at, "ratio", ratio=event.ratio, closing=shown, opening=shown))
        case MeterIntervalChanged(register_value=shown):
            minutes = event.interval_minutes
            return _with(
                state, Change(event.at, "interval", interval_minutes=minutes, closing=shown, opening=shown)
            )
        case MeterDirectionChanged(register_value=shown):
            way = event.direction
            return _with(state, Change(event.at, "direction", direction=way, closing=shown, opening=shown))
        case MeterChangeCorrected():
            return _corrected(state, event)
        case MeterChangeUndone():
            if isinstance(state, Retired):
                return (
                    state.before if event.at == state.at else replace(state, before=_without(state, event.at))
                )
            return _without(state, event.at)
        case MeterAliasAssigned():
            used = _in_use(state)
            return _again(state, replace(used, aliases=(*used.aliases, event.alias)))
        case MeterAliasWithdrawn():
            used = _in_use(state)
            left = tuple(each for each in used.aliases if each != event.alias)
            return _again(state, replace(used, aliases=left))
        case MeterRolloverConfirmed() | SuspectResolved() | VerdictWithdrawn():
            return state
        case MeterRetired():
            return Retired(_in_use(state), event.at)
        case _:
            assert_never(event)


def _with(state: MeterState, change: Change) -> InUse | Retired:
    used = _in_use(state)
    changes = tuple(sorted((*used.changes, change), key=lambda each: each.at))
    return _again(state, replace(used, changes=changes))


def _without(state: MeterState, at: datetime) -> InUse:
    used = _in_use(state)
    return replace(used, changes=tuple(each for each in used.changes if each.at != at))


def _corrected(state: MeterState, event: MeterChangeCorrected) -> InUse | Retired:
    used = _in_use(state)
    if event.at == used.registered.valid_from:
        first = used.registered
        registered = replace(
            first,
            serial=event.serial or first.serial,
            ratio=first.ratio if event.ratio is None else event.ratio,
            digits=event.digits,
            modulus=event.modulus,
            capacity=event.capacity,
            interval_minutes=event.interval_minutes or first.interval_minutes,
            direction=event.direction or first.direction,
        )
        return _again(state, replace(used, registered=registered))
    (known,) = (each for each in used.changes if each.at == event.at)
    counter = known.counter
    if counter is not None:
        counter = Counter(
            event.serial or counter.serial,
            counter.ratio if event.ratio is None else event.ratio,
            event.digits,
            event.capacity,
            event.modulus,
        )
    change = replace(
        known,
        at=event.now_at,
        counter=counter,
        ratio=event.ratio if known.counter is None and known.ratio is not None else known.ratio,
        interval_minutes=event.interval_minutes if known.interval_minutes is not None else None,
        direction=(event.direction or known.direction) if known.direction is not None else None,
        closing=event.old_last,
        opening=event.new_start,
    )
    return _again(state, _in_use(_with(_without(state, event.at), change)))


def _again(state: MeterState, used: InUse) -> InUse | Retired:
    """The same meter, retired if it was."""
    return replace(state, before=used) if isinstance(state, Retired) else used


def _in_use(state: MeterState) -> InUse:
    match state:
        case InUse():
            return state
        case Retired(before=used):
            return used
        case _:
            raise TypeError(f"an event of a meter that is {type(state).__name__}")
