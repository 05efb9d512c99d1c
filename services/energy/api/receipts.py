"""Operation on receipts together: the balance of what was pushed."""

from datetime import datetime

from pydantic import Field

from services.energy.api.base import Answer, EnterpriseId, Moment, RegionCode, Request, Serving, example, ops
from services.energy.app import receipt_queries
from shared.rpc import Call


class ReceiptTotals(Request):
    """Which POSTs: by the time of receipt, by enterprise or region."""

    model_config = example(region="350100", since="2013-01-15T00:00:00+08:00")

    enterprise: EnterpriseId | None = None
    region: RegionCode | None = Field(default=None, description="of enterprises in this region or under it")
    since: Moment = Field(description="received at this moment or later; receipts are kept for 30 days")
    before: Moment | None = Field(default=None, description="and before this one; none: up to now")


class OutcomeTotals(Answer):
    """Readings by outcome; each reading of a POST has exactly one."""

    accepted: int
    duplicate: int
    revised: int
    superseded: int
    quarantined: int
    parked: int = Field(description="stored, but their energy waits for somebody to look at it")


class ReceiptBalance(Answer):
    """What became of the readings of all POSTs that are worked off."""

    since: datetime
    before: datetime | None
    posts: int
    readings: int
    counts: OutcomeTotals


@ops.query(
    "receipt-totals",
    request=ReceiptTotals,
    response=ReceiptBalance,
    summary="What became of everything that was pushed",
)
async def receipt_totals(call: Call, body: ReceiptTotals) -> ReceiptBalance:
    """The sum over the receipts, so that a sender can hold it against what it sent."""
    return ReceiptBalance.model_validate(
        await receipt_queries.totals(
            Serving.energy,
            call.actor,
            enterprise=body.enterprise,
            region=body.region,
            since=body.since,
            before=body.before,
        )
    )
