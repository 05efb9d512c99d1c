"""Changes of a meter (计量器具) by hand, wherever in its life they lie, and how each is corrected or undone.

A change is named by its moment: no two of one meter share it. What a correction doesn't name stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from services.energy.common.refusal import Refused, taken

from .counter_checks import check_counter, check_shown
from .meter import (
    Counter,
    Direction,
    Event,
    Kind,
    MeterAliasAssigned,
    MeterAliasWithdrawn,
    MeterChangeCorrected,
    MeterChangeUndone,
    MeterDirectionChanged,
    MeterIntervalChanged,
    VerdictWithdrawn,
)
from .meter_life import Change, InUse, Retired, evolve, holds_at, segments


@dataclass(frozen=True, slots=True)
class Device:
    """A device as far as it is named; None: as it was."""

    serial: str
    ratio: Decimal | None = None
    digits: int | None = None
    capacity: Decimal | None = None
    modulus: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChangeInterval:
    """Another interval from `at` on. `stored` is the register that is stored at that moment, if one is."""

    at: datetime
    interval_minutes: int
    register_value: Decimal | None
    stored: Decimal | None
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class ChangeDirection:
    """The other direction from `at` on. `stored` is the register that is stored at that moment, if one is."""

    at: datetime
    direction: Direction
    register_value: Decimal | None
    stored: Decimal | None
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class CorrectChange:
    """Corrects the change at `at`, or at the meter's valid_from its registration. None: that field was right."""

    at: datetime
    reason: str
    now: datetime
    now_at: datetime | None = None
    serial: str | None = None
    ratio: Decimal | None = None
    digits: int | None = None
    modulus: Decimal | None = None
    capacity: Decimal | None = None
    interval_minutes: int | None = None
    direction: Direction | None = None
    old_last: Decimal | None = None
    new_start: Decimal | None = None
    register_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UndoChange:
    """The change of `at` did not happen."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """Reference data on a command: a verdict that stands. `verdict` is so, rollover or void."""

    start: datetime
    end: datetime
    verdict: str


@dataclass(frozen=True, slots=True)
class WithdrawVerdict:
    """What was said of the interval that ends at `at` doesn't hold; `given` is None if nothing was."""

    at: datetime
    statistic_type: int
    reason: str
    given: Given | None


@dataclass(frozen=True, slots=True)
class AssignAlias:
    """Devices send under this name, too. `holder` is reference data: the enterprise's meter that is called so."""

    alias: str
    holder: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawAlias:
    """Nothing comes under this name any more."""

    alias: str
    reason: str


def alias_assigned(command: AssignAlias, state: InUse | Retired) -> Sequence[Event]:
    """Assigns a further name. Raises Refused for one that another meter of the enterprise has."""
    registered, used = state.registered, state if isinstance(state, InUse) else state.before
    if command.alias in used.aliases:
        return []
    if command.holder is not None:
        raise taken(
            "alias", command.alias, f"Readings under {command.alias!r} are those of {command.holder!r}."
        )
    return [MeterAliasAssigned(registered.meter, registered.enterprise, command.alias, command.reason)]


def alias_withdrawn(command: WithdrawAlias, state: InUse | Retired) -> Sequence[Event]:
    """Withdraws a name; no event if the meter doesn't have it."""
    registered, used = state.registered, state if isinstance(state, InUse) else state.before
    if command.alias not in used.aliases:
        return []
    return [MeterAliasWithdrawn(registered.meter, registered.enterprise, command.alias, command.reason)]


def interval_changed(command: ChangeInterval, state: InUse) -> Sequence[Event]:
    """Changes the interval between readings. Raises Refused."""
    registered = state.registered
    before = holds_at(state, command.at)
    if command.interval_minutes == before.interval_minutes:
        return []
    in_life(command.at, state)
    not_ahead(command.at, command.now)
    check_interval(command.interval_minutes)
    shown = _shown_at(command, state, "interval")
    return [
        MeterIntervalChanged(
            registered.meter,
            registered.enterprise,
            command.at,
            command.interval_minutes,
            before.interval_minutes,
            shown,
            command.reason,
        )
    ]


def direction_changed(command: ChangeDirection, state: InUse) -> Sequence[Event]:
    """Reverses the direction. Raises Refused."""
    registered = state.registered
    before = holds_at(state, command.at)
    if command.direction is before.direction:
        return []
    in_life(command.at, state)
    not_ahead(command.at, command.now)
    shown = _shown_at(command, state, "direction")
    return [
        MeterDirectionChanged(
            registered.meter,
            registered.enterprise,
            command.at,
            command.direction,
            before.direction,
            shown,
            command.reason,
        )
    ]


def _shown_at(command: ChangeInterval | ChangeDirection, state: InUse, what: str) -> Decimal | None:
    """The register at the change's moment; None for a meter of quantities. Raises Refused."""
    registered = state.registered
    shown = command.stored if command.register_value is None else command.register_value
    if registered.kind is Kind.REGISTER and shown is None:
        raise Refused(
            f"{what}-change-without-register",
            f"No reading is stored at {command.at.isoformat()}: what passed around it would be in neither stretch.",
            remedy="Give the moment of a stored reading, or register_value.",
            where="register_value",
        )
    shown = shown if registered.kind is Kind.REGISTER else command.register_value
    counter = holds_at(state, command.at).counter
    check_shown("register_value", shown, registered.kind, counter, registered.unit_factor)
    return shown


def corrected(command: CorrectChange, state: InUse | Retired) -> Sequence[Event]:
    """Corrects a change. Raises Refused; no event if the correction states what was known."""
    registered = state.registered
    now_at = command.now_at or command.at
    if command.at == registered.valid_from:
        _only_of_the_registration(command)
        known = segments(state)[0]
        counter, minutes = (
            _counter(known.counter, command),
            command.interval_minutes or known.interval_minutes,
        )
        closing = opening = None
    else:
        change = _change_of(command.at, state)
        known = next(each for each in segments(state) if each.since == command.at)
        _only_of(change, command)
        counter = _counter(known.counter, command)
        minutes = command.interval_minutes or known.interval_minutes
        closing, opening = _registers(change, command)
        if now_at != command.at:
            in_life(now_at, _without(state, command.at))
            not_ahead(now_at, command.now)
    check_interval(minutes)
    check_counter(registered.kind, counter, registered.unit_factor)
    event = MeterChangeCorrected(
        registered.meter,
        registered.enterprise,
        command.at,
        now_at,
        counter.serial,
        counter.ratio,
        counter.digits,
        counter.modulus,
        counter.capacity,
        minutes,
        closing,
        opening,
        command.reason,
        command.direction or known.direction,
    )
    after = evolve(state, event)
    if after == state:
        return []
    assert isinstance(after, InUse | Retired)  # noqa: S101 - a correction makes no other state
    _all_shown(after)
    return [event]


def undone(command: UndoChange, state: InUse | Retired) -> Sequence[Event]:
    """The change is taken back. Raises Refused, also for what its absence would make impossible."""
    registered = state.registered
    ended = isinstance(state, Retired) and command.at == state.at
    what = "retirement" if ended else _change_of(command.at, state).what
    event = MeterChangeUndone(registered.meter, registered.enterprise, command.at, what, command.reason)
    after = evolve(state, event)
    assert isinstance(after, InUse | Retired)  # noqa: S101 - undoing makes no other state
    _all_shown(after)
    return [event]


def withdrawn(command: WithdrawVerdict, state: InUse | Retired) -> Event:
    """What was said of an interval is taken back. Raises Refused where nothing was said."""
    registered = state.registered
    if command.given is None:
        raise Refused(
            "no-verdict",
            f"Nobody has said anything of an interval of {registered.meter!r} that ends at {command.at.isoformat()}.",
            remedy="Give the end of an interval that was confirmed, or whose reading was voided.",
            where="at",
            status=409,
        )
    given = command.given
    return VerdictWithdrawn(
        registered.meter,
        registered.enterprise,
        command.statistic_type,
        given.start,
        given.end,
        given.verdict,
        command.reason,
    )


def with_device(before: Counter, device: Device) -> Counter:
    """The counter of a new device; what `device` leaves out is taken from the counter before."""
    named = device.digits is not None or device.modulus is not None
    return Counter(
        device.serial,
        before.ratio if device.ratio is None else device.ratio,
        device.digits if named else before.digits,
        before.capacity if device.capacity is None else device.capacity,
        device.modulus if named else before.modulus,
    )


def in_life(at: datetime, state: InUse | Retired) -> None:
    """Raises Refused unless `at` lies after the registration, before the retirement and at no other change's moment."""
    used = state if isinstance(state, InUse) else state.before
    if at <= used.registered.valid_from or (isinstance(state, Retired) and at >= state.at):
        raise Refused(
            "outside-its-life",
            f"The meter counts from {used.registered.valid_from.isoformat()}"
            f"{'' if isinstance(state, InUse) else ' to ' + state.at.isoformat()}: {at.isoformat()} isn't within.",
            remedy="Give a moment within, or correct the registration.",
            where="at",
        )
    if any(each.at == at for each in used.changes):
        raise Refused(
            "changed-then-already",
            f"A change of {at.isoformat()} is known already.",
            remedy="Correct that one (correct-meter-change), or undo it (undo-meter-change).",
            where="at",
            status=409,
        )


def after_all(at: datetime, state: InUse) -> None:
    """Raises Refused unless `at`, the moment of a retirement, lies after every known change."""
    if at <= state.since:
        raise Refused(
            "before-last-change",
            f"What is known holds from {state.since.isoformat()}; {at.isoformat()} isn't after it.",
            remedy="Give a later moment, or undo what lies later.",
            where="at",
        )


def not_ahead(at: datetime, now: datetime) -> None:
    """Raises Refused for a moment in the future: what a register will show then isn't known."""
    if at > now:
        raise Refused(
            "in-the-future",
            f"{at.isoformat()} lies ahead: what a register will show then isn't known.",
            remedy="Report it when it has happened.",
            where="at",
        )


def check_interval(minutes: int) -> None:
    """Raises Refused for an interval whose slots would drift over midnight."""
    if 24 * 60 % minutes:
        raise Refused(
            "interval-does-not-divide-the-day",
            f"{minutes} minutes don't divide a day: slots would drift over midnight.",
            remedy="Give 15, 30 or 60 (plan data §3.3).",
            where="interval_minutes",
        )


def retired(state: Retired) -> Refused:
    """The refusal of a change of a retired meter."""
    return Refused(
        "meter-retired",
        f"Meter {state.registered.meter!r} was retired at {state.at.isoformat()}.",
        remedy="Undo the retirement (undo-meter-change) if it was said by mistake, or register a new meter.",
        where="meter",
        status=409,
    )


def _without(state: InUse | Retired, at: datetime) -> InUse | Retired:
    used = state if isinstance(state, InUse) else state.before
    used = replace(used, changes=tuple(each for each in used.changes if each.at != at))
    return used if isinstance(state, InUse) else replace(state, before=used)


def _change_of(at: datetime, state: InUse | Retired) -> Change:
    used = state if isinstance(state, InUse) else state.before
    found = next((each for each in used.changes if each.at == at), None)
    if found is None:
        known = ", ".join(each.at.isoformat() for each in used.changes) or "none"
        raise Refused(
            "no-such-change",
            f"Nothing about {state.registered.meter!r} changed at {at.isoformat()}.",
            remedy=f"Give the moment of a change: {known}.",
            where="at",
            status=404,
        )
    return found


def _counter(known: Counter, command: CorrectChange) -> Counter:
    device = Device(
        command.serial or known.serial, command.ratio, command.digits, command.capacity, command.modulus
    )
    return with_device(known, device)


def _registers(change: Change, command: CorrectChange) -> tuple[Decimal | None, Decimal | None]:
    if change.what == "replacement":
        old_last = change.closing if command.old_last is None else command.old_last
        new_start = change.opening if command.new_start is None else command.new_start
        return old_last, new_start
    shown = change.closing if command.register_value is None else command.register_value
    return shown, shown


_SAYS = {
    "replacement": {"serial", "ratio", "digits", "modulus", "capacity", "old_last", "new_start"},
    "ratio": {"ratio", "register_value"},
    "interval": {"interval_minutes", "register_value"},
    "direction": {"direction", "register_value"},
    "registration": {"direction", "serial", "ratio", "digits", "modulus", "capacity", "interval_minutes"},
}
"""By kind of change: the fields that it states and that its correction may name."""


def _only_of(change: Change, command: CorrectChange) -> None:
    _says(change.what, command)


def _only_of_the_registration(command: CorrectChange) -> None:
    _says("registration", command)
    if command.now_at is not None and command.now_at != command.at:
        raise Refused(
            "registration-stays",
            "A registration's valid_from doesn't move: readings before it never counted.",
            remedy="Correct what holds from then on, or retire the meter and register another.",
            where="now_at",
        )


def _says(what: str, command: CorrectChange) -> None:
    every = set().union(*_SAYS.values())
    wrong = sorted(name for name in every - _SAYS[what] if getattr(command, name) is not None)
    if wrong:
        raise Refused(
            "not-of-this-change",
            f"A {what} says nothing of {', '.join(wrong)}.",
            remedy=f"Give of these what is right: {', '.join(sorted(_SAYS[what]))}.",
            where=wrong[0],
        )


def _all_shown(state: InUse | Retired) -> None:
    """Raises Refused if a register value was stated that its device can't show."""
    registered = state.registered
    for each in segments(state):
        check_counter(registered.kind, each.counter, registered.unit_factor)
        for name, value in (("new_start", each.opening), ("old_last", each.closing)):
            check_shown(name, value, registered.kind, each.counter, registered.unit_factor)
