"""What may be asked of a fund for a project, and what is known beside it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from services.projects.common.plausibility import AmountCare
from services.projects.common.values import Evidence, Note, ProjectId, SeenVersion, ShortText
from services.projects.funds.separation import Separation
from services.projects.funds.subsidies.facts import Outcome
from services.projects.funds.terms import Aid, Base
from services.projects.funds.values import ApplicationId, DayOfDecision, FundId, Quantity, Word, Yuan
from shared.command import Given, command
from shared.values import Many, Says

_OF: dict[str, Any] = {"fund": "TR-19", "application": "S-2013-0042"}


@command()
class CriterionPart:
    """A criterion of the fund that the project meets."""

    criterion: Annotated[Word, Says(example="internationally_leading")]
    evidence: Evidence


@command(
    example={
        **_OF,
        "project": "FZ-2013-017",
        "aid": "grant",
        "base_kind": "equipment_investment",
        "base": "83500000",
        "evidence": "设备发票清单及审计报告〔2013〕08号",
    }
)
class RequestSubsidy:
    """A project asks a fund for money (申报)."""

    fund: FundId
    application: Annotated[
        ApplicationId | None,
        Says(description="id of your choice; without it one is made from the Idempotency-Key"),
    ] = None
    project: ProjectId
    aid: Aid
    base_kind: Annotated[Base | None, Says(description="which base; null where the fund has no formula")] = (
        None
    )
    base: Annotated[Quantity | None, Says(description="loan drawn or equipment bought, never both")] = None
    amount: Annotated[Yuan | None, Says(description="only where the fund has no formula: what is asked")] = (
        None
    )
    evidence: Evidence
    criteria: Annotated[tuple[CriterionPart, ...], Many(max_length=20)] = ()
    on: Annotated[date | None, Says(description="day of the application; null: today")] = None
    confirmed: Annotated[
        bool,
        Says(
            description="the base or amount is right although it looks unusual (asked for by confirm-amount)"
        ),
    ] = False
    note: Annotated[Note, Says(description="in words")] = ""


@command(example={**_OF, "base": "80000000", "evidence": "审计报告〔2013〕11号", "reason": "核减重复发票"})
class AssessSubsidy:
    """The audited base in place of the one asked with (核定)."""

    fund: FundId
    application: ApplicationId
    version: SeenVersion = None
    on: DayOfDecision = None
    base: Annotated[Quantity | None, Says(description="audited base; null where there is no formula")] = None
    amount: Annotated[Yuan | None, Says(description="only where the fund has no formula")] = None
    evidence: Evidence
    reason: ShortText
    confirmed: Annotated[
        bool,
        Says(description="the audit is right although it looks unusual (asked for by confirm-amount)"),
    ] = False


@command(example={**_OF, "evidence": "省经贸委专题会议纪要〔2013〕5号"})
class ReserveSubsidy:
    """Keep money for the project (预留)."""

    fund: FundId
    application: ApplicationId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that the project is entitled to")] = None
    evidence: Evidence


@command(example={**_OF, "evidence": "闽财企〔2013〕21号"})
class CommitSubsidy:
    """Issue the decision (下达); what is reserved above it goes back."""

    fund: FundId
    application: ApplicationId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that is reserved")] = None
    evidence: Evidence


@command(example={**_OF, "amount": "2000000", "evidence": "国库支付凭证2013-0612-003"})
class PaySubsidy:
    """Pay (拨付). A voucher pays once."""

    fund: FundId
    application: ApplicationId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that is committed")] = None
    evidence: Annotated[Evidence, Says(description="the voucher's number")]


@command(example={**_OF, "reason": "项目未按期开工"})
class ReleaseSubsidy:
    """Give back what is held and not paid (释放), reserved money first."""

    fund: FundId
    application: ApplicationId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that is held")] = None
    reason: ShortText


@command(example={**_OF, "evidence": "缴款书2013-07", "reason": "项目终止，收回补助"})
class RecoverSubsidy:
    """Money that was paid is back (收回)."""

    fund: FundId
    application: ApplicationId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that was paid")] = None
    evidence: Evidence
    reason: ShortText


@command(example={**_OF, "outcome": "rejected", "reason": "设备不在支持范围"})
class CloseSubsidy:
    """End an application without money."""

    fund: FundId
    application: ApplicationId
    version: SeenVersion = None
    on: DayOfDecision = None
    outcome: Annotated[
        Outcome,
        Says(description="rejected 不予支持 by the fund, withdrawn 撤回 by the project's keeper"),
    ]
    reason: ShortText


Outward = AssessSubsidy | ReserveSubsidy | CommitSubsidy | PaySubsidy
"""Steps of money on its way out."""
SubsidyDecision = Outward | ReleaseSubsidy | RecoverSubsidy | CloseSubsidy
SubsidyCommand = RequestSubsidy | SubsidyDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProject:
    """What an application is judged by: the project as it stands. `in_area`: in that of the fund's government."""

    project: str
    region: str
    enterprise: str | None
    stage: str
    programmes: tuple[str, ...]
    total_investment: Decimal
    equipment_investment: Decimal
    bank_loan: Decimal | None
    in_area: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Given):
    """What is known of an application that is made: its id, its project, and which amounts are asked back."""

    application: str
    project: KnownProject
    care: AmountCare


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding(Given):
    """What a decision depends on: the project's `stage`, and the rules of the day."""

    stage: str
    separation: Separation
    care: AmountCare
