"""Questions about sums: what the readings' store says, narrowed to what the asker may see."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import text

from services.energy.access import seen_enterprise
from services.energy.common.models import Request, example, span_example
from services.energy.common.totals import total
from services.energy.common.values import Day, EnterpriseId, MeterId, StatisticType
from services.energy.meters.queries import seen_meter
from services.energy.readings import sums
from services.energy.readings.reference import driver
from services.energy.sums.periods import Grain, grouped, meter_period, span, together
from services.energy.sums.views import (
    EnterpriseEnergyAnswer,
    Live,
    MeterEnergyAnswer,
    MeterPeriod,
    Tce,
    carriers,
)
from shared.clock import day_start, local_day
from shared.rpc import Call
from shared.service import Service

_FEED_TODAY = text("""
    SELECT to_timestamp(max(last_t)) AS last_reading_at, max(last_received_at) AS last_received_at
    FROM feed_day WHERE enterprise = :e AND day BETWEEN CAST(:day AS date) - 1 AND :day
""")
BasisChoice = Annotated[
    Literal["equal", "equivalent", "both"],
    Field(description="by which standard coal is given: equal 当量, equivalent 等价, or both"),
]


class EnterpriseEnergy(Request):
    """Energy of one enterprise, from the first to the last day, both included."""

    model_config = span_example(
        **{
            "enterprise": "E-0042",
            "grain": "day",
            "from": "2013-01-01",
            "to": "2013-01-31",
            "basis": "equivalent",
        }
    )

    enterprise: EnterpriseId
    grain: Grain = "day"
    first: Day = Field(alias="from", description="first day")
    last: Day = Field(alias="to", description="last day")
    basis: BasisChoice = "both"


class MeterEnergy(Request):
    """Energy of one meter, from the first to the last day, both included."""

    model_config = span_example(
        **{"meter": "E-0042-EL1", "grain": "hour", "from": "2013-01-15", "to": "2013-01-15"}
    )

    meter: MeterId
    grain: Grain = "day"
    statistic_type: StatisticType = 0
    first: Day = Field(alias="from", description="first day")
    last: Day = Field(alias="to", description="last day")


class EnterpriseLive(Request):
    """Today's running figures of one enterprise."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId


async def enterprise_energy(service: Service, call: Call, body: EnterpriseEnergy) -> EnterpriseEnergyAnswer:
    """Every figure comes with its completeness, and standard coal with the coefficient and its edition."""
    first, last = span(body.grain, body.first, body.last)
    async with service.snapshots.connect() as conn:
        await seen_enterprise(conn, call.actor, body.enterprise)
        inner, now = await driver(conn), service.clock.now()
        # What isn't due by now isn't expected.
        if body.grain == "hour":
            begin, end = day_start(first), day_start(last + timedelta(days=1))
            figures = await sums.enterprise_hours(inner, body.enterprise, begin, end, until=now)
        else:
            pairs = [(body.enterprise, first + timedelta(days=n)) for n in range((last - first).days + 1)]
            figures = together(await sums.day_figures(inner, pairs, until=now), body.grain)
    return EnterpriseEnergyAnswer(
        enterprise=body.enterprise,
        grain=body.grain,
        basis=body.basis,
        first=first,
        last=last,
        carriers=carriers(figures, body.basis, body.grain),
        as_of=now,
    )


async def meter_energy(service: Service, call: Call, body: MeterEnergy) -> MeterEnergyAnswer:
    """Worked out from the readings when asked."""
    first, last = span(body.grain, body.first, body.last)
    begin, end = day_start(first), day_start(last + timedelta(days=1))
    async with service.snapshots.connect() as conn:
        row = await seen_meter(conn, call.actor, body.meter)
        hours = await sums.meter_hours(await driver(conn), body.meter, body.statistic_type, begin, end)
    return MeterEnergyAnswer(
        meter=body.meter,
        enterprise=row.enterprise,
        carrier=row.carrier,
        unit=row.carrier_unit,
        grain=body.grain,
        first=first,
        last=last,
        periods=[MeterPeriod(**meter_period(list(part), body.grain)) for part in grouped(hours, body.grain)],
        as_of=service.clock.now(),
    )


async def enterprise_live(service: Service, call: Call, body: EnterpriseLive) -> Live:
    """As the store has them at this moment."""
    now = service.clock.now()
    day = local_day(now)
    async with service.snapshots.connect() as conn:
        row = await seen_enterprise(conn, call.actor, body.enterprise)
        figures = await sums.day_figures(await driver(conn), [(body.enterprise, day)], until=now)
        feed = (await conn.execute(_FEED_TODAY, {"e": body.enterprise, "day": day})).one()
    measured = [one for one in figures if one.native is not None]
    return Live(
        enterprise=body.enterprise,
        region=row.region,
        day=day,
        tce=Tce(
            equal=total([one.tce_equal for one in measured]),
            equivalent=total([one.tce_equivalent for one in measured]),
        ),
        present=sum(one.present for one in figures),
        expected=sum(one.expected for one in figures),
        last_reading_at=feed.last_reading_at,
        last_received_at=feed.last_received_at,
        carriers=carriers(figures, "both", "day"),
    )
