"""Requests and answers about the signing lists of ceremonies (上台签约项目, PM-15)."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from services.projects.common.values import Ceremony
from services.projects.domain.stages import Stage
from services.projects.models.base import (
    Answer,
    Cursor,
    Limit,
    Money,
    Name,
    Note,
    ProjectId,
    RegionCode,
    ReportedBy,
    Request,
)


class RecommendSigning(Request):
    """A project is put forward to sign on the stage of a ceremony."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ceremony": "618-2013",
                    "project": "FZ-2013-017",
                    "contract": "contract_signed",
                    "amount": "120000000",
                }
            ]
        }
    )

    ceremony: Ceremony
    project: ProjectId
    contract: Literal["intent_signed", "agreement_signed", "contract_signed"] = Field(
        description="what it will sign: intent_signed 意向, agreement_signed 协议, contract_signed 合同"
    )
    amount: Money = Field(gt=0, description="amount of the contract, CNY (yuan)")
    on: date | None = Field(default=None, description="the day of it; without it today")
    reported_by: ReportedBy


class AuditSigning(Request):
    """The provincial office lets a recommended project onto the stage, or not."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ceremony": "618-2013", "project": "FZ-2013-017", "approved": True}]}
    )

    ceremony: Ceremony
    project: ProjectId
    approved: bool = Field(description="whether it signs on stage")
    reason: Note = Field(default="", description="why not")
    on: date | None = Field(default=None, description="the day of it; without it today")


class ListSignings(Request):
    """Ask for a ceremony's list; every filter narrows. In order of project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ceremony": "618-2013"}]})

    ceremony: Ceremony
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    standing: Literal["recommended", "approved", "declined", "signed"] | None = Field(
        default=None, description="how it stands"
    )
    limit: Limit
    cursor: Cursor


class SigningView(Answer):
    """A project on the list of a ceremony."""

    ceremony: str
    project: str
    name: str
    region: str
    region_name: Name = None
    contract: Stage
    amount: Money = Field(description="as recommended, CNY (yuan)")
    recommended_on: date
    standing: Literal["recommended", "approved", "declined", "signed"]
    audited_on: date | None
    reason: str | None = Field(description="of the audit")
    signed_on: date | None
    signed_amount: Money | None = Field(
        default=None, description="of the contract signed there, corrections included; null: not signed"
    )


class SigningPage(Answer):
    """A page of a ceremony's list, and what the whole list comes to."""

    items: list[SigningView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    projects: int = Field(description="projects on the list, by the filters")
    amount: Money = Field(description="sum of their contracts, as signed or else as recommended, CNY (yuan)")
