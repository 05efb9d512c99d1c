"""Operations for the person who looks at what the system does not decide: parked intervals, quarantined readings."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.energy.api.base import (
    Answer,
    Cursor,
    EnterpriseId,
    Figure,
    Limit,
    Line,
    MeterId,
    Moment,
    Reason,
    Request,
    Serving,
    StatisticType,
    example,
    ops,
)
from services.energy.api.meters import MeterAfter
from services.energy.app import meter_queries, meters
from services.energy.domain.meter import Verdict
from shared.rpc import Call, Reply


class ConfirmRollover(Request):
    """The register passed its highest value in the parked interval that ends at `at`."""

    model_config = example(meter="E-0042-EL1", at="2013-03-04T10:15:00+08:00", reason="seen on the photo")

    meter: MeterId
    at: Moment
    statistic_type: StatisticType = 0
    reason: Reason


@ops.command("confirm-rollover", request=ConfirmRollover, response=MeterAfter, summary="Confirm a rollover")
async def confirm_rollover(call: Call, body: ConfirmRollover) -> Reply:
    """For a register that fell and whose capacity isn't known or doesn't bear it out."""
    return await meters.confirm_rollover(
        Serving.energy,
        call,
        body.meter,
        at=body.at,
        statistic_type=body.statistic_type,
        reason=body.reason,
    )


class ResolveSuspect(Request):
    """A person's word on a parked interval: confirm, it was so; void, the reading that closes it is wrong."""

    model_config = example(
        meter="E-0042-EL1", at="2013-03-04T10:15:00+08:00", verdict="void", reason="a transmission error"
    )

    meter: MeterId
    at: Moment = Field(description="end of the parked interval, as the list of suspects has it")
    statistic_type: StatisticType = 0
    verdict: Verdict
    reason: Reason


@ops.command(
    "resolve-suspect", request=ResolveSuspect, response=MeterAfter, summary="Resolve a parked interval"
)
async def resolve_suspect(call: Call, body: ResolveSuspect) -> Reply:
    """A confirmed interval counts from now on; of a voided reading nothing counts, its neighbours join up."""
    return await meters.resolve_suspects(
        Serving.energy,
        call,
        body.meter,
        ends=[body.at],
        statistic_type=body.statistic_type,
        verdict=body.verdict,
        reason=body.reason,
    )


class ResolveSuspects(Request):
    """A person's word on many parked intervals of one meter: all of it happens, or none."""

    model_config = example(
        meter="E-0042-EL1",
        ends=["2013-03-04T10:15:00+08:00", "2013-03-04T11:15:00+08:00"],
        verdict="void",
        reason="the box sent zeros",
    )

    meter: MeterId
    ends: list[Moment] = Field(
        min_length=1, max_length=500, description="ends of the intervals, as the list of suspects has them"
    )
    statistic_type: StatisticType = 0
    verdict: Verdict
    reason: Reason


@ops.command(
    "resolve-suspects", request=ResolveSuspects, response=MeterAfter, summary="Resolve many parked intervals"
)
async def resolve_suspects(call: Call, body: ResolveSuspects) -> Reply:
    """As resolve-suspect. A voided reading settles the interval that begins with it too, if that is named."""
    return await meters.resolve_suspects(
        Serving.energy,
        call,
        body.meter,
        ends=body.ends,
        statistic_type=body.statistic_type,
        verdict=body.verdict,
        reason=body.reason,
    )


class WithdrawVerdict(Request):
    """What was said of an interval (confirmed, a rollover) or of its reading (voided) doesn't hold."""

    model_config = example(
        meter="E-0042-EL1", at="2013-03-04T10:15:00+08:00", reason="the photo shows another meter"
    )

    meter: MeterId
    at: Moment = Field(description="end of the interval")
    statistic_type: StatisticType = 0
    reason: Reason


@ops.command(
    "withdraw-verdict",
    request=WithdrawVerdict,
    response=MeterAfter,
    summary="Withdraw a verdict on an interval",
)
async def withdraw_verdict(call: Call, body: WithdrawVerdict) -> Reply:
    """The interval is what its readings say, parked if need be; a voided reading stands again."""
    return await meters.withdraw_verdict(
        Serving.energy,
        call,
        body.meter,
        at=body.at,
        statistic_type=body.statistic_type,
        reason=body.reason,
    )


class ListSuspects(Request):
    """Which parked intervals."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId | None = None
    meter: MeterId | None = None
    cursor: Cursor
    limit: Limit


class Suspect(Answer):
    """A parked interval: neither believed nor zeroed. `energy` is what is apart, in the carrier's unit."""

    enterprise: str
    meter: str
    statistic_type: int
    start: datetime
    at: datetime = Field(description="its end; names it in resolve-suspect")
    why: Literal["jump", "backwards", "after_fall", "gap", "beyond"]
    energy: Figure
    unit: str


class SuspectPage(Answer):
    """A page of parked intervals, by meter and time."""

    items: list[Suspect]
    next_cursor: str | None


@ops.query("list-suspects", request=ListSuspects, response=SuspectPage, summary="List parked intervals")
async def list_suspects(call: Call, body: ListSuspects) -> SuspectPage:
    """jump: more than the capacity allows; backwards: the register fell; after_fall: what follows that, while nothing
    explains it; gap: over 31 days without a reading; beyond: more than anybody uses."""
    return SuspectPage.model_validate(
        await meter_queries.suspects(
            Serving.energy, call.actor, body.enterprise, body.meter, body.cursor, body.limit
        )
    )


class ListQuarantine(Request):
    """Which quarantined readings."""

    model_config = example(enterprise="E-0042", reason="unknown_meter")

    enterprise: EnterpriseId | None = None
    meter: Annotated[Line | None, Field(max_length=200)] = None
    reason: Annotated[
        str | None, Field(pattern=r"^[a-z_]{1,40}$", description="e.g. unknown_meter, ahead_of_clock")
    ] = None
    state: Literal["held", "releasing", "released", "dropped"] = "held"
    cursor: Cursor
    limit: Limit


class Quarantined(Answer):
    """A reading that could not be accepted. `value` as it came, in `unit`. What a device sent as NaN, as 1e400 or with
    thirty digits has no `value`, and stands in `sent_value` as it was sent."""

    id: int
    enterprise: str
    meter: str
    statistic_type: int
    at: datetime | None = Field(description="null: not a time that can exist; see sent_time")
    value: Figure | None = Field(description="null: a void, or not a number that can be kept; see sent_value")
    sent_time: str | None = Field(default=None, description="as it was sent, where `at` can't hold it")
    sent_value: str | None = Field(default=None, description="as it was sent, where `value` can't hold it")
    unit: str
    reason: str
    receipt: str
    item: int = Field(description="index of the reading in its POST")
    received_at: datetime
    state: str


class QuarantinePage(Answer):
    """A page of quarantined readings, in the order in which they came."""

    items: list[Quarantined]
    next_cursor: str | None


@ops.query(
    "list-quarantine", request=ListQuarantine, response=QuarantinePage, summary="List quarantined readings"
)
async def list_quarantine(call: Call, body: ListQuarantine) -> QuarantinePage:
    """Kept with their reason; what a registration cures is released by it."""
    return QuarantinePage.model_validate(
        await meter_queries.quarantine(
            Serving.energy,
            call.actor,
            body.enterprise,
            body.meter,
            body.reason,
            body.state,
            body.cursor,
            body.limit,
        )
    )
