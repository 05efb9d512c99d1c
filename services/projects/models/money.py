"""Requests and answers about special funds (专项资金) and subsidies (贴息、补助): TR-19 to TR-22."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from services.projects.domain.money.fund import Outcome, Status
from services.projects.domain.money.terms import Aid, Base
from services.projects.models.base import (
    ID_PATTERN,
    Answer,
    Cursor,
    Evidence,
    Limit,
    Money,
    Note,
    ProjectId,
    RegionCode,
    ReportedBy,
    Request,
    ShortText,
    plain,
)

FundId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="fund id; the province's funds bear the plan's row", examples=["TR-19"]),
]
ApplicationId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="application id", examples=["S-2013-0042"]),
]
SignedMoney = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=2, description="CNY (yuan); below zero: less"),
    AfterValidator(plain),
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
]
Rate = Annotated[
    Decimal,
    Field(gt=0, max_digits=12, decimal_places=6, description="yuan per unit of the base", examples=["0.05"]),
    AfterValidator(plain),
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
]
Quantity = Annotated[
    Decimal,
    Field(ge=0, max_digits=18, decimal_places=2, description="CNY (yuan), or tce a year"),
    AfterValidator(plain),
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
_OF: dict[str, Any] = {"fund": "TR-19", "application": "S-2013-0042"}


class TermsPart(Request):
    """What a fund pays for between two days: min(rate × base, cap), or without a rate what is decided."""

    valid_from: date = Field(description="first day", examples=["2013-01-01"])
    valid_to: date | None = Field(default=None, description="last day; null: until further notice")
    aids: list[Aid] = Field(min_length=1, max_length=5, description="interest_subsidy 贴息, grant 补助")
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
    decided_by: ReportedBy


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
    decided_by: ReportedBy


class CriterionPart(Request):
    """A criterion of the fund that the project meets."""

    criterion: Word = Field(examples=["internationally_leading"])
    evidence: Evidence


class RequestSubsidy(Request):
    """A project asks a fund for money (申报)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund": "TR-19",
                    "application": "S-2013-0042",
                    "project": "FZ-2013-017",
                    "aid": "grant",
                    "base_kind": "equipment_investment",
                    "base": "83500000",
                    "evidence": "设备发票清单及审计报告〔2013〕08号",
                }
            ]
        }
    )

    fund: FundId
    application: ApplicationId | None = Field(
        default=None, description="id of your choice; without it one is made from the Idempotency-Key"
    )
    project: ProjectId
    aid: Aid
    base_kind: Base | None = Field(default=None, description="which base; null where the fund has no formula")
    base: Quantity | None = Field(default=None, description="loan drawn or equipment bought, never both")
    amount: Money | None = Field(
        default=None, description="only where the fund has no formula: what is asked"
    )
    evidence: Evidence
    criteria: list[CriterionPart] = Field(default=[], max_length=20)
    on: date | None = Field(default=None, description="day of the application; null: today")
    requested_by: ReportedBy
    confirmed: bool = Field(
        default=False, description="the base is right although it looks unusual (asked for by confirm-amount)"
    )
    note: Note = Field(default="", description="in words")


class _Decision(Request):
    fund: FundId
    application: ApplicationId
    on: date | None = Field(default=None, description="day of the decision; null: today")
    decided_by: ReportedBy


class AssessSubsidy(_Decision):
    """The audited base in place of the one asked with (核定)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**_OF, "base": "80000000", "evidence": "审计报告〔2013〕11号", "reason": "核减重复发票"}
            ]
        }
    )

    base: Quantity | None = Field(default=None, description="audited base; null where there is no formula")
    amount: Money | None = Field(default=None, description="only where the fund has no formula")
    evidence: Evidence
    reason: ShortText


class ReserveSubsidy(_Decision):
    """Keep money for the project (预留)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OF, "evidence": "省经贸委专题会议纪要〔2013〕5号"}]}
    )

    amount: Money | None = Field(default=None, description="yuan; null: all that the project is entitled to")
    evidence: Evidence


class CommitSubsidy(_Decision):
    """Issue the decision (下达); what is reserved above it goes back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "evidence": "闽财企〔2013〕21号"}]})

    amount: Money | None = Field(default=None, description="yuan; null: all that is reserved")
    evidence: Evidence


class PaySubsidy(_Decision):
    """Pay (拨付). A voucher pays once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_OF, "amount": "2000000", "evidence": "国库支付凭证2013-0612-003"}]
        }
    )

    amount: Money | None = Field(default=None, description="yuan; null: all that is committed")
    evidence: Evidence = Field(description="the voucher's number")


class ReleaseSubsidy(_Decision):
    """Give back what is held and not paid (释放), reserved money first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "reason": "项目未按期开工"}]})

    amount: Money | None = Field(default=None, description="yuan; null: all that is held")
    reason: ShortText


class RecoverSubsidy(_Decision):
    """Money that was paid is back (收回)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OF, "evidence": "缴款书2013-07", "reason": "项目终止，收回补助"}]}
    )

    amount: Money | None = Field(default=None, description="yuan; null: all that was paid")
    evidence: Evidence
    reason: ShortText


class CloseSubsidy(_Decision):
    """End an application without money."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OF, "outcome": "rejected", "reason": "设备不在支持范围"}]}
    )

    outcome: Outcome = Field(
        description="rejected 不予支持 by the fund, withdrawn 撤回 by the project's keeper"
    )
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


class GetSubsidy(Request):
    """Ask for one application."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OF]})

    fund: FundId
    application: ApplicationId


class ListSubsidies(Request):
    """Ask for applications; every filter narrows. In order of fund and id."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100", "status": "committed"}]})

    region: RegionCode | None = Field(default=None, description="of projects in it and what lies under it")
    fund: FundId | None = Field(default=None, description="to this fund")
    project: ProjectId | None = Field(default=None, description="of this project, from every fund (TR-21)")
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise")
    status: Status | None = Field(default=None, description="where it stands")
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


class SubsidySummary(Answer):
    """An application as a list shows it."""

    application: str
    fund: str
    project: str
    region: str
    enterprise: str | None
    aid: Aid
    base_kind: Base | None
    base: Quantity | None = Field(description="yuan, or tce a year; as audited, if it was")
    entitlement: Money = Field(description="what the terms give for the base, or what is asked")
    reserved: Money
    committed: Money
    paid: Money
    status: Status
    requested_on: date
    last_on: date = Field(description="day of the last decision")


class CriterionView(Answer):
    """A criterion met, and what shows it."""

    criterion: str
    evidence: str


class SubsidyView(SubsidySummary):
    """An application with what it rests on."""

    evidence: str
    criteria: list[CriterionView]
    requested_by: str
    confirmed: bool
    note: str


class SubsidySums(Answer):
    """Sums over all that the filters leave."""

    entitlement: Money
    reserved: Money
    committed: Money
    paid: Money


class SubsidyPage(Answer):
    """A page of applications, and the count and sums of all that the filters leave."""

    items: list[SubsidySummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    total: SubsidySums
