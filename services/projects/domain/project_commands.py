"""The commands on a project (项目), with the inputs of their decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from services.projects.domain.energy_saving import EnergySavingCommand
from services.projects.domain.investor import FocusSector, Investor
from services.projects.domain.plausibility import USUAL, AmountCare
from services.projects.domain.pre_review import ConcludePreReview, GiveOpinion, OpenPreReview, ReviewRule
from services.projects.domain.registers import Membership
from services.projects.domain.reserve import ReserveCommand
from services.projects.domain.signing_list import AuditSigning, RecommendSigning
from services.projects.domain.stages import Stage


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step taken before the project was registered here."""

    stage: Stage
    on: date
    evidence: str
    note: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RegisterProject:
    """Make a project known. Amounts in CNY (yuan); `today` is the Clock's day in the plan's time zone.

    `history`: what it went through before. `confirmed`: the amounts are right although they look unusual.
    """

    project: str
    name: str
    region: str
    industry: str
    total_investment: Decimal
    equipment_investment: Decimal
    programmes: tuple[str, ...]
    registers: tuple[Membership, ...]
    planned_on: date
    reported_by: str
    today: date
    enterprise: str | None = None
    enterprise_name: str | None = None
    evidence: str = ""
    tags: tuple[str, ...] = ()
    investor: Investor | None = None
    focus_sector: FocusSector | None = None
    bank_loan: Decimal | None = None
    history: tuple[PastStep, ...] = ()
    confirmed: bool = False
    care: AmountCare = USUAL


@dataclass(frozen=True, slots=True)
class ChangeProject:
    """Change what is known: `changes` holds the new values by their names in ProjectRegistered; `remove` what goes.

    `since`: the day from which it is so; None: today.
    """

    project: str
    changes: Mapping[str, Any]
    reason: str
    reported_by: str
    today: date
    confirmed: bool = False
    remove: frozenset[str] = frozenset()
    since: date | None = None
    care: AmountCare = USUAL


@dataclass(frozen=True, slots=True)
class ReachStage:
    """Report a step with its day and evidence. `review`: the rule of the joint pre-review, for a pre-report."""

    project: str
    stage: Stage
    on: date
    evidence: str
    reported_by: str
    today: date
    note: str = ""
    amount: Decimal | None = None
    ceremony: str | None = None
    confirmed: bool = False
    review: ReviewRule | None = None
    care: AmountCare = USUAL


@dataclass(frozen=True, slots=True)
class CorrectStage:
    """Correct step number `step` (from 1). What is None stays as it is; `remove` says in so many words what goes.

    `remove`: the whole step, which never was, or only the `ceremony`: signed, but on no stage. `seen`: the version of
    the steps that the number was read in, if it is known. `confirmed`: the amount is right although unusual.
    """

    project: str
    step: int
    reason: str
    reported_by: str
    today: date
    stage: Stage | None = None
    on: date | None = None
    evidence: str | None = None
    seen: int | None = None
    note: str | None = None
    amount: Decimal | None = None
    ceremony: str | None = None
    remove: Literal["step", "ceremony"] | None = None
    confirmed: bool = False
    care: AmountCare = USUAL


@dataclass(frozen=True, slots=True)
class JoinRegister:
    """Put the project into a register from a day on."""

    project: str
    register: str
    on: date
    today: date


@dataclass(frozen=True, slots=True)
class LeaveRegister:
    """Take the project out of a register; `on` is its last day in it."""

    project: str
    register: str
    on: date
    reason: str
    today: date


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """The rule `acceptance` in force: whose projects, days from production, days between reminders."""

    registers: tuple[str, ...]
    due_days: int
    remind_every_days: int


@dataclass(frozen=True, slots=True)
class RemindAcceptance:
    """Remind of the acceptance, if it is due and the last reminder is long enough ago."""

    project: str
    today: date
    rule: AcceptanceRule


ProjectCommand = (
    RegisterProject
    | ChangeProject
    | ReachStage
    | CorrectStage
    | JoinRegister
    | LeaveRegister
    | OpenPreReview
    | GiveOpinion
    | ConcludePreReview
    | RecommendSigning
    | AuditSigning
    | RemindAcceptance
    | ReserveCommand
    | EnergySavingCommand
)
