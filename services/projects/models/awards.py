"""Requests and answers about awards (奖励) and their payment out of a fund: TR-26."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    Money,
    Name,
    RegionCode,
    Request,
    SeenVersion,
    ShortText,
    Version,
)
from services.projects.models.funds import FundId

AwardId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"),
    Field(
        description="award id: plan, assessed year and city, with dots", examples=["fujian-2013.2013.350100"]
    ),
]
_OF: dict[str, Any] = {"fund": "TR-26", "award": "fujian-2013.2013.350100"}


class _Decision(Request):
    fund: FundId
    award: AwardId
    version: SeenVersion
    on: date | None = Field(default=None, description="day of the decision; null: today")


class ReserveAward(_Decision):
    """Keep money of the fund for the award (预留)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "evidence": "闽财企〔2014〕31号"}]})

    amount: Money | None = Field(default=None, description="yuan; null: all that is granted and not held yet")
    evidence: Evidence


class CommitAward(_Decision):
    """Issue the decision (下达); what is reserved above it goes back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "evidence": "闽财企〔2014〕35号"}]})

    amount: Money | None = Field(default=None, description="yuan; null: all that is reserved")
    evidence: Evidence


class PayAward(_Decision):
    """Pay (拨付). A voucher pays once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OF, "evidence": "国库支付凭证2014-0402-001"}]}
    )

    amount: Money | None = Field(default=None, description="yuan; null: all that is committed")
    evidence: Evidence = Field(description="the voucher's number")


class ReleaseAward(_Decision):
    """Give back what is held and not paid (释放), reserved money first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "reason": "改由另一资金支付"}]})

    amount: Money | None = Field(default=None, description="yuan; null: all that is held")
    reason: ShortText


class RecoverAward(_Decision):
    """Money that was paid is back (收回)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OF, "evidence": "缴款书2014-07", "reason": "通报更正，名次下降"}]}
    )

    amount: Money | None = Field(default=None, description="yuan; null: all that was paid")
    evidence: Evidence
    reason: ShortText


class GetAward(Request):
    """Ask for one award."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"award": "fujian-2013.2013.350100"}]})

    award: AwardId


class ListAwards(Request):
    """Ask for awards; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"year": 2013, "settled": False}]})

    region: RegionCode | None = Field(default=None, description="to this city")
    year: int | None = Field(default=None, ge=1949, le=2199, description="the assessed year")
    fund: FundId | None = Field(default=None, description="paid out of this fund")
    settled: bool | None = Field(
        default=None, description="true: paid as it was granted; false: something is to be done"
    )
    limit: Limit
    cursor: Cursor


AwardStanding = Literal["granted", "reserved", "committed", "paid", "withdrawn", "to_recover"]


class AwardSummary(Answer):
    """An award, from the decision of the appraisal to its payment."""

    award: str
    plan: str
    year: int = Field(description="the assessed year")
    region: str
    region_name: Name = None
    edition: int = Field(description="of the ranking that grants it")
    rank: int
    granted: Money = Field(description="by the newest edition; 0: taken away")
    granted_on: date
    evidence: str = Field(description="of the decision to grant it")
    position: int = Field(description="of that decision in the log of assessment")
    fund: str | None = Field(description="that holds or has paid something for it; null: none does")
    fund_name: Name = None
    reserved: Money
    committed: Money
    paid: Money
    standing: AwardStanding
    todo: str = Field(description="what is to be done next, in words; empty: nothing")
    outdated_figures: int | None = Field(
        default=None,
        description="verified completions of its ranking, of the cities that you may see, that are known otherwise by "
        "now; null: not looked at",
    )


class AwardView(AwardSummary):
    """An award as a decision leaves it."""

    version: Version = None


class AwardEntry(Answer):
    """A line of the fund's ledger that is about the award."""

    position: int = Field(description="position of the event in the log of this service, as in the ledger")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    entry: str = Field(description="event type", examples=["AwardPaid"])
    amount: Money
    on: date
    evidence: str
    reason: str
    decided_by: str


class OutdatedCompletion(Answer):
    """A verified completion that the ranking rests on, as it was and as it is known now."""

    region: str
    target: str
    unit: str
    verified: Decimal | None = Field(description="null: nothing was known")
    now: Decimal | None = Field(description="null: nothing is known")
    difference: Decimal | None = Field(description="now less verified; null: one of them isn't known")
    correct_with: str = Field(description="the requests that set it right")


class AwardPage(Answer):
    """A page of awards, and the sums of all that the filters leave."""

    items: list[AwardSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    granted: Money
    paid: Money


class AwardDetails(AwardView):
    """An award with the lines of the ledger of the fund that pays it."""

    entries: list[AwardEntry]
    outdated: list[OutdatedCompletion] | None = Field(
        default=None,
        description="what its ranking rests on, of the cities that you may see, and is known otherwise by now; null: "
        "not looked at",
    )
