"""Questions about receipts."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field
from sqlalchemy import text

from services.energy.access import seen_enterprise, visible
from services.energy.common.models import Answer, Request, example
from services.energy.common.values import EnterpriseId, Moment, RegionCode
from services.energy.readings import receipts
from services.energy.readings.arrivals import OUTCOMES
from services.energy.readings.reference import driver
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

# A POST received since then was also processed since then, so the index on processed_at narrows the search.
_TOTALS = text("""
    SELECT count(*) AS posts, coalesce(sum(r.accepted), 0) AS accepted,
           coalesce(sum(r.duplicate), 0) AS duplicate, coalesce(sum(r.revised), 0) AS revised,
           coalesce(sum(r.superseded), 0) AS superseded, coalesce(sum(r.quarantined), 0) AS quarantined,
           coalesce(sum(r.parked), 0) AS parked
    FROM receipt r LEFT JOIN enterprise e USING (enterprise)
    WHERE r.processed_at >= :since AND r.received_at >= :since
      AND (CAST(:before AS timestamptz) IS NULL OR r.received_at < :before)
      AND (CAST(:enterprise AS text) IS NULL OR r.enterprise = :enterprise)
      AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
      AND (CAST(:own AS text) IS NULL OR r.enterprise = :own)
""")


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


async def receipt(service: Service, call: Call, body: GetReceipt) -> Receipt:
    """Kept for 30 days. 404 while it isn't worked off yet, and for an id that isn't the enterprise's."""
    async with service.snapshots.connect() as conn:
        await seen_enterprise(conn, call.actor, body.enterprise)
        found = await receipts.read(await driver(conn), body.enterprise, body.receipt)
    if found is None:
        raise not_found(
            "receipt",
            str(body.receipt),
            "It appears once the readings are worked off, usually within seconds, and is kept for 30 days.",
        )
    return Receipt.model_validate(found)


async def receipt_totals(service: Service, call: Call, body: ReceiptTotals) -> ReceiptBalance:
    """The sum over the receipts, so that a sender can hold it against what it sent."""
    async with service.snapshots.connect() as conn:
        own, regions = await visible(conn, call.actor, body.region)
        if body.enterprise is not None:
            await seen_enterprise(conn, call.actor, body.enterprise)
        row = (
            await conn.execute(
                _TOTALS,
                {
                    "since": body.since,
                    "before": body.before,
                    "enterprise": body.enterprise,
                    "regions": regions,
                    "own": own,
                },
            )
        ).one()
    counts = {name: int(row._mapping[name]) for name in OUTCOMES}
    return ReceiptBalance(
        since=body.since,
        before=body.before,
        posts=row.posts,
        readings=sum(counts.values()),
        counts=OutcomeTotals(**counts),
    )
