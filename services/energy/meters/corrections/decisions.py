"""Decisions on corrections of a meter's changes: the meter's life is laid out again from the first moment concerned."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from services.energy.common.given import AtMoment
from services.energy.common.refusal import Refused
from services.energy.common.values import MeterId, Moment, Reason
from services.energy.meters.counters import check_counter, check_shown
from services.energy.meters.facts.events import Direction, MeterChangeCorrected, MeterChangeUndone
from services.energy.meters.facts.life import Change, InUse, Retired, evolve, segments
from services.energy.meters.guards import check_interval, in_life, in_use, not_ahead, with_device
from services.energy.meters.values import Capacity, Digits, Interval, Modulus, Ratio, Register, Serial
from shared.command import command
from shared.values import Says

_At = Annotated[Moment, Says(description="the change's moment, as it was said")]


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:20:00+08:00",
        "old_last": "133",
        "reason": "typed 9133 for 133",
    }
)
class CorrectMeterChange:
    """What is right of a change that was said wrong; what isn't named was right. `at` names the change; at its
    `valid_from` it is the registration."""

    meter: MeterId
    at: _At
    now_at: Annotated[Moment | None, Says(description="the right moment, if that was wrong")] = None
    serial: Serial | None = None
    ratio: Ratio | None = None
    register_digits: Digits = None
    register_modulus: Modulus = None
    capacity: Capacity = None
    interval_minutes: Interval | None = None
    direction: Direction | None = None
    old_last: Register = None
    new_start: Register = None
    register_value: Register = None
    reason: Reason


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:20:00+08:00",
        "reason": "it was the neighbour's meter",
    }
)
class UndoMeterChange:
    """A change (replacement, ratio, interval, direction, retirement) that did not happen."""

    meter: MeterId
    at: _At
    reason: Reason


_DEVICE = frozenset({"serial", "ratio", "register_digits", "register_modulus", "capacity"})
_SAYS = {
    "replacement": _DEVICE | {"old_last", "new_start"},
    "ratio": {"ratio", "register_value"},
    "interval": {"interval_minutes", "register_value"},
    "direction": {"direction", "register_value"},
    "registration": _DEVICE | {"direction", "interval_minutes"},
}
"""By kind of change: the fields that it states and that its correction may name."""


def corrected(
    command: CorrectMeterChange, state: InUse | Retired, given: AtMoment
) -> Sequence[MeterChangeCorrected]:
    """Corrects a change. Raises Refused; no event if the correction states what was known."""
    registered = state.registered
    now_at = command.now_at or command.at
    closing = opening = None
    if command.at == registered.valid_from:
        _only_of_the_registration(command)
        known = segments(state)[0]
    else:
        change = _change_of(command.at, state)
        _says(change.what, command)
        known = next(each for each in segments(state) if each.since == command.at)
        closing, opening = _registers(change, command)
        if now_at != command.at:
            in_life(now_at, _without(state, command.at))
            not_ahead(now_at, given)
    counter = with_device(known.counter, command)
    minutes = command.interval_minutes or known.interval_minutes
    check_interval(minutes)
    check_counter(registered.kind, counter, registered.unit_factor)
    event = MeterChangeCorrected(
        meter=registered.meter,
        enterprise=registered.enterprise,
        at=command.at,
        now_at=now_at,
        serial=counter.serial,
        ratio=counter.ratio,
        digits=counter.digits,
        modulus=counter.modulus,
        capacity=counter.capacity,
        interval_minutes=minutes,
        old_last=closing,
        new_start=opening,
        reason=command.reason,
        direction=command.direction or known.direction,
    )
    after = evolve(state, event)
    if after == state:
        return []
    assert isinstance(after, InUse | Retired)  # noqa: S101 - a correction makes no other state
    _all_shown(after)
    return [event]


def undone(command: UndoMeterChange, state: InUse | Retired) -> Sequence[MeterChangeUndone]:
    """Takes a change back. Raises Refused, also for what its absence would make impossible."""
    ended = isinstance(state, Retired) and command.at == state.at
    event = MeterChangeUndone(
        meter=state.registered.meter,
        enterprise=state.registered.enterprise,
        at=command.at,
        what="retirement" if ended else _change_of(command.at, state).what,
        reason=command.reason,
    )
    after = evolve(state, event)
    assert isinstance(after, InUse | Retired)  # noqa: S101 - undoing makes no other state
    _all_shown(after)
    return [event]


def _without(state: InUse | Retired, at: datetime) -> InUse | Retired:
    used = in_use(state)
    used = replace(used, changes=tuple(each for each in used.changes if each.at != at))
    return used if isinstance(state, InUse) else replace(state, before=used)


def _change_of(at: datetime, state: InUse | Retired) -> Change:
    changes = in_use(state).changes
    found = next((each for each in changes if each.at == at), None)
    if found is None:
        known = ", ".join(each.at.isoformat() for each in changes) or "none"
        raise Refused(
            "no-such-change",
            f"Nothing about {state.registered.meter!r} changed at {at.isoformat()}.",
            remedy=f"Give the moment of a change: {known}.",
            where="at",
            status=404,
        )
    return found


def _registers(change: Change, command: CorrectMeterChange) -> tuple[Decimal | None, Decimal | None]:
    if change.what == "replacement":
        old_last = change.closing if command.old_last is None else command.old_last
        new_start = change.opening if command.new_start is None else command.new_start
        return old_last, new_start
    shown = change.closing if command.register_value is None else command.register_value
    return shown, shown


def _only_of_the_registration(command: CorrectMeterChange) -> None:
    _says("registration", command)
    if command.now_at is not None and command.now_at != command.at:
        raise Refused(
            "registration-stays",
            "A registration's valid_from doesn't move: readings before it never counted.",
            remedy="Correct what holds from then on, or retire the meter and register another.",
            where="now_at",
        )


def _says(what: str, command: CorrectMeterChange) -> None:
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
