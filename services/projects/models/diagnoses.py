"""Requests and answers about technology diagnoses (技术提升诊断, IN-14)."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.domain.diagnosis import FindingOutcome
from services.projects.models.base import (
    ID_PATTERN,
    Answer,
    Cursor,
    Evidence,
    Limit,
    Note,
    ProjectId,
    RegionCode,
    ReportedBy,
    Request,
    ShortText,
)

DiagnosisId = Annotated[
    str, StringConstraints(pattern=ID_PATTERN), Field(description="diagnosis id", examples=["ZD-2013-03"])
]
Industry = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]?\d{2,4}$"),
    Field(description="industry, GB/T 4754 code", examples=["3421"]),
]


class HoldDiagnosis(Request):
    """An enterprise was diagnosed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "diagnosis": "ZD-2013-03",
                    "enterprise_name": "示例机床厂",
                    "region": "350181",
                    "industry": "3421",
                    "institute": "中科院海西研究院",
                    "findings": ["主轴热变形未补偿", "装配线节拍不均"],
                    "evidence": "诊断报告〔2013〕3号",
                }
            ]
        }
    )

    diagnosis: DiagnosisId
    enterprise: ProjectId | None = Field(default=None, description="enterprise id, if registered")
    enterprise_name: ShortText = Field(description="name of the enterprise", examples=["示例机床厂"])
    region: RegionCode = Field(description="county or city it lies in")
    industry: Industry
    institute: ShortText = Field(description="who diagnosed (诊断机构)", examples=["中科院海西研究院"])
    findings: list[ShortText] = Field(
        min_length=1,
        max_length=50,
        description="what was found; numbered from 1",
        examples=[["主轴热变形未补偿"]],
    )
    evidence: Evidence
    on: date | None = Field(default=None, description="the day of it; null: today")
    reported_by: ReportedBy


class SettleFinding(Request):
    """Where a finding led."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"diagnosis": "ZD-2013-03", "finding": 1, "outcome": "need", "reference": "N-2013-0042"}
            ]
        }
    )

    diagnosis: DiagnosisId
    finding: int = Field(ge=1, le=50, description="its number", examples=[1])
    outcome: FindingOutcome = Field(
        description="need 技术需求, project 项目, dismissed 不采纳", examples=["need"]
    )
    reference: ProjectId | None = Field(
        default=None, description="the technology need or the project, by its id; null: dismissed"
    )
    reason: Note = Field(default="", description="why it is dismissed")
    on: date | None = Field(default=None, description="the day of it; null: today")
    reported_by: ReportedBy


class GetDiagnosis(Request):
    """Ask for one diagnosis."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"diagnosis": "ZD-2013-03"}]})

    diagnosis: DiagnosisId


class ListDiagnoses(Request):
    """Ask for diagnoses; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100"}]})

    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    industry: str | None = Field(
        default=None, pattern=r"^[A-Z]?\d{1,4}$", description="whose industry code begins so", examples=["34"]
    )
    unsettled: bool | None = Field(default=None, description="true: with a finding that led nowhere yet")
    limit: Limit
    cursor: Cursor


class DiagnosisSummary(Answer):
    """A diagnosis as a list shows it."""

    diagnosis: str
    enterprise: str | None
    enterprise_name: str
    region: str
    industry: str
    institute: str
    held_on: date
    findings: int
    needs: int = Field(description="findings that led to a technology need")
    projects: int = Field(description="findings that led to a project")
    dismissed: int


class FindingView(Answer):
    """A finding and where it led."""

    finding: int
    text: str
    outcome: FindingOutcome | None = Field(description="null: nowhere yet")
    reference: str | None
    reason: str
    on: date | None


class DiagnosisView(DiagnosisSummary):
    """A diagnosis with its findings."""

    evidence: str
    items: list[FindingView]


class DiagnosisTotals(Answer):
    """What all diagnoses that the filters leave come to."""

    diagnoses: int
    findings: int
    needs: int
    projects: int
    dismissed: int


class DiagnosisPage(Answer):
    """A page of diagnoses, and what all of them come to."""

    items: list[DiagnosisSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    totals: DiagnosisTotals
