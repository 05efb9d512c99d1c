"""Requests and answers about the energy saving (节能量) of projects (EN-15b)."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from services.projects.models.base import (
    Answer,
    Evidence,
    ProjectId,
    ReportedBy,
    Request,
    ShortText,
    plain,
)
from shared.numerals import plain_text

Tce = Annotated[
    Decimal,
    Field(
        gt=0,
        max_digits=14,
        decimal_places=2,
        description="tonnes of standard coal (tce) saved in a year",
        examples=["4000"],
    ),
    AfterValidator(plain),
    BeforeValidator(plain_text),
]
Basis = Annotated[
    ShortText,
    Field(
        description="how it was computed or measured: method, period, equal or equivalent value",
        examples=["GB/T 28750-2012，等价值"],
    ),
]


class ExpectEnergySaving(Request):
    """What a project should save in a year."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "tce": "4000",
                    "basis": "可行性研究报告，等价值",
                    "evidence": "闽节能评〔2013〕18号",
                }
            ]
        }
    )

    project: ProjectId
    tce: Tce
    basis: Basis
    evidence: Evidence
    on: date | None = Field(default=None, description="the day it was computed; null: today")
    reported_by: ReportedBy


class VerifyEnergySaving(Request):
    """What a running project was found to save in a year."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "tce": "3850",
                    "basis": "GB/T 28750-2012，等价值",
                    "evidence": "节能量审核报告〔2013〕6号",
                    "verified_by": "省节能监察总队",
                }
            ]
        }
    )

    project: ProjectId
    tce: Tce
    basis: Basis
    evidence: Evidence
    verified_by: ShortText = Field(
        description="the body that measured it (审核机构)", examples=["省节能监察总队"]
    )
    on: date | None = Field(default=None, description="the day it was found; null: today")
    reported_by: ReportedBy


class SavingView(Answer):
    """One statement of a saving."""

    tce: Decimal = Field(description="tonnes of standard coal a year")
    basis: str
    evidence: str
    on: date
    by: str = Field(description="who stated it; of a verified one the body that measured")


class EnergySavingView(Answer):
    """What is stated of a project's saving now."""

    expected: SavingView | None = Field(description="null: nothing was stated")
    verified: SavingView | None = Field(description="null: nothing was verified")
