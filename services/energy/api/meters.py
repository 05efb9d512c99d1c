"""Operations on meters: register, replace, change the ratio, retire, look up."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.energy.api.base import (
    Answer,
    CarrierCode,
    Cursor,
    Day,
    EnterpriseId,
    Figure,
    Limit,
    Line,
    MeterId,
    Moment,
    Quantity,
    Reason,
    Request,
    Serving,
    StatisticType,
    example,
    ops,
)
from services.energy.app import meter_queries, meters
from services.energy.domain.meter import Calibration, Counter, Direction, Kind
from shared.rpc import Call, Reply

Serial = Annotated[Line, Field(min_length=1, max_length=60, description="serial number of the device")]
Ratio = Annotated[
    Quantity, Field(gt=0, le=100_000, description="multiplier of the register (倍率)", examples=["600"])
]
Digits = Annotated[
    int | None,
    Field(
        default=None,
        ge=1,
        le=12,
        description="integer digits of the register: it shows 0 after 10^digits; none: not known",
    ),
]
Modulus = Annotated[
    Quantity | None,
    Field(
        default=None,
        gt=1,
        description="what the register counts up to before it shows 0, where that is no power of ten, e.g. 838860.8",
    ),
]
Capacity = Annotated[
    Quantity | None,
    Field(
        default=None,
        gt=0,
        description="most that can pass in an hour, in `unit` and after the ratio; none: not known, and then "
        "nothing is suspect and no rollover is believed by itself",
    ),
]
Register = Annotated[
    Quantity | None,
    Field(default=None, ge=0, description="what the register shows, in `unit`, before the ratio"),
]
Interval = Annotated[
    Literal[1, 5, 10, 15, 30, 60], Field(description="minutes between real-time readings; 15, at most 60")
]


class CalibrationIn(Request):
    """Calibration (检定) of the device."""

    last: Day | None = None
    next: Day | None = Field(default=None, description="next due")


class RegisterMeter(Request):
    """A meter (计量器具)."""

    model_config = example(
        meter="E-0042-EL1",
        enterprise="E-0042",
        carrier="electricity",
        unit="kWh",
        kind="register",
        serial="DD862-12345",
        ratio="600",
        register_digits=6,
        capacity="4000",
        interval_minutes=15,
        scope=1,
        statistic_types=[0],
        valid_from="2013-01-01T00:00:00+08:00",
    )

    meter: MeterId
    enterprise: EnterpriseId
    carrier: CarrierCode
    unit: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_]{1,12}$",
            description="unit in which it counts; converts exactly to the carrier's unit",
            examples=["kWh", "MWh", "t", "m3_1e4", "GJ"],
        ),
    ]
    kind: Kind = Field(
        description="register: a counter that only grows; interval: the quantity of each interval"
    )
    serial: Serial
    ratio: Ratio = Decimal(1)
    register_digits: Digits
    register_modulus: Modulus
    capacity: Capacity
    interval_minutes: Interval = 15
    scope: Annotated[
        Literal[1, 2, 3, 4],
        Field(description="1 plant 全厂, 2 process 工序, 3 unit 工序单元, 4 equipment 重点设备: never added"),
    ] = 1
    direction: Annotated[
        Direction,
        Field(
            description="purchased: energy that comes in; delivered: energy that goes out, which is deducted"
        ),
    ] = Direction.PURCHASED
    statistic_types: list[StatisticType] = Field(default=[0], min_length=1, max_length=4)
    calibration: CalibrationIn = CalibrationIn()
    valid_from: Moment = Field(description="readings after this moment count")


class Meter(Answer):
    """A meter as it is now."""

    meter: str
    enterprise: str
    carrier: str
    unit: str
    carrier_unit: str = Field(description="unit in which the carrier is counted")
    unit_factor: Figure = Field(description="how many of it one `unit` is")
    kind: str
    serial: str
    ratio: Figure
    digits: int | None
    modulus: Figure | None = None
    capacity: Figure | None
    interval_minutes: int
    scope: int
    direction: Direction = Direction.PURCHASED
    statistic_types: list[int]
    calibration: CalibrationIn
    valid_from: datetime
    counting_since: datetime | None = Field(description="since when serial, ratio, digits and capacity hold")
    retired_at: datetime | None
    aliases: list[str] = Field(
        default=[], description="names by which its device sends, as its vendor knows it"
    )


class MeterAfter(Meter):
    """A meter after a command."""

    changed: bool = Field(description="false: what was asked for was so already, and nothing has happened")


@ops.command("register-meter", request=RegisterMeter, response=MeterAfter, summary="Register a meter")
async def register_meter(call: Call, body: RegisterMeter) -> Reply:
    """Readings of it that waited in quarantine are released for its valid period."""
    return await meters.register(
        Serving.energy,
        call,
        meter=body.meter,
        enterprise=body.enterprise,
        carrier=body.carrier,
        unit=body.unit,
        kind=body.kind,
        counter=Counter(body.serial, body.ratio, body.register_digits, body.capacity, body.register_modulus),
        interval_minutes=body.interval_minutes,
        scope=body.scope,
        statistic_types=body.statistic_types,
        calibration=Calibration(body.calibration.last, body.calibration.next),
        valid_from=body.valid_from,
        direction=body.direction,
    )


class ReplaceMeter(Request):
    """Another device behind the same meter. A register needs both values, or energy around the change is lost."""

    model_config = example(
        meter="E-0042-EL1",
        at="2013-03-04T10:20:00+08:00",
        serial="DD862-20001",
        old_last="984211.5",
        new_start="0",
        reason="meter protocol 17",
    )

    meter: MeterId
    at: Moment
    serial: Serial
    ratio: Ratio | None = None
    register_digits: Digits
    register_modulus: Modulus
    capacity: Capacity
    old_last: Register
    new_start: Register
    calibration: CalibrationIn = CalibrationIn()
    reason: Reason


@ops.command("replace-meter", request=ReplaceMeter, response=MeterAfter, summary="Replace a meter's device")
async def replace_meter(call: Call, body: ReplaceMeter) -> Reply:
    """From `at` on readings belong to the new device; those later than `at` that came already move to it."""
    return await meters.replace(
        Serving.energy,
        call,
        body.meter,
        at=body.at,
        serial=body.serial,
        ratio=body.ratio,
        digits=body.register_digits,
        modulus=body.register_modulus,
        capacity=body.capacity,
        old_last=body.old_last,
        new_start=body.new_start,
        calibration=Calibration(body.calibration.last, body.calibration.next),
        reason=body.reason,
    )


class ChangeRatio(Request):
    """Another ratio from a moment on; for a register, with what it showed then."""

    model_config = example(
        meter="E-0042-EL1",
        at="2013-03-04T10:00:00+08:00",
        ratio="800",
        register_value="12004.2",
        reason="transformers 800/5",
    )

    meter: MeterId
    at: Moment
    ratio: Ratio
    register_value: Register
    reason: Reason


@ops.command("change-meter-ratio", request=ChangeRatio, response=MeterAfter, summary="Change a meter's ratio")
async def change_ratio(call: Call, body: ChangeRatio) -> Reply:
    """What was counted before keeps the old ratio."""
    return await meters.change_ratio(
        Serving.energy,
        call,
        body.meter,
        at=body.at,
        ratio=body.ratio,
        register_value=body.register_value,
        reason=body.reason,
    )


class ChangeMeterInterval(Request):
    """Another interval between readings from a moment on, e.g. hourly instead of by the quarter-hour."""

    model_config = example(
        meter="E-0042-EL1", at="2013-03-04T10:00:00+08:00", interval_minutes=60, reason="new firmware"
    )

    meter: MeterId
    at: Moment = Field(description="of a register: when a reading is stored, or give register_value")
    interval_minutes: Interval
    register_value: Register
    reason: Reason


@ops.command(
    "change-meter-interval",
    request=ChangeMeterInterval,
    response=MeterAfter,
    summary="Change a meter's interval",
)
async def change_meter_interval(call: Call, body: ChangeMeterInterval) -> Reply:
    """From `at` on so many readings are expected; what was expected before stays."""
    return await meters.change_interval(
        Serving.energy,
        call,
        body.meter,
        at=body.at,
        interval_minutes=body.interval_minutes,
        register_value=body.register_value,
        reason=body.reason,
    )


class ChangeMeterDirection(Request):
    """From a moment on the meter counts the other way, e.g. because it was wired the wrong way round."""

    model_config = example(
        meter="E-0042-EL1",
        at="2013-03-04T10:00:00+08:00",
        direction="delivered",
        reason="wired the other way",
    )

    meter: MeterId
    at: Moment = Field(description="of a register: when a reading is stored, or give register_value")
    direction: Direction
    register_value: Register
    reason: Reason


@ops.command(
    "change-meter-direction",
    request=ChangeMeterDirection,
    response=MeterAfter,
    summary="Change a meter's direction",
)
async def change_meter_direction(call: Call, body: ChangeMeterDirection) -> Reply:
    """From `at` on its energy is added (purchased) or deducted (delivered); what was counted before stays."""
    return await meters.change_direction(
        Serving.energy,
        call,
        body.meter,
        at=body.at,
        direction=body.direction,
        register_value=body.register_value,
        reason=body.reason,
    )


class CorrectMeterChange(Request):
    """What is right of a change that was said wrong; what isn't named was right. `at` names the change; at its
    `valid_from` it is the registration."""

    model_config = example(
        meter="E-0042-EL1", at="2013-03-04T10:20:00+08:00", old_last="133", reason="typed 9133 for 133"
    )

    meter: MeterId
    at: Moment = Field(description="the change's moment, as it was said")
    now_at: Moment | None = Field(default=None, description="the right moment, if that was wrong")
    serial: Serial | None = None
    ratio: Ratio | None = None
    register_digits: Digits
    register_modulus: Modulus
    capacity: Capacity
    interval_minutes: Interval | None = None
    direction: Direction | None = None
    old_last: Register
    new_start: Register
    register_value: Register
    reason: Reason


@ops.command(
    "correct-meter-change",
    request=CorrectMeterChange,
    response=MeterAfter,
    summary="Correct a change of a meter",
)
async def correct_meter_change(call: Call, body: CorrectMeterChange) -> Reply:
    """The meter's readings from there on are worked out again; the figures follow as corrections."""
    return await meters.correct_change(
        Serving.energy,
        call,
        body.meter,
        at=body.at,
        now_at=body.now_at,
        serial=body.serial,
        ratio=body.ratio,
        digits=body.register_digits,
        modulus=body.register_modulus,
        capacity=body.capacity,
        interval_minutes=body.interval_minutes,
        direction=body.direction,
        old_last=body.old_last,
        new_start=body.new_start,
        register_value=body.register_value,
        reason=body.reason,
    )


class UndoMeterChange(Request):
    """A change (replacement, ratio, interval, direction, retirement) that did not happen."""

    model_config = example(
        meter="E-0042-EL1", at="2013-03-04T10:20:00+08:00", reason="it was the neighbour's meter"
    )

    meter: MeterId
    at: Moment = Field(description="the change's moment, as it was said")
    reason: Reason


@ops.command(
    "undo-meter-change", request=UndoMeterChange, response=MeterAfter, summary="Undo a change of a meter"
)
async def undo_meter_change(call: Call, body: UndoMeterChange) -> Reply:
    """The meter's readings from there on are worked out as if it had never been said."""
    return await meters.undo_change(Serving.energy, call, body.meter, at=body.at, reason=body.reason)


Alias = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]{1,64}$"),
    Field(description="name under which the device sends; no white space", examples=["一号车间/电表01"]),
]


class AssignMeterAlias(Request):
    """A name that the vendor's box can't change, and that is no id here: Chinese, with a slash …"""

    model_config = example(meter="E-0042-EL1", alias="一号车间/电表01", reason="the box's own name")

    meter: MeterId
    alias: Alias
    reason: Reason


@ops.command(
    "assign-meter-alias", request=AssignMeterAlias, response=MeterAfter, summary="Assign a meter another name"
)
async def assign_meter_alias(call: Call, body: AssignMeterAlias) -> Reply:
    """For the enterprise's own devices. Readings that waited under the name are released."""
    return await meters.assign_alias(Serving.energy, call, body.meter, alias=body.alias, reason=body.reason)


class WithdrawMeterAlias(Request):
    """A name under which nothing comes any more."""

    model_config = example(meter="E-0042-EL1", alias="一号车间/电表01", reason="assigned by mistake")

    meter: MeterId
    alias: Alias
    reason: Reason


@ops.command(
    "withdraw-meter-alias",
    request=WithdrawMeterAlias,
    response=MeterAfter,
    summary="Withdraw a meter's other name",
)
async def withdraw_meter_alias(call: Call, body: WithdrawMeterAlias) -> Reply:
    """What came under it stays; what comes now is of an unknown meter."""
    return await meters.withdraw_alias(Serving.energy, call, body.meter, alias=body.alias, reason=body.reason)


class RetireMeter(Request):
    """The meter's end."""

    model_config = example(meter="E-0042-EL1", at="2014-01-01T00:00:00+08:00", reason="line taken down")

    meter: MeterId
    at: Moment
    reason: Reason


@ops.command("retire-meter", request=RetireMeter, response=MeterAfter, summary="Retire a meter")
async def retire_meter(call: Call, body: RetireMeter) -> Reply:
    """No readings are expected after `at`. Refused if there are any."""
    return await meters.retire(Serving.energy, call, body.meter, at=body.at, reason=body.reason)


class GetMeter(Request):
    """One meter."""

    model_config = example(meter="E-0042-EL1")

    meter: MeterId


@ops.query("get-meter", request=GetMeter, response=Meter, summary="One meter")
async def get_meter(call: Call, body: GetMeter) -> Meter:
    """404 if it isn't there, and the same if it isn't yours to see."""
    return Meter.model_validate(await meter_queries.get(Serving.energy, call.actor, body.meter))


class ListMeters(Request):
    """Which meters."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId | None = None
    carrier: CarrierCode | None = None
    cursor: Cursor
    limit: Limit


class MeterPage(Answer):
    """A page of meters, in the order of their ids."""

    items: list[Meter]
    next_cursor: str | None


@ops.query("list-meters", request=ListMeters, response=MeterPage, summary="List meters")
async def list_meters(call: Call, body: ListMeters) -> MeterPage:
    """Of the enterprises that you may see."""
    return MeterPage.model_validate(
        await meter_queries.listed(
            Serving.energy, call.actor, body.enterprise, body.carrier, body.cursor, body.limit
        )
    )
