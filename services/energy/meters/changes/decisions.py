"""Decisions on changes of a meter: what is new holds from a moment on, and readings before it keep what they had."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated

from services.energy.common.given import AtMoment
from services.energy.common.refusal import Refused
from services.energy.common.values import MeterId, Moment, Reason
from services.energy.meters.counters import check_calibration, check_counter, check_shown
from services.energy.meters.facts.events import (
    Calibration,
    Direction,
    Kind,
    MeterDirectionChanged,
    MeterIntervalChanged,
    MeterRatioChanged,
    MeterReplaced,
)
from services.energy.meters.facts.life import InUse, Retired, holds_at
from services.energy.meters.guards import check_interval, in_life, not_ahead, retired, with_device
from services.energy.meters.values import (
    NO_CALIBRATION,
    CalibrationIn,
    Capacity,
    Digits,
    Interval,
    Modulus,
    Ratio,
    Register,
    Serial,
)
from shared.command import command
from shared.values import Says

_At = Annotated[Moment, Says(description="of a register: when a reading is stored, or give register_value")]


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:20:00+08:00",
        "serial": "DD862-20001",
        "old_last": "984211.5",
        "new_start": "0",
        "reason": "meter protocol 17",
    }
)
class ReplaceMeter:
    """Another device behind the same meter. A register needs both values, or energy around the change is lost."""

    meter: MeterId
    at: Moment
    serial: Serial
    ratio: Ratio | None = None
    register_digits: Digits = None
    register_modulus: Modulus = None
    capacity: Capacity = None
    old_last: Register = None
    new_start: Register = None
    calibration: CalibrationIn = NO_CALIBRATION
    reason: Reason


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:00:00+08:00",
        "ratio": "800",
        "register_value": "12004.2",
        "reason": "transformers 800/5",
    }
)
class ChangeRatio:
    """Another ratio from a moment on; for a register, with what it showed then."""

    meter: MeterId
    at: Moment
    ratio: Ratio
    register_value: Register = None
    reason: Reason


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:00:00+08:00",
        "interval_minutes": 60,
        "reason": "new firmware",
    }
)
class ChangeMeterInterval:
    """Another interval between readings from a moment on, e.g. hourly instead of by the quarter-hour."""

    meter: MeterId
    at: _At
    interval_minutes: Interval
    register_value: Register = None
    reason: Reason


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:00:00+08:00",
        "direction": "delivered",
        "reason": "wired the other way",
    }
)
class ChangeMeterDirection:
    """From a moment on the meter counts the other way, e.g. because it was wired the wrong way round."""

    meter: MeterId
    at: _At
    direction: Direction
    register_value: Register = None
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(AtMoment):
    """The register that is stored at the moment of the change, in the meter's unit; None: none is."""

    stored: Decimal | None = None


MeterChange = ReplaceMeter | ChangeRatio | ChangeMeterInterval | ChangeMeterDirection
MeterChanged = MeterReplaced | MeterRatioChanged | MeterIntervalChanged | MeterDirectionChanged


def changed(command: MeterChange, state: InUse | Retired, given: AtMoment) -> Sequence[MeterChanged]:
    """Changes a meter; no event where that is so already. Raises Refused."""
    if isinstance(state, Retired):
        raise retired(state)
    match (command, given):
        case (ReplaceMeter(), _):
            return [_replaced(command, state, given)]
        case (ChangeRatio(), _):
            return _ratio_changed(command, state, given)
        case (ChangeMeterInterval(), Shown()):
            return _interval_changed(command, state, given)
        case (ChangeMeterDirection(), Shown()):
            return _direction_changed(command, state, given)
        case _:
            raise TypeError(f"{type(command).__name__} isn't decided on {type(given).__name__}")


def _replaced(command: ReplaceMeter, state: InUse, given: AtMoment) -> MeterReplaced:
    registered = state.registered
    in_life(command.at, state)
    not_ahead(command.at, given)
    before = holds_at(state, command.at).counter
    counter = with_device(before, command)
    check_counter(registered.kind, counter, registered.unit_factor)
    calibration = Calibration(command.calibration.last, command.calibration.next)
    check_calibration(calibration)
    both = command.old_last is not None and command.new_start is not None
    if registered.kind is Kind.REGISTER and not both:
        raise Refused(
            "replacement-without-registers",
            "A register's replacement needs the old register's last value and the new one's first.",
            remedy="Read both from the replacement's protocol.",
            where="old_last",
        )
    step = registered.unit_factor
    check_shown("old_last", command.old_last, registered.kind, before, step)
    check_shown("new_start", command.new_start, registered.kind, counter, step)
    return MeterReplaced(
        meter=registered.meter,
        enterprise=registered.enterprise,
        at=command.at,
        serial=counter.serial,
        replaced_serial=before.serial,
        ratio=counter.ratio,
        digits=counter.digits,
        capacity=counter.capacity,
        old_last=command.old_last,
        new_start=command.new_start,
        calibration=calibration,
        reason=command.reason,
        modulus=counter.modulus,
    )


def _ratio_changed(command: ChangeRatio, state: InUse, given: AtMoment) -> Sequence[MeterRatioChanged]:
    registered = state.registered
    before = holds_at(state, command.at).counter
    if command.ratio == before.ratio:
        return []
    in_life(command.at, state)
    not_ahead(command.at, given)
    changed = replace(before, ratio=command.ratio)
    check_counter(registered.kind, changed, registered.unit_factor)
    if registered.kind is Kind.REGISTER and command.register_value is None:
        raise Refused(
            "ratio-change-without-register",
            "A register's ratio changes at a register value: what was counted before keeps the old ratio.",
            remedy="Give register_value, what the register showed at that moment.",
            where="register_value",
        )
    shown = command.register_value
    check_shown("register_value", shown, registered.kind, changed, registered.unit_factor)
    return [
        MeterRatioChanged(
            meter=registered.meter,
            enterprise=registered.enterprise,
            at=command.at,
            ratio=command.ratio,
            previous_ratio=before.ratio,
            register_value=shown,
            reason=command.reason,
        )
    ]


def _interval_changed(
    command: ChangeMeterInterval, state: InUse, given: Shown
) -> Sequence[MeterIntervalChanged]:
    registered = state.registered
    before = holds_at(state, command.at)
    if command.interval_minutes == before.interval_minutes:
        return []
    in_life(command.at, state)
    not_ahead(command.at, given)
    check_interval(command.interval_minutes)
    return [
        MeterIntervalChanged(
            meter=registered.meter,
            enterprise=registered.enterprise,
            at=command.at,
            interval_minutes=command.interval_minutes,
            previous_minutes=before.interval_minutes,
            register_value=_shown_at(command, state, given, "interval"),
            reason=command.reason,
        )
    ]


def _direction_changed(
    command: ChangeMeterDirection, state: InUse, given: Shown
) -> Sequence[MeterDirectionChanged]:
    registered = state.registered
    before = holds_at(state, command.at)
    if command.direction is before.direction:
        return []
    in_life(command.at, state)
    not_ahead(command.at, given)
    return [
        MeterDirectionChanged(
            meter=registered.meter,
            enterprise=registered.enterprise,
            at=command.at,
            direction=command.direction,
            previous_direction=before.direction,
            register_value=_shown_at(command, state, given, "direction"),
            reason=command.reason,
        )
    ]


def _shown_at(
    command: ChangeMeterInterval | ChangeMeterDirection, state: InUse, given: Shown, what: str
) -> Decimal | None:
    """The register at the change's moment; None for a meter of quantities. Raises Refused."""
    registered = state.registered
    shown = given.stored if command.register_value is None else command.register_value
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
