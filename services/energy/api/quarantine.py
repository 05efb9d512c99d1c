"""Operations on the quarantine: one reading, and a person's decision on some."""

from typing import Annotated

from pydantic import Field

from services.energy.api.base import Answer, EnterpriseId, Reason, Request, Serving, example, ops
from services.energy.api.review import Quarantined
from services.energy.app import meter_queries, quarantine
from shared.rpc import Call, Reply

ReadingId = Annotated[
    int, Field(ge=1, lt=1 << 63, description="its number in the list of quarantined readings")
]


class GetQuarantined(Request):
    """Which reading."""

    model_config = example(reading=17)

    reading: ReadingId


@ops.query(
    "get-quarantined", request=GetQuarantined, response=Quarantined, summary="Get a quarantined reading"
)
async def get_quarantined(call: Call, body: GetQuarantined) -> Quarantined:
    """One reading with its reason, its receipt and its state."""
    return Quarantined.model_validate(
        await meter_queries.quarantined(Serving.energy, call.actor, body.reading)
    )


class DecideOnQuarantined(Request):
    """Readings of one enterprise, and why they are decided on."""

    model_config = example(enterprise="E-0042", readings=[17, 18], reason="the box's clock was set right")

    enterprise: EnterpriseId
    readings: Annotated[list[ReadingId], Field(min_length=1, max_length=500)]
    reason: Reason


class QuarantineDecided(Answer):
    """What was decided. `unchanged`: how many were there already."""

    enterprise: str
    decided: list[int] = Field(description="numbers of the readings that the decision changed")
    unchanged: int


@ops.command(
    "release-quarantined",
    request=DecideOnQuarantined,
    response=QuarantineDecided,
    summary="Release quarantined readings",
)
async def release_quarantined(call: Call, body: DecideOnQuarantined) -> Reply:
    """They are judged once more, with their first receipt; what is wrong with them still, brings them back."""
    return await quarantine.release(Serving.energy, call, body.enterprise, body.readings, body.reason)


@ops.command(
    "drop-quarantined",
    request=DecideOnQuarantined,
    response=QuarantineDecided,
    summary="Drop quarantined readings",
)
async def drop_quarantined(call: Call, body: DecideOnQuarantined) -> Reply:
    """They are left out of every figure. Nothing is erased: a dropped reading can be released after all."""
    return await quarantine.drop(Serving.energy, call, body.enterprise, body.readings, body.reason)
