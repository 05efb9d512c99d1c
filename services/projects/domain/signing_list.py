"""Signing list (上台签约项目): which projects sign on the stage of a ceremony, such as the June one (PM-12, PM-15).

A city recommends, the provincial office audits, the project signs there. Nothing is recommended without a passed
pre-review (PM-13b, PM-19).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.projects.domain.refusal import Refused
from services.projects.domain.stages import Stage, StageState, Step, advance


@dataclass(frozen=True, slots=True)
class SigningRecommended:
    """The project is to sign `contract` (意向, 协议 or 合同) of `amount` CNY (yuan) at the ceremony."""

    project: str
    region: str
    ceremony: str
    contract: Stage
    amount: Decimal
    on: date
    recommended_by: str


@dataclass(frozen=True, slots=True)
class SigningAudited:
    """The office lets it onto the stage, or not and says why."""

    project: str
    region: str
    ceremony: str
    approved: bool
    reason: str
    on: date


SigningEvent = SigningRecommended | SigningAudited


@dataclass(frozen=True, slots=True)
class Recommendation:
    """How it stands with one ceremony; `approved` None: not audited yet."""

    ceremony: str
    contract: Stage
    amount: Decimal
    on: date
    approved: bool | None = None


@dataclass(frozen=True, slots=True)
class RecommendSigning:
    """Put the project forward for a ceremony."""

    project: str
    ceremony: str
    contract: Stage
    amount: Decimal
    on: date
    recommended_by: str
    today: date


@dataclass(frozen=True, slots=True)
class AuditSigning:
    """Let a recommended project onto the stage, or not: then with the reason."""

    project: str
    ceremony: str
    approved: bool
    reason: str
    on: date
    today: date


def recommended(
    command: RecommendSigning,
    region: str,
    stage: StageState,
    steps: Sequence[Step],
    known: Sequence[Recommendation],
) -> SigningRecommended | None:
    """The recommendation as a fact; None if it stands already. Raises Refused."""
    if all(step.stage is not Stage.PRE_REVIEWED for step in steps):
        raise Refused(
            "The project has not passed the joint pre-review; nothing is signed on stage without it.",
            code="pre-review-missing",
            where="project",
            remedy="Report it for pre-review (预报); the departments and the lead then decide.",
            extra={"missing": ["pre_reviewed (预审)"]},
        )
    advance(stage, command.contract)
    last = find(known, command.ceremony)
    if last is not None and last.approved is not False:
        if (last.contract, last.amount) == (command.contract, command.amount):
            return None
        raise Refused(
            f"The project is on the list of {command.ceremony} already.",
            code="on-the-list",
            status=409,
            where="ceremony",
        )
    return SigningRecommended(
        project=command.project,
        region=region,
        ceremony=command.ceremony,
        contract=command.contract,
        amount=command.amount,
        on=command.on,
        recommended_by=command.recommended_by,
    )


def audited(command: AuditSigning, region: str, known: Sequence[Recommendation]) -> SigningAudited | None:
    """The audit as a fact; None if it says the same again. Raises Refused."""
    last = find(known, command.ceremony)
    if last is None:
        raise Refused(
            f"The project is not recommended for {command.ceremony}.",
            code="not-recommended",
            where="ceremony",
            remedy="Its city recommends it first.",
        )
    if last.approved is command.approved:
        return None
    if not command.approved and not command.reason:
        raise Refused("Declining needs its reason.", code="reason-missing", where="reason")
    if command.on < last.on:
        raise Refused(
            f"The project was recommended on {last.on}; it can't have been audited on {command.on}.",
            code="date-order",
            where="on",
        )
    return SigningAudited(
        project=command.project,
        region=region,
        ceremony=command.ceremony,
        approved=command.approved,
        reason=command.reason,
        on=command.on,
    )


def check_on_stage(ceremony: str, stage: Stage, known: Sequence[Recommendation]) -> None:
    """Raises Refused unless the project may sign `stage` at that ceremony."""
    last = find(known, ceremony)
    if last is None or last.approved is not True:
        missing = "recommended" if last is None else "approved by the audit"
        raise Refused(
            f"The project is not {missing} for {ceremony}: it can't sign on its stage.",
            code="not-on-the-list",
            where="ceremony",
            remedy="Recommend it and have it audited, or report the signing without the ceremony.",
            extra={"missing": [missing]},
        )
    if last.contract is not stage:
        raise Refused(
            f"The list of {ceremony} has the project with {last.contract}, not {stage}.",
            code="other-contract",
            where="stage",
        )


def evolve(known: tuple[Recommendation, ...], event: SigningEvent) -> tuple[Recommendation, ...]:
    """The recommendations after a stored fact."""
    if isinstance(event, SigningRecommended):
        made = Recommendation(event.ceremony, event.contract, event.amount, event.on)
        return (*(each for each in known if each.ceremony != event.ceremony), made)
    return tuple(
        replace(each, approved=event.approved) if each.ceremony == event.ceremony else each for each in known
    )


def find(known: Sequence[Recommendation], ceremony: str) -> Recommendation | None:
    """The recommendation for that ceremony."""
    return next((each for each in known if each.ceremony == ceremony), None)
