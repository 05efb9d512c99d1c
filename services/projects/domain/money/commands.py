"""What may be asked of a fund. Amounts in CNY (yuan); `today` is the Clock's day in the plan's time zone."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.projects.domain.money.award_commands import AwardCommand
from services.projects.domain.money.fund import CriterionMet, Outcome
from services.projects.domain.money.separation import Separation
from services.projects.domain.money.terms import Aid, Base, Terms
from services.projects.domain.plausibility import USUAL, AmountCare


@dataclass(frozen=True, slots=True)
class KnownProject:
    """What an application is judged by: the project as it stands."""

    project: str
    region: str
    enterprise: str | None
    stage: str
    programmes: tuple[str, ...]
    total_investment: Decimal
    equipment_investment: Decimal
    bank_loan: Decimal | None
    in_area: bool
    """Whether the project lies in the area of the fund's government."""


@dataclass(frozen=True, slots=True)
class OpenFund:
    """Set money aside."""

    fund: str
    name: str
    region: str
    purpose: str
    amount: Decimal
    valid_from: date
    valid_to: date
    terms: tuple[Terms, ...]
    source: str
    today: date


@dataclass(frozen=True, slots=True)
class ChangeAppropriation:
    """Add money to a fund, or take some out (below zero)."""

    fund: str
    amount: Decimal
    on: date
    evidence: str
    reason: str
    decided_by: str
    today: date


@dataclass(frozen=True, slots=True)
class ChangeFundTerms:
    """Other terms: all of them, with their days. What was decided on the old ones stays."""

    fund: str
    terms: tuple[Terms, ...]
    on: date
    evidence: str
    reason: str
    decided_by: str
    today: date


@dataclass(frozen=True, slots=True)
class RequestSubsidy:
    """Ask for money for a project. `amount` only where the fund has no formula; `base` only where it has."""

    application: str
    fund: str
    project: KnownProject
    aid: Aid
    base_kind: Base | None
    base: Decimal | None
    amount: Decimal | None
    evidence: str
    criteria: tuple[CriterionMet, ...]
    on: date
    requested_by: str
    today: date
    confirmed: bool = False
    note: str = ""
    care: AmountCare = USUAL


@dataclass(frozen=True, slots=True)
class AssessSubsidy:
    """Put the audited base (or the amount, where the fund has no formula) in place of the one asked with."""

    fund: str
    application: str
    base: Decimal | None
    amount: Decimal | None
    on: date
    evidence: str
    reason: str
    decided_by: str
    today: date
    confirmed: bool = False
    separation: Separation = field(kw_only=True)
    care: AmountCare = field(default=USUAL, kw_only=True)


@dataclass(frozen=True, slots=True)
class ReserveSubsidy:
    """Keep money for a project: `amount`, or all that it is entitled to. `stage` is where it stands."""

    fund: str
    application: str
    amount: Decimal | None
    on: date
    evidence: str
    decided_by: str
    stage: str
    today: date
    separation: Separation = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class CommitSubsidy:
    """Issue the decision: `amount` of what is reserved, or all of it; the rest goes back."""

    fund: str
    application: str
    amount: Decimal | None
    on: date
    evidence: str
    decided_by: str
    stage: str
    today: date
    separation: Separation = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class PaySubsidy:
    """Pay: `amount` of what is committed, or all of it. `evidence` is the voucher."""

    fund: str
    application: str
    amount: Decimal | None
    on: date
    evidence: str
    decided_by: str
    stage: str
    today: date
    separation: Separation = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class ReleaseSubsidy:
    """Give back what is held and not paid: `amount`, reserved money first, or all of it."""

    fund: str
    application: str
    amount: Decimal | None
    on: date
    reason: str
    decided_by: str
    today: date


@dataclass(frozen=True, slots=True)
class RecoverSubsidy:
    """Money that was paid has come back: `amount`, or all of it."""

    fund: str
    application: str
    amount: Decimal | None
    on: date
    evidence: str
    reason: str
    decided_by: str
    today: date


@dataclass(frozen=True, slots=True)
class CloseSubsidy:
    """End an application for which nothing is held and nothing was paid."""

    fund: str
    application: str
    outcome: Outcome
    on: date
    reason: str
    decided_by: str
    today: date


SubsidyDecision = (
    AssessSubsidy
    | ReserveSubsidy
    | CommitSubsidy
    | PaySubsidy
    | ReleaseSubsidy
    | RecoverSubsidy
    | CloseSubsidy
)
FundCommand = (
    OpenFund | ChangeAppropriation | ChangeFundTerms | RequestSubsidy | SubsidyDecision | AwardCommand
)
