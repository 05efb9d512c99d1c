"""Decisions on a meter's registration and retirement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from services.energy.common.refusal import Refused, taken
from services.energy.common.values import CarrierCode, EnterpriseId, MeterId, Moment, Reason, StatisticType
from services.energy.meters.counters import check_calibration, check_counter
from services.energy.meters.facts.events import (
    Calibration,
    Counter,
    Direction,
    Kind,
    MeterRegistered,
    MeterRetired,
)
from services.energy.meters.facts.life import InUse, MeterState, Retired
from services.energy.meters.guards import check_interval, retired
from services.energy.meters.units import factor
from services.energy.meters.values import (
    NO_CALIBRATION,
    ONE,
    CalibrationIn,
    Capacity,
    Digits,
    Interval,
    Modulus,
    Ratio,
    Serial,
)
from shared.command import Given, command
from shared.values import Many, Says, Text

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


@command(
    example={
        "meter": "E-0042-EL1",
        "enterprise": "E-0042",
        "carrier": "electricity",
        "unit": "kWh",
        "kind": "register",
        "serial": "DD862-12345",
        "ratio": "600",
        "register_digits": 6,
        "capacity": "4000",
        "interval_minutes": 15,
        "scope": 1,
        "statistic_types": [0],
        "valid_from": "2013-01-01T00:00:00+08:00",
    }
)
class RegisterMeter:
    """A meter (计量器具)."""

    meter: MeterId
    enterprise: EnterpriseId
    carrier: CarrierCode
    unit: Annotated[
        str,
        Text(
            pattern=r"^[A-Za-z0-9_]{1,12}$",
            description="unit in which it counts; converts exactly to the carrier's unit",
            examples=("kWh", "MWh", "t", "m3_1e4", "GJ"),
        ),
    ]
    kind: Annotated[
        Kind,
        Says(description="register: a counter that only grows; interval: the quantity of each interval"),
    ]
    serial: Serial
    ratio: Ratio = ONE
    register_digits: Digits = None
    register_modulus: Modulus = None
    capacity: Capacity = None
    interval_minutes: Interval = 15
    scope: Annotated[
        Literal[1, 2, 3, 4],
        Says(description="1 plant 全厂, 2 process 工序, 3 unit 工序单元, 4 equipment 重点设备: never added"),
    ] = 1
    direction: Annotated[
        Direction,
        Says(
            description="purchased: energy that comes in; delivered: energy that goes out, which is deducted"
        ),
    ] = Direction.PURCHASED
    statistic_types: Annotated[tuple[StatisticType, ...], Many(min_length=1, max_length=4)] = (0,)
    calibration: CalibrationIn = NO_CALIBRATION
    valid_from: Annotated[Moment, Says(description="readings after this moment count")]


@command(example={"meter": "E-0042-EL1", "at": "2014-01-01T00:00:00+08:00", "reason": "line taken down"})
class RetireMeter:
    """The meter's end."""

    meter: MeterId
    at: Moment
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering(Given):
    """The unit in which the plan counts the carrier, and the meter whose other name (alias) the id is, if it is one."""

    carrier_unit: str
    alias_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retiring(Given):
    """The moment of the latest reading that is stored; None: there is none."""

    last_reading_at: datetime | None = None


def registered(command: RegisterMeter, state: MeterState, given: Registering) -> Sequence[MeterRegistered]:
    """Makes a meter known. The same again changes nothing; another one of that id is refused."""
    match state:
        case InUse(registered=known):
            if known == _registered(command, given):
                return []
            raise taken("meter", command.meter, f"Meter {command.meter!r} is registered already.")
        case Retired():
            raise taken("meter", command.meter, f"Meter {command.meter!r} was retired; its readings stand.")
        case _:
            return [_registered(command, given)]


def ended(command: RetireMeter, state: InUse | Retired, given: Retiring) -> Sequence[MeterRetired]:
    """Retires a meter. Raises Refused where something is known of later."""
    if isinstance(state, Retired):
        if command.at == state.at:
            return []
        raise retired(state)
    _after_all(command.at, state)
    if given.last_reading_at is not None and given.last_reading_at > command.at:
        raise Refused(
            "readings-after-retirement",
            f"There are readings up to {given.last_reading_at.isoformat()}.",
            remedy="Give that moment or a later one, or correct these readings first.",
            where="at",
        )
    return [
        MeterRetired(
            meter=state.registered.meter,
            enterprise=state.registered.enterprise,
            at=command.at,
            reason=command.reason,
        )
    ]


def _registered(command: RegisterMeter, given: Registering) -> MeterRegistered:
    if not _ID.fullmatch(command.meter):
        raise Refused(
            "malformed-meter",
            f"{command.meter!r} is no meter id: letters, digits, dot, - and _, at most 60.",
            where="meter",
        )
    if given.alias_of is not None:
        raise taken(
            "meter", command.meter, f"Readings under {command.meter!r} are those of {given.alias_of!r}."
        )
    unit_factor = factor(command.unit, given.carrier_unit)
    counter = Counter(
        command.serial, command.ratio, command.register_digits, command.capacity, command.register_modulus
    )
    check_counter(command.kind, counter, unit_factor)
    if not command.statistic_types or len(set(command.statistic_types)) != len(command.statistic_types):
        raise Refused(
            "statistic-types",
            "A meter reports one or more statistic types, each named once.",
            where="statistic_types",
        )
    check_interval(command.interval_minutes)
    calibration = Calibration(command.calibration.last, command.calibration.next)
    check_calibration(calibration)
    return MeterRegistered(
        meter=command.meter,
        enterprise=command.enterprise,
        carrier=command.carrier,
        unit=command.unit,
        carrier_unit=given.carrier_unit,
        unit_factor=unit_factor,
        kind=command.kind,
        serial=counter.serial,
        ratio=counter.ratio,
        digits=counter.digits,
        capacity=counter.capacity,
        interval_minutes=command.interval_minutes,
        scope=command.scope,
        statistic_types=tuple(sorted(command.statistic_types)),
        calibration=calibration,
        valid_from=command.valid_from,
        modulus=counter.modulus,
        direction=command.direction,
    )


def _after_all(at: datetime, state: InUse) -> None:
    """Raises Refused unless `at` lies after every known change."""
    if at <= state.since:
        raise Refused(
            "before-last-change",
            f"What is known holds from {state.since.isoformat()}; {at.isoformat()} isn't after it.",
            remedy="Give a later moment, or undo what lies later.",
            where="at",
        )
