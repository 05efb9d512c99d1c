"""Operations on sums: energy by enterprise and by meter, today's running figures, receipts."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field

from services.energy.api.base import (
    Answer,
    Day,
    EnterpriseId,
    Figure,
    MeterId,
    Request,
    Serving,
    StatisticType,
    example,
    ops,
)
from services.energy.app import sum_queries
from shared.rpc import Call

Grain = Annotated[
    Literal["hour", "day", "month", "year"],
    Field(
        description="Boundaries in +08:00, China's days. At once at most 7 days of hours, 92 days, 24 months, 10 "
        "years; the lists have pages"
    ),
]
BasisChoice = Annotated[
    Literal["equal", "equivalent", "both"],
    Field(description="by which standard coal is given: equal 当量, equivalent 等价, or both"),
]


class EnterpriseEnergy(Request):
    """Energy of one enterprise, from the first to the last day, both included."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        json_schema_extra={
            "examples": [
                {
                    "enterprise": "E-0042",
                    "grain": "day",
                    "from": "2013-01-01",
                    "to": "2013-01-31",
                    "basis": "equivalent",
                }
            ]
        },
    )

    enterprise: EnterpriseId
    grain: Grain = "day"
    first: Day = Field(alias="from", description="first day")
    last: Day = Field(alias="to", description="last day")
    basis: BasisChoice = "both"


class CoefficientUsed(Answer):
    """What standard coal was made with: kgce per unit, its edition, and whether it is provisional."""

    basis: str
    value: Figure
    edition: str
    provisional: bool


class Tce(Answer):
    """Standard coal in tce by the bases that were asked for; null where it isn't known."""

    equal: Figure | None = None
    equivalent: Figure | None = None


class Period(Answer):
    """One hour, day or month. Missing is null, never zero; `spread` is the part of `native` that comes from
    intervals over missing slots; `present` of `expected` slots have energy that a reading tells. `parked` is energy of
    intervals that end in the period and count nowhere until somebody has looked at them."""

    period: str = Field(description="in China's days: 2013, 2013-01, 2013-01-15, 2013-01-15T08:00")
    start: datetime
    native: Figure | None
    spread: Figure
    parked: Figure
    parked_intervals: int
    present: int
    expected: int
    completeness: Figure | None
    tce: Tce
    coefficients: list[int] = Field(description="places in the carrier's list of coefficients")


class CarrierEnergy(Answer):
    """One carrier; quantities in `unit`."""

    carrier: str
    unit: str
    coefficients: list[CoefficientUsed]
    periods: list[Period]


class EnterpriseEnergyAnswer(Answer):
    """Whole-plant real-time sums by carrier."""

    enterprise: str
    grain: str
    basis: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    carriers: list[CarrierEnergy]
    as_of: datetime = Field(description="the sums are what was known at this moment")


@ops.query(
    "enterprise-energy",
    request=EnterpriseEnergy,
    response=EnterpriseEnergyAnswer,
    summary="Energy of an enterprise by hour, day or month",
)
async def enterprise_energy(call: Call, body: EnterpriseEnergy) -> EnterpriseEnergyAnswer:
    """Every figure comes with its completeness, and standard coal with the coefficient and its edition."""
    return EnterpriseEnergyAnswer.model_validate(
        await sum_queries.enterprise_energy(
            Serving.energy, call.actor, body.enterprise, body.grain, body.first, body.last, body.basis
        )
    )


class MeterEnergy(Request):
    """Energy of one meter, from the first to the last day, both included."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        json_schema_extra={
            "examples": [{"meter": "E-0042-EL1", "grain": "hour", "from": "2013-01-15", "to": "2013-01-15"}]
        },
    )

    meter: MeterId
    grain: Grain = "day"
    statistic_type: StatisticType = 0
    first: Day = Field(alias="from", description="first day")
    last: Day = Field(alias="to", description="last day")


class MeterPeriod(Answer):
    """One hour, day, month or year of a meter, in the carrier's unit."""

    period: str = Field(description="in China's days: 2013, 2013-01, 2013-01-15, 2013-01-15T08:00")
    start: datetime
    native: Figure | None
    spread: Figure
    parked: Figure
    parked_intervals: int
    present: int
    expected: int
    completeness: Figure | None


class MeterEnergyAnswer(Answer):
    """A meter's sums."""

    meter: str
    enterprise: str
    carrier: str
    unit: str
    grain: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    periods: list[MeterPeriod]
    as_of: datetime = Field(description="the sums are what was known at this moment")


@ops.query(
    "meter-energy", request=MeterEnergy, response=MeterEnergyAnswer, summary="Energy of a meter, on demand"
)
async def meter_energy(call: Call, body: MeterEnergy) -> MeterEnergyAnswer:
    """Worked out from the readings when asked."""
    return MeterEnergyAnswer.model_validate(
        await sum_queries.meter_energy(
            Serving.energy,
            call.actor,
            body.meter,
            body.grain,
            body.statistic_type,
            body.first,
            body.last,
        )
    )


class EnterpriseLive(Request):
    """Today's running figures of one enterprise."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId


class Live(Answer):
    """Provisional: the day isn't over. `expected` counts the slots due by now."""

    enterprise: str
    region: str
    day: date
    tce: Tce
    present: int
    expected: int
    last_reading_at: datetime | None
    last_received_at: datetime | None
    carriers: list[CarrierEnergy]
    provisional: Literal[True] = True


@ops.query(
    "enterprise-live",
    request=EnterpriseLive,
    response=Live,
    summary="Today's running figures of an enterprise",
)
async def enterprise_live(call: Call, body: EnterpriseLive) -> Live:
    """As the store has them at this moment."""
    return Live.model_validate(await sum_queries.live(Serving.energy, call.actor, body.enterprise))


def _uuid_text(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


class GetReceipt(Request):
    """The outcome of one POST of readings."""

    model_config = example(enterprise="E-0042", receipt="0b7c8f1e-6f0a-4c39-9d2e-3a0f5d6c7b81")

    enterprise: EnterpriseId
    receipt: Annotated[UUID, Field(description="the id that the meters' door answered")]


class ReceiptException(Answer):
    """A run of readings, by their index in the POST, that were not simply accepted."""

    first: int = Field(alias="from")
    last: int = Field(alias="to")
    outcome: str
    reason: str | None


class ReceiptCounts(Answer):
    """How many readings had which outcome."""

    accepted: int
    duplicate: int
    revised: int
    superseded: int
    quarantined: int
    parked: int = Field(description="stored, but their energy waits for somebody to look at it")
    released: int


class Receipt(Answer):
    """What became of a POST. `released`: indices of quarantined readings that were let in since."""

    receipt: Annotated[str, BeforeValidator(_uuid_text)]
    state: str
    received_at: datetime
    processed_at: datetime
    readings: int
    counts: ReceiptCounts
    exceptions: list[ReceiptException]
    released: list[int]


@ops.query("receipt", request=GetReceipt, response=Receipt, summary="The outcome of a POST of readings")
async def receipt(call: Call, body: GetReceipt) -> Receipt:
    """Kept for 30 days. 404 while it isn't worked off yet, and for an id that isn't the enterprise's."""
    return Receipt.model_validate(
        await sum_queries.receipt(Serving.energy, call.actor, body.enterprise, body.receipt)
    )
