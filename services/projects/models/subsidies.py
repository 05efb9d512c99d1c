"""Requests and answers about applications to a fund (申报) and the decisions on them: 核定, 预留, 下达, 拨付, 收回."""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.domain.money.fund import (
    Outcome,
    Status,
)
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
    ProjectId,
    RegionCode,
    Request,
    SeenVersion,
    ShortText,
    Version,
)
from services.projects.models.funds import (
    FundId,
    Quantity,
    Word,
)

ApplicationId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="application id", examples=["S-2013-0042"]),
]
_OF: dict[str, Any] = {"fund": "TR-19", "application": "S-2013-0042"}


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
    confirmed: bool = Field(
        default=False,
        description="the base or amount is right although it looks unusual (asked for by confirm-amount)",
    )
    note: Note = Field(default="", description="in words")


class _Decision(Request):
    fund: FundId
    application: ApplicationId
    version: SeenVersion
    on: date | None = Field(default=None, description="day of the decision; null: today")


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
    confirmed: bool = Field(
        default=False,
        description="the audit is right although it looks unusual (asked for by confirm-amount)",
    )


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


class SubsidySummary(Answer):
    """An application as a list shows it."""

    application: str
    fund: str
    fund_name: Name = None
    project: str
    project_name: Name = None
    region: str
    region_name: Name = None
    enterprise: str | None
    enterprise_name: Name = None
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
    version: Version = None


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
