"""What may be asked about a project's steps (项目进度), and what only the server knows of it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from services.projects.common.values import (
    Ceremony,
    Confirmed,
    Evidence,
    Money,
    Note,
    ProjectId,
    ReportedBy,
    SeenVersion,
    ShortText,
)
from services.projects.projects.given import WithCare
from services.projects.projects.pre_reviews.rounds import ReviewRule
from services.projects.projects.stages.facts import Stage
from shared.command import command
from shared.values import Number, Says


@command()
class PastStepIn:
    """A step that was taken before the project became known here."""

    stage: Annotated[Stage, Says(description="the step")]
    on: Annotated[date, Says(description="the day it happened")]
    evidence: Evidence
    note: Annotated[Note, Says(description="in words")] = ""
    amount: Annotated[Money | None, Says(description="of a contract, CNY (yuan)")] = None


@command(
    example={
        "project": "FZ-2013-017",
        "stage": "filed",
        "on": "2013-01-20",
        "evidence": "闽发改备〔2013〕A01017号",
    }
)
class ReachStage:
    """A step that the project has taken."""

    project: ProjectId
    stage: Annotated[
        Stage,
        Says(
            description="pre_reported 预报, negotiating 洽谈, intent_signed 意向, agreement_signed 协议, "
            "contract_signed 合同; filed 备案 or approved 核准, started 开工, partly_producing 部分投产, "
            "producing 投产, accepted 验收, tracking_ended 退出跟踪; suspended 停滞, resumed 复工, terminated 终止, "
            "formally_ended 正式终止. pre_reviewed 预审 comes of the joint pre-review"
        ),
    ]
    on: Annotated[date, Says(description="the day it happened")]
    evidence: Evidence
    note: Annotated[Note, Says(description="in words; the reason, when suspended or terminated")] = ""
    amount: Annotated[Money | None, Says(description="the contract's, at a signing, CNY (yuan)")] = None
    ceremony: Annotated[Ceremony | None, Says(description="signed on its stage: on its list and audited")] = (
        None
    )
    confirmed: Confirmed = False
    steps_version: SeenVersion = None
    reported_by: ReportedBy = None


@command(
    example={
        "project": "FZ-2013-017",
        "step": 2,
        "stage": "approved",
        "on": "2013-01-21",
        "evidence": "闽发改核〔2013〕7号",
        "reason": "it was approved, not filed",
    }
)
class CorrectStage:
    """A step that was reported wrongly: what isn't named stays as it is, and only `remove` takes anything away."""

    project: ProjectId
    step: Annotated[
        int, Number(ge=1, le=1000, description="number of the wrong step, as the project lists it")
    ]
    reason: Annotated[ShortText, Says(description="why it is corrected")]
    stage: Annotated[Stage | None, Says(description="the right stage; null: as it was")] = None
    on: Annotated[date | None, Says(description="the right day; null: as it was")] = None
    evidence: Annotated[Evidence | None, Says(description="the right evidence; null: as it was")] = None
    note: Annotated[Note | None, Says(description="the right words; null: as they were")] = None
    amount: Annotated[
        Money | None, Says(description="the right amount of the contract, CNY (yuan); null: as it was")
    ] = None
    ceremony: Annotated[
        Ceremony | None,
        Says(description="on whose stage it was signed, on its list and audited; null: as it was"),
    ] = None
    remove: Annotated[
        Literal["step", "ceremony"] | None,
        Says(description="step: it never was; ceremony: it was signed, but on no stage; null: nothing"),
    ] = None
    confirmed: Confirmed = False
    steps_version: SeenVersion = None
    reported_by: ReportedBy = None


StageCommand = ReachStage | CorrectStage


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching(WithCare):
    """The rule of the joint pre-review, which a pre-report opens; None for any other step."""

    review: ReviewRule | None = None
