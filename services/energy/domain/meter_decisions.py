"""What may be done to a meter (计量器具), and what then happens: `decide(command, state) -> events`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from services.energy.common.refusal import Refused, taken, unknown

from . import meter_changes as changes
from .carrier_units import factor
from .counter_checks import check_calibration, check_counter, check_shown
from .meter import (
    Calibration,
    Counter,
    Direction,
    Event,
    Kind,
    MeterRatioChanged,
    MeterRegistered,
    MeterReplaced,
    MeterRetired,
    MeterRolloverConfirmed,
    SuspectResolved,
    Verdict,
)
from .meter_changes import in_life, not_ahead, retired, with_device
from .meter_life import InUse, NoMeter, Retired, State, holds_at

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


@dataclass(frozen=True, slots=True)
class Carrier:
    """Reference data on a command: an energy carrier (能源品种) and the unit in which it is counted."""

    code: str
    unit: str


# Commands


@dataclass(frozen=True, slots=True)
class RegisterMeter:
    """`enterprise_known`, `carrier` and `alias_of` (whose other name the id is) are what the registry and the plan say
    at that moment."""

    meter: str
    enterprise: str
    enterprise_known: bool
    carrier_code: str
    carrier: Carrier | None
    unit: str
    kind: Kind
    counter: Counter
    interval_minutes: int
    scope: int
    statistic_types: tuple[int, ...]
    calibration: Calibration
    valid_from: datetime
    alias_of: str | None = None
    direction: Direction = Direction.PURCHASED


@dataclass(frozen=True, slots=True)
class ReplaceMeter:
    """The device behind the meter is replaced at `at`. A register needs the old one's last value and the new
    one's first (in `unit`, before the ratio), or the energy around the change would be lost. What `device` leaves
    out stays as it was at that moment."""

    at: datetime
    device: changes.Device
    old_last: Decimal | None
    new_start: Decimal | None
    calibration: Calibration
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class ChangeRatio:
    """Another ratio from `at` on, at which the register showed `register_value` (in `unit`)."""

    at: datetime
    ratio: Decimal
    register_value: Decimal | None
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class ConfirmRollover:
    """The register passed its highest value in the interval that ends at `at`. `parked` is reference data."""

    at: datetime
    statistic_type: int
    reason: str
    parked: "Parked | None"


@dataclass(frozen=True, slots=True)
class Parked:
    """Reference data on a command: a parked interval as the store has it. `energy` is the difference that is
    apart, in the carrier's unit; `why` is jump, backwards or gap."""

    start: datetime
    end: datetime
    why: str
    energy: Decimal


@dataclass(frozen=True, slots=True)
class ResolveSuspects:
    """A person's word on parked intervals; `parked` has, for each end that was named, the interval or None."""

    statistic_type: int
    verdict: Verdict
    reason: str
    parked: tuple[tuple[datetime, Parked | None], ...]


@dataclass(frozen=True, slots=True)
class RetireMeter:
    """No readings are expected after `at`. `last_reading_at` is the latest that is stored."""

    at: datetime
    reason: str
    last_reading_at: datetime | None = None


Command = (
    RegisterMeter
    | ReplaceMeter
    | ChangeRatio
    | ConfirmRollover
    | ResolveSuspects
    | RetireMeter
    | changes.ChangeInterval
    | changes.ChangeDirection
    | changes.CorrectChange
    | changes.UndoChange
    | changes.WithdrawVerdict
    | changes.AssignAlias
    | changes.WithdrawAlias
)


def decide(command: Command, state: State) -> Sequence[Event]:
    """What happens. Raises Refused, which names the field at fault."""
    match command, state:
        case RegisterMeter(), NoMeter():
            return [_registered(command)]
        case RegisterMeter(), InUse(registered=registered):
            if registered == _registered(command):
                return []
            raise taken("meter", command.meter, f"Meter {command.meter!r} is registered already.")
        case RegisterMeter(), Retired():
            raise taken("meter", command.meter, f"Meter {command.meter!r} was retired; its readings stand.")
        case ReplaceMeter(), InUse():
            return [_replaced(command, state)]
        case ChangeRatio(), InUse():
            return _ratio_changed(command, state)
        case ConfirmRollover(), InUse(registered=registered):
            return [_rolled_over(command, state)]
        case ResolveSuspects(), InUse() | Retired():
            return _resolved(command, state)
        case changes.ChangeInterval(), InUse():
            return changes.interval_changed(command, state)
        case changes.ChangeDirection(), InUse():
            return changes.direction_changed(command, state)
        case changes.CorrectChange(), InUse() | Retired():
            return changes.corrected(command, state)
        case changes.UndoChange(), InUse() | Retired():
            return changes.undone(command, state)
        case changes.AssignAlias(), InUse() | Retired():
            return changes.alias_assigned(command, state)
        case changes.WithdrawAlias(), InUse() | Retired():
            return changes.alias_withdrawn(command, state)
        case changes.WithdrawVerdict(), InUse() | Retired():
            return [changes.withdrawn(command, state)]
        case RetireMeter(), InUse(registered=registered):
            changes.after_all(command.at, state)
            _nothing_later(command)
            return [MeterRetired(registered.meter, registered.enterprise, command.at, command.reason)]
        case RetireMeter(), Retired(at=at):
            if command.at == at:
                return []
            raise retired(state)
        case (
            ReplaceMeter()
            | ChangeRatio()
            | changes.ChangeInterval()
            | changes.ChangeDirection()
            | ConfirmRollover(),
            Retired(),
        ):
            raise retired(state)
        case _, NoMeter():
            raise unknown("meter", "")
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def _registered(command: RegisterMeter) -> MeterRegistered:
    if not _ID.fullmatch(command.meter):
        raise Refused(
            "malformed-meter",
            f"{command.meter!r} is no meter id: letters, digits, dot, - and _, at most 60.",
            where="meter",
        )
    if not command.enterprise_known:
        raise unknown("enterprise", command.enterprise)
    if command.alias_of is not None:
        raise taken(
            "meter", command.meter, f"Readings under {command.meter!r} are those of {command.alias_of!r}."
        )
    if command.carrier is None:
        raise Refused(
            "unknown-carrier",
            f"No loaded plan has a coefficient for the carrier {command.carrier_code!r}.",
            remedy="Give a carrier of the plan's coefficients, or load the plan first.",
            where="carrier",
        )
    unit_factor = factor(command.unit, command.carrier.unit)
    check_counter(command.kind, command.counter, unit_factor)
    if not command.statistic_types or len(set(command.statistic_types)) != len(command.statistic_types):
        raise Refused(
            "statistic-types",
            "A meter reports one or more statistic types, each named once.",
            where="statistic_types",
        )
    changes.check_interval(command.interval_minutes)
    check_calibration(command.calibration)
    return MeterRegistered(
        command.meter,
        command.enterprise,
        command.carrier.code,
        command.unit,
        command.carrier.unit,
        unit_factor,
        command.kind,
        command.counter.serial,
        command.counter.ratio,
        command.counter.digits,
        command.counter.capacity,
        command.interval_minutes,
        command.scope,
        tuple(sorted(command.statistic_types)),
        command.calibration,
        command.valid_from,
        command.counter.modulus,
        command.direction,
    )


def _replaced(command: ReplaceMeter, state: InUse) -> MeterReplaced:
    registered = state.registered
    in_life(command.at, state)
    not_ahead(command.at, command.now)
    before = holds_at(state, command.at).counter
    counter = with_device(before, command.device)
    check_counter(registered.kind, counter, registered.unit_factor)
    check_calibration(command.calibration)
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
        registered.meter,
        registered.enterprise,
        command.at,
        counter.serial,
        before.serial,
        counter.ratio,
        counter.digits,
        counter.capacity,
        command.old_last,
        command.new_start,
        command.calibration,
        command.reason,
        counter.modulus,
    )


def _ratio_changed(command: ChangeRatio, state: InUse) -> Sequence[Event]:
    registered = state.registered
    before = holds_at(state, command.at).counter
    if command.ratio == before.ratio:
        return []
    in_life(command.at, state)
    not_ahead(command.at, command.now)
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
            registered.meter,
            registered.enterprise,
            command.at,
            command.ratio,
            before.ratio,
            command.register_value,
            command.reason,
        )
    ]


def _rolled_over(command: ConfirmRollover, state: InUse) -> MeterRolloverConfirmed:
    registered = state.registered
    counter = holds_at(state, command.at).counter
    if registered.kind is not Kind.REGISTER or counter.starts_again_at is None:
        raise Refused(
            "no-rollover-without-digits",
            f"Meter {registered.meter!r} has no known number of digits: where it starts again isn't known.",
            remedy="Correct its registration (register_digits or register_modulus), or report a replacement with the "
            "old and the new register value.",
            where="meter",
        )
    if command.parked is None or command.parked.why != "backwards":
        raise Refused(
            "nothing-fell",
            f"No parked interval of {registered.meter!r} in which the register fell ends at {command.at}.",
            remedy="The list of suspects names the intervals.",
            where="at",
        )
    _can_pass(command.parked, counter, registered)
    return MeterRolloverConfirmed(
        registered.meter,
        registered.enterprise,
        command.statistic_type,
        command.parked.start,
        command.at,
        command.reason,
    )


def _can_pass(parked: Parked, counter: Counter, registered: MeterRegistered) -> None:
    """Raises Refused for a rollover whose energy could not have passed in that time: the register fell for another
    reason."""
    if counter.capacity is None or counter.starts_again_at is None:
        return
    step = registered.unit_factor
    passed = parked.energy + counter.starts_again_at * counter.ratio * step
    hours = Decimal((parked.end - parked.start).total_seconds()) / 3600
    if passed > counter.capacity * step * hours:
        raise Refused(
            "beyond-capacity",
            f"With a rollover {passed:f} {registered.carrier_unit} would have passed in {hours:.2f} h: the capacity "
            f"allows {counter.capacity * step * hours:.3f}.",
            remedy="Void the reading, report a replacement, or correct the meter's capacity first.",
            where="at",
        )


def _resolved(command: ResolveSuspects, state: InUse | Retired) -> Sequence[Event]:
    """One fact for each interval. Voiding a reading settles the interval that begins with it, too."""
    registered = state.registered
    boundaries = {each.at for each in (state if isinstance(state, InUse) else state.before).changes}
    events, voided = [], None
    for at, parked in sorted(command.parked, key=lambda each: each[0]):
        if parked is None:
            raise Refused(
                "nothing-parked",
                f"No parked interval of {registered.meter!r} ends at {at}.",
                remedy="The list of suspects names the intervals.",
                where="at",
            )
        if command.verdict is Verdict.CONFIRM and parked.why == "backwards":
            raise Refused(
                "register-fell",
                f"The register fell before {at}: there is no energy to confirm.",
                remedy="Confirm a rollover, report a replacement, or void the reading.",
                where="verdict",
            )
        if command.verdict is Verdict.VOID and at in boundaries:
            raise Refused(
                "explicit-change",
                f"The value at {at} was stated with a change of the meter: no reading stands there to be voided.",
                remedy="Correct that change (correct-meter-change), or undo it (undo-meter-change).",
                where="at",
                status=409,
            )
        if command.verdict is Verdict.VOID and parked.start == voided:
            continue
        voided = at
        events.append(
            SuspectResolved(
                registered.meter,
                registered.enterprise,
                command.statistic_type,
                parked.start,
                at,
                parked.why,
                parked.energy,
                command.verdict,
                command.reason,
            )
        )
    return events


def _nothing_later(command: RetireMeter) -> None:
    if command.last_reading_at is not None and command.last_reading_at > command.at:
        raise Refused(
            "readings-after-retirement",
            f"There are readings up to {command.last_reading_at.isoformat()}.",
            remedy="Give that moment or a later one, or correct these readings first.",
            where="at",
        )
