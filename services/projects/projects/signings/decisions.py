"""Decisions on the signing lists of ceremonies (上台签约项目): recommended, audited, and who may sign on stage."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from services.projects.common.asking import not_in_future
from services.projects.common.refusal import Refused
from services.projects.common.values import Ceremony, DayOrToday, Note, ProjectId, ReportedBy
from services.projects.projects.facts import Project
from services.projects.projects.signings.facts import (
    Recommendation,
    SigningAudited,
    SigningRecommended,
    find,
)
from services.projects.projects.stages.decisions.order import advance
from services.projects.projects.stages.facts import Stage
from shared.command import Given, command
from shared.values import Exact, Says


@command(
    example={
        "ceremony": "618-2013",
        "project": "FZ-2013-017",
        "contract": "contract_signed",
        "amount": "120000000",
    }
)
class RecommendSigning:
    """A project is put forward to sign on the stage of a ceremony."""

    ceremony: Ceremony
    project: ProjectId
    contract: Annotated[
        Literal["intent_signed", "agreement_signed", "contract_signed"],
        Says(
            description="what it will sign: intent_signed 意向, agreement_signed 协议, contract_signed 合同"
        ),
    ]
    amount: Annotated[
        Decimal,
        Exact(
            ge=0,
            gt=0,
            max_digits=18,
            decimal_places=2,
            description="amount of the contract, CNY (yuan)",
        ),
    ]
    on: DayOrToday = None
    reported_by: ReportedBy = None


@command(example={"ceremony": "618-2013", "project": "FZ-2013-017", "approved": True})
class AuditSigning:
    """The provincial office lets a recommended project onto the stage, or not."""

    ceremony: Ceremony
    project: ProjectId
    approved: Annotated[bool, Says(description="whether it signs on stage")]
    reason: Annotated[Note, Says(description="why not")] = ""
    on: DayOrToday = None


SigningCommand = RecommendSigning | AuditSigning


def recommended(command: RecommendSigning, state: Project, given: Given) -> Sequence[SigningRecommended]:
    """The recommendation as a fact; none if it stands already. Raises Refused."""
    on, contract = command.on or given.today, Stage(command.contract)
    not_in_future(on, given.today)
    if all(step.stage is not Stage.PRE_REVIEWED for step in state.steps):
        raise Refused(
            "The project has not passed the joint pre-review; nothing is signed on stage without it.",
            code="pre-review-missing",
            where="project",
            remedy="Report it for pre-review (预报); the departments and the lead then decide.",
            extra={"missing": ["pre_reviewed (预审)"]},
        )
    advance(state.stage, contract)
    last = find(state.signings, command.ceremony)
    if last is not None and last.approved is not False:
        if (last.contract, last.amount) == (contract, command.amount):
            return []
        raise Refused(
            f"The project is on the list of {command.ceremony} already.",
            code="on-the-list",
            status=409,
            where="ceremony",
        )
    return [
        SigningRecommended(
            project=command.project,
            region=state.registered.region,
            ceremony=command.ceremony,
            contract=contract,
            amount=command.amount,
            on=on,
            recommended_by=command.reported_by or given.by,
        )
    ]


def audited(command: AuditSigning, state: Project, given: Given) -> Sequence[SigningAudited]:
    """The audit as a fact; none if it says the same again. Raises Refused."""
    on = command.on or given.today
    not_in_future(on, given.today)
    last = find(state.signings, command.ceremony)
    if last is None:
        raise Refused(
            f"The project is not recommended for {command.ceremony}.",
            code="not-recommended",
            where="ceremony",
            remedy="Its city recommends it first.",
        )
    if last.approved is command.approved:
        return []
    if not command.approved and not command.reason:
        raise Refused("Declining needs its reason.", code="reason-missing", where="reason")
    if on < last.on:
        raise Refused(
            f"The project was recommended on {last.on}; it can't have been audited on {on}.",
            code="date-order",
            where="on",
        )
    return [
        SigningAudited(
            project=command.project,
            region=state.registered.region,
            ceremony=command.ceremony,
            approved=command.approved,
            reason=command.reason,
            on=on,
        )
    ]


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
