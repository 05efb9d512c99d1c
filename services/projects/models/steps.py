"""Requests and answers about the steps of a project (项目进度)."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from services.projects.common.values import Ceremony
from services.projects.domain.stages import Stage
from services.projects.models.base import (
    Answer,
    Evidence,
    Money,
    Note,
    ProjectId,
    ReportedBy,
    Request,
    SeenVersion,
    ShortText,
)


class PastStepIn(Request):
    """A step that was taken before the project became known here."""

    stage: Stage = Field(description="the step")
    on: date = Field(description="the day it happened")
    evidence: Evidence
    note: Note = Field(default="", description="in words")
    amount: Money | None = Field(default=None, description="of a contract, CNY (yuan)")


class ReachStage(Request):
    """A step that the project has taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "stage": "filed",
                    "on": "2013-01-20",
                    "evidence": "闽发改备〔2013〕A01017号",
                }
            ]
        }
    )

    project: ProjectId
    stage: Stage = Field(
        description="pre_reported 预报, negotiating 洽谈, intent_signed 意向, agreement_signed 协议, contract_signed "
        "合同; filed 备案 or approved 核准, started 开工, partly_producing 部分投产, producing 投产, accepted 验收, "
        "tracking_ended 退出跟踪; suspended 停滞, resumed 复工, terminated 终止, formally_ended 正式终止. "
        "pre_reviewed 预审 comes of the joint pre-review"
    )
    on: date = Field(description="the day it happened")
    evidence: Evidence
    note: Note = Field(default="", description="in words; the reason, when suspended or terminated")
    amount: Money | None = Field(default=None, description="the contract's, at a signing, CNY (yuan)")
    ceremony: Ceremony | None = Field(
        default=None, description="signed on its stage: on its list and audited"
    )
    confirmed: bool = Field(
        default=False, description="the amount is right although it looks unusual (see confirm-amount)"
    )
    steps_version: SeenVersion
    reported_by: ReportedBy


class CorrectStage(Request):
    """A step that was reported wrongly: what isn't named stays as it is, and only `remove` takes anything away."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "step": 2,
                    "stage": "approved",
                    "on": "2013-01-21",
                    "evidence": "闽发改核〔2013〕7号",
                    "reason": "it was approved, not filed",
                }
            ]
        }
    )

    project: ProjectId
    step: int = Field(ge=1, le=1000, description="number of the wrong step, as the project lists it")
    reason: ShortText = Field(description="why it is corrected")
    stage: Stage | None = Field(default=None, description="the right stage; null: as it was")
    on: date | None = Field(default=None, description="the right day; null: as it was")
    evidence: Evidence | None = Field(default=None, description="the right evidence; null: as it was")
    note: Note | None = Field(default=None, description="the right words; null: as they were")
    amount: Money | None = Field(
        default=None, description="the right amount of the contract, CNY (yuan); null: as it was"
    )
    ceremony: Ceremony | None = Field(
        default=None, description="on whose stage it was signed, on its list and audited; null: as it was"
    )
    remove: Literal["step", "ceremony"] | None = Field(
        default=None,
        description="step: it never was; ceremony: it was signed, but on no stage; null: nothing",
    )
    confirmed: bool = Field(
        default=False, description="the amount is right although it looks unusual (see confirm-amount)"
    )
    steps_version: SeenVersion
    reported_by: ReportedBy


class StepView(Answer):
    """A step taken."""

    step: int = Field(description="its number, for a correction")
    stage: Stage
    on: date
    evidence: str
    reported_by: str
    note: str
    amount: Money | None = Field(default=None, description="of the contract, at a signing, CNY (yuan)")
    ceremony: str | None = Field(default=None, description="on whose stage it was signed")
