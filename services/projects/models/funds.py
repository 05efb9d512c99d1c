"""Requests and answers about special funds (专项资金) and their entries: TR-19 to TR-22."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from services.projects.domain.money.terms import (
    Aid,
    Base,
)
from services.projects.models.base import (
    ID_PATTERN,
    Answer,
    Cursor,
    Evidence,
    Limit,
    Money,
    Name,
    Note,
    RegionCode,
    Request,
    ShortText,
    plain,
)
from shared.numerals import plain_text

FundId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="fund id; the province's funds bear the plan's row", examples=["TR-19"]),
]
SignedMoney = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=2, description="CNY (yuan); below zero: less"),
    AfterValidator(plain),
    BeforeValidator(plain_text),
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
]
Rate = Annotated[
    Decimal,
    Field(gt=0, max_digits=12, decimal_places=6, description="yuan per unit of the base", examples=["0.05"]),
    AfterValidator(plain),
    BeforeValidator(plain_text),
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
]
Quantity = Annotated[
    Decimal,
    Field(ge=0, max_digits=18, decimal_places=2, description="CNY (yuan), or tce a year"),
    AfterValidator(plain),
    BeforeValidator(plain_text),
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
_TERMS: dict[str, Any] = {
    "valid_from": "2013-01-01",
    "valid_to": "2013-12-31",
    "aids": ["interest_subsidy", "grant"],
    "bases": ["bank_loan", "equipment_investment"],
    "rate": "0.05",
    "cap": "5000000",
    "stages": ["started", "partly_producing", "producing", "accepted"],
    "programmes": ["TR"],
    "source": "TR-19b, TR-19c",
}


class TermsPart(Request):
    """What a fund pays for between two days: min(rate × base, cap), or without a rate what is decided."""

    valid_from: date = Field(description="first day", examples=["2013-01-01"])
    valid_to: date | None = Field(default=None, description="last day; null: until further notice")
    aids: list[Aid] = Field(
        min_length=1,
        max_length=5,
        description="interest_subsidy 贴息, grant 补助; award 奖励: what an appraisal has granted a city",
    )
    bases: list[Base] = Field(
        default=[],
        max_length=10,
        description="what the rate applies to, one of them: bank_loan, equipment_investment, fixed_investment "
        "(yuan), energy_saving (tce a year)",
    )
    rate: Rate | None = Field(default=None, description="yuan per unit of base; null: case by case")
    cap: Money | None = Field(default=None, description="most that one project gets, yuan; null: no cap")
    stages: list[Word] = Field(default=[], max_length=20, description="project's stages in which it may ask")
    programmes: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]] = Field(
        default=[], max_length=10, description="the project carries one of these tags"
    )
    base_from: Quantity | None = Field(default=None, description="a smaller base gets nothing")
    base_below: Quantity | None = Field(default=None, description="a base from here on gets nothing")
    criteria: list[Word] = Field(default=[], max_length=20, description="each is answered with its evidence")
    source: Note = Field(default="", description="where the terms stand", examples=["TR-19b, TR-19c"])


class OpenFund(Request):
    """Money set aside by a government."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund": "TR-19",
                    "name": "省级企业技术改造专项资金",
                    "region": "350000",
                    "purpose": "技术改造贴息或补助",
                    "amount": "300000000",
                    "valid_from": "2013-01-01",
                    "valid_to": "2013-12-31",
                    "terms": [_TERMS],
                    "source": "TR-19a",
                }
            ]
        }
    )

    fund: FundId
    name: ShortText = Field(description="name (资金名称)")
    region: RegionCode = Field(description="whose money it is", examples=["350000"])
    purpose: ShortText = Field(description="what it is for, in words")
    amount: Money = Field(gt=0, description="what is set aside (安排), yuan")
    valid_from: date = Field(description="first day on which it may be drawn on")
    valid_to: date = Field(description="last day for reserving and committing; payments may follow")
    terms: list[TermsPart] = Field(min_length=1, max_length=50, description="no two hold on a day")
    source: ShortText = Field(description="what sets it aside", examples=["TR-19a"])


class ChangeAppropriation(Request):
    """More money for a fund, or less."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund": "TR-19",
                    "amount": "50000000",
                    "on": "2013-07-01",
                    "evidence": "闽财企〔2013〕30号",
                    "reason": "年中追加",
                }
            ]
        }
    )

    fund: FundId
    amount: SignedMoney = Field(description="difference, yuan; below zero to cut")
    on: date | None = Field(default=None, description="day of the decision; null: today")
    evidence: Evidence
    reason: ShortText


class ChangeFundTerms(Request):
    """All terms of a fund, with their days; what was asked for before keeps its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund": "TR-19",
                    "terms": [_TERMS],
                    "evidence": "闽经贸投资〔2013〕12号",
                    "reason": "实施细则",
                }
            ]
        }
    )

    fund: FundId
    terms: list[TermsPart] = Field(min_length=1, max_length=50)
    on: date | None = Field(default=None, description="day of the decision; null: today")
    evidence: Evidence
    reason: ShortText


class GetFund(Request):
    """Ask for one fund."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"fund": "TR-19"}]})

    fund: FundId


class ListFunds(Request):
    """Ask for funds, in order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350000", "limit": 50}]})

    region: RegionCode | None = Field(default=None, description="of this government only")
    on: date | None = Field(default=None, description="that may be drawn on this day")
    limit: Limit
    cursor: Cursor


class GetLedger(Request):
    """Ask for a fund's entries, as they stood at any position of the log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"fund": "TR-19", "position": 4711}]})

    fund: FundId
    position: int | None = Field(
        default=None, ge=0, le=2**53, description="only entries up to this position of the log; null: all"
    )
    limit: Limit
    cursor: Cursor


class BalanceView(Answer):
    """appropriated = available + reserved + committed + paid."""

    appropriated: Money = Field(description="set aside (安排)")
    available: Money = Field(description="may still be reserved (可用)")
    reserved: Money = Field(description="kept for projects (预留)")
    committed: Money = Field(description="decided and not paid yet (下达)")
    paid: Money = Field(description="paid (拨付)")


class TermsView(Answer):
    """Terms as they hold."""

    valid_from: date
    valid_to: date | None
    aids: list[Aid]
    bases: list[Base]
    rate: Rate | None
    cap: Money | None
    stages: list[str]
    programmes: list[str]
    base_from: Quantity | None
    base_below: Quantity | None
    criteria: list[str]
    source: str


class FundSummary(Answer):
    """A fund as a list shows it."""

    fund: str
    name: str
    region: str
    region_name: Name = None
    purpose: str
    valid_from: date
    valid_to: date
    source: str
    balance: BalanceView


class FundView(FundSummary):
    """A fund with its terms."""

    opened_on: date
    terms: list[TermsView]
    applications: int = Field(description="that were made to it")
    awards: int = Field(default=0, description="that it holds or has paid something for, or had")


class FundPage(Answer):
    """A page of funds, and the sums of all that the filters leave."""

    items: list[FundSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    total: BalanceView


class LedgerEntry(Answer):
    """One entry: what happened, and the balance after it."""

    position: int = Field(description="position of the event in the log of this service")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    entry: str = Field(description="event type", examples=["SubsidyPaid"])
    application: str | None
    project: str | None
    project_name: Name = None
    award: str | None = Field(default=None, description="of an entry for an award: which")
    amount: SignedMoney | None = Field(description="that the entry moves; null for an opening")
    on: date
    evidence: str
    reason: str
    decided_by: str
    balance: BalanceView


class Ledger(Answer):
    """A fund's entries in order."""

    fund: str
    position: int = Field(description="of the last entry that counts")
    balance: BalanceView = Field(description="after that entry")
    items: list[LedgerEntry]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
