"""What may be done to a meter (计量器具), and what then happens: `decide(command, state) -> events`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from .carrier_units import factor
from .meter import (
    Calibration,
    Counter,
    Event,
    InUse,
    Kind,
    MeterRatioChanged,
    MeterRegistered,
    MeterReplaced,
    MeterRetired,
    MeterRolloverConfirmed,
    NoMeter,
    Retired,
    State,
    SuspectResolved,
    Verdict,
)
from .refusal import Refused, taken, unknown

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
MAX_RATIO = Decimal(100_000)
"""Bound of current × voltage transformer ratios; keeps energy inside the store's 64-bit integers."""
MAX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Carrier:
    """Reference data on a command: an energy carrier (能源品种) and the unit in which it is counted."""

    code: str
    unit: str


# Commands


@dataclass(frozen=True, slots=True)
class RegisterMeter:
    """`enterprise_known` and `carrier` are what the registry and the plan say at that moment."""

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


@dataclass(frozen=True, slots=True)
class ReplaceMeter:
    """The device behind the meter is replaced at `at`. A register needs the old one's last value and the new
    one's first (in `unit`, before the ratio), or the energy around the change would be lost."""

    at: datetime
    counter: Counter
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
    """The register passed its highest value in the interval that ends at `at`."""

    at: datetime
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
class ResolveSuspect:
    """A person's word on the parked interval that ends at `at`; `parked` is None if none does."""

    at: datetime
    verdict: Verdict
    reason: str
    parked: Parked | None


@dataclass(frozen=True, slots=True)
class RetireMeter:
    """No readings are expected after `at`."""

    at: datetime
    reason: str


Command = RegisterMeter | ReplaceMeter | ChangeRatio | ConfirmRollover | ResolveSuspect | RetireMeter


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
        case ResolveSuspect(), InUse(registered=registered):
            return [_resolved(command, registered.meter, registered.enterprise)]
        case ResolveSuspect(), Retired(meter=meter, enterprise=enterprise):
            return [_resolved(command, meter, enterprise)]
        case RetireMeter(), InUse(registered=registered):
            _after(command.at, state)
            return [MeterRetired(registered.meter, registered.enterprise, command.at, command.reason)]
        case RetireMeter(), Retired(at=at):
            if command.at == at:
                return []
            raise _retired(state)
        case ((ReplaceMeter() | ChangeRatio() | ConfirmRollover()), Retired() as retired):
            raise _retired(retired)
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
    if command.carrier is None:
        raise Refused(
            "unknown-carrier",
            f"No loaded plan has a coefficient for the carrier {command.carrier_code!r}.",
            remedy="Give a carrier of the plan's coefficients, or load the plan first.",
            where="carrier",
        )
    _counter(command.kind, command.counter)
    if not command.statistic_types or len(set(command.statistic_types)) != len(command.statistic_types):
        raise Refused(
            "statistic-types",
            "A meter reports one or more statistic types, each named once.",
            where="statistic_types",
        )
    if 24 * 60 % command.interval_minutes:
        raise Refused(
            "interval-does-not-divide-the-day",
            f"{command.interval_minutes} minutes don't divide a day: slots would drift over midnight.",
            remedy="Give 15, 30 or 60 (plan data §3.3).",
            where="interval_minutes",
        )
    _calibration(command.calibration)
    return MeterRegistered(
        command.meter,
        command.enterprise,
        command.carrier.code,
        command.unit,
        command.carrier.unit,
        factor(command.unit, command.carrier.unit),
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
    )


def _replaced(command: ReplaceMeter, state: InUse) -> MeterReplaced:
    registered = state.registered
    _after(command.at, state)
    _not_ahead(command.at, command.now)
    _counter(registered.kind, command.counter)
    _calibration(command.calibration)
    both = command.old_last is not None and command.new_start is not None
    if registered.kind is Kind.REGISTER and not both:
        raise Refused(
            "replacement-without-registers",
            "A register's replacement needs the old register's last value and the new one's first.",
            remedy="Read both from the replacement's protocol.",
            where="old_last",
        )
    for name, value in (("old_last", command.old_last), ("new_start", command.new_start)):
        _shown(name, value, registered.kind)
    return MeterReplaced(
        registered.meter,
        registered.enterprise,
        command.at,
        command.counter.serial,
        state.counter.serial,
        command.counter.ratio,
        command.counter.digits,
        command.counter.capacity,
        command.old_last,
        command.new_start,
        command.calibration,
        command.reason,
    )


def _ratio_changed(command: ChangeRatio, state: InUse) -> Sequence[Event]:
    registered = state.registered
    if command.ratio == state.counter.ratio:
        return []
    _after(command.at, state)
    _not_ahead(command.at, command.now)
    _counter(registered.kind, replace(state.counter, ratio=command.ratio))
    if registered.kind is Kind.REGISTER and command.register_value is None:
        raise Refused(
            "ratio-change-without-register",
            "A register's ratio changes at a register value: what was counted before keeps the old ratio.",
            remedy="Give register_value, what the register showed at that moment.",
            where="register_value",
        )
    _shown("register_value", command.register_value, registered.kind)
    return [
        MeterRatioChanged(
            registered.meter,
            registered.enterprise,
            command.at,
            command.ratio,
            state.counter.ratio,
            command.register_value,
            command.reason,
        )
    ]


def _rolled_over(command: ConfirmRollover, state: InUse) -> MeterRolloverConfirmed:
    registered = state.registered
    if registered.kind is not Kind.REGISTER or state.counter.digits is None:
        raise Refused(
            "no-rollover-without-digits",
            f"Meter {registered.meter!r} has no known number of digits: where it starts again isn't known.",
            remedy="Report a replacement with the old and the new register value instead.",
            where="meter",
        )
    if command.parked is None or command.parked.why != "backwards":
        raise Refused(
            "nothing-fell",
            f"No parked interval of {registered.meter!r} in which the register fell ends at {command.at}.",
            remedy="The list of suspects names the intervals.",
            where="at",
        )
    return MeterRolloverConfirmed(
        registered.meter, registered.enterprise, command.parked.start, command.at, command.reason
    )


def _resolved(command: ResolveSuspect, meter: str, enterprise: str) -> SuspectResolved:
    parked = command.parked
    if parked is None:
        raise Refused(
            "nothing-parked",
            f"No parked interval of {meter!r} ends at {command.at}.",
            remedy="The list of suspects names the intervals.",
            where="at",
        )
    if parked.why == "backwards" and command.verdict is Verdict.CONFIRM:
        raise Refused(
            "register-fell",
            "The register fell: there is no energy to confirm.",
            remedy="Confirm a rollover, report a replacement, or void the reading.",
            where="verdict",
        )
    return SuspectResolved(
        meter,
        enterprise,
        parked.start,
        command.at,
        parked.why,
        parked.energy,
        command.verdict,
        command.reason,
    )


def _counter(kind: Kind, counter: Counter) -> None:
    if not 0 < counter.ratio <= MAX_RATIO or counter.ratio != round(counter.ratio, 6):
        raise Refused(
            "ratio-out-of-range",
            f"A ratio of {counter.ratio}: it lies above 0, up to {MAX_RATIO}, with at most 6 decimals.",
            where="ratio",
        )
    if kind is Kind.INTERVAL and counter.digits is not None:
        raise Refused(
            "interval-meter-has-no-digits",
            "A meter that reports quantities of intervals has no register to roll over.",
            remedy="Leave register_digits out.",
            where="register_digits",
        )
    if counter.digits is not None and not 1 <= counter.digits <= MAX_DIGITS:
        raise Refused(
            "digits-out-of-range",
            f"{counter.digits} digits: a register has 1 to {MAX_DIGITS}.",
            where="register_digits",
        )
    if counter.capacity is not None and counter.capacity <= 0:
        raise Refused(
            "capacity-not-positive", "A capacity is more than 0; leave it out if unknown.", where="capacity"
        )


def _shown(name: str, value: Decimal | None, kind: Kind) -> None:
    if value is None:
        return
    if kind is Kind.INTERVAL:
        raise Refused("no-register", "The meter reports quantities: it has no register.", where=name)
    if value < 0:
        raise Refused("register-negative", f"A register shows 0 or more, not {value}.", where=name)


def _calibration(calibration: Calibration) -> None:
    if calibration.last and calibration.next and calibration.next <= calibration.last:
        raise Refused(
            "calibration-reversed",
            f"The next calibration, {calibration.next}, isn't after the last, {calibration.last}.",
            where="calibration",
        )


def _after(at: datetime, state: InUse) -> None:
    if at <= state.since:
        raise Refused(
            "before-last-change",
            f"What is known holds from {state.since.isoformat()}; {at.isoformat()} isn't after it.",
            remedy="Give a later moment.",
            where="at",
        )


def _not_ahead(at: datetime, now: datetime) -> None:
    if at > now:
        raise Refused(
            "in-the-future",
            f"{at.isoformat()} lies ahead: what a register will show then isn't known.",
            remedy="Report it when it has happened.",
            where="at",
        )


def _retired(state: Retired) -> Refused:
    return Refused(
        "meter-retired",
        f"Meter {state.meter!r} was retired at {state.at.isoformat()}.",
        remedy="Register a new meter.",
        where="meter",
        status=409,
    )
