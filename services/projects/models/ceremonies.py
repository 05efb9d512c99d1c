"""Requests and answers about a signing ceremony as a whole (项目现场协调会暨签约): PM-12, PM-15, PM-18."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.common.values import Ceremony
from services.projects.domain.investor import InvestorCategory
from services.projects.models.base import (
    ID_PATTERN,
    Answer,
    Cursor,
    Limit,
    Money,
    Note,
    RegionCode,
    ReportedBy,
    Request,
    ShortText,
)

FirmId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="firm, by an id of the inviting region's choice", examples=["FZ-HENGYI"]),
]


class InviteFirm(Request):
    """A key private firm (重点民营企业) is put on a ceremony's guest list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ceremony": "618-2013",
                    "firm": "FZ-HENGYI",
                    "name": "示例集团",
                    "region": "350100",
                    "categories": ["top_500_private"],
                }
            ]
        }
    )

    ceremony: Ceremony
    firm: FirmId
    name: ShortText = Field(description="name of the firm", examples=["示例集团"])
    region: RegionCode = Field(description="who invites it: a city, Pingtan, or a county of theirs")
    categories: list[InvestorCategory] = Field(
        default=[], max_length=7, description="what it is known as (PM-8)", examples=[["top_500_private"]]
    )
    on: date | None = Field(default=None, description="the day of it; null: today")
    reported_by: ReportedBy


class AnswerInvitation(Request):
    """A firm comes, or not. The last answer holds."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ceremony": "618-2013", "firm": "FZ-HENGYI", "attends": True}]}
    )

    ceremony: Ceremony
    firm: FirmId
    attends: bool = Field(description="whether it comes", examples=[True])
    reason: Note = Field(default="", description="why not")
    on: date | None = Field(default=None, description="the day of it; null: today")
    reported_by: ReportedBy


class ListInvitations(Request):
    """Ask for a ceremony's guest list; every filter narrows. In order of firm."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ceremony": "618-2013"}]})

    ceremony: Ceremony
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    attends: bool | None = Field(default=None, description="who comes (true) or doesn't (false) only")
    limit: Limit
    cursor: Cursor


class InvitationView(Answer):
    """A firm on the guest list."""

    ceremony: str
    firm: str
    name: str
    region: str
    categories: list[InvestorCategory]
    invited_on: date
    attends: bool | None = Field(description="null: nothing was heard")
    answered_on: date | None
    reason: str = Field(description="why it doesn't come")


class InvitationPage(Answer):
    """A page of a guest list, and how the whole stands."""

    items: list[InvitationView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    firms: int = Field(description="invited, by the filters")
    attending: int = Field(description="of them those that come")


class SummariseCeremony(Request):
    """Ask how a ceremony stands, reporter by reporter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ceremony": "618-2013", "on": "2013-06-18"}]})

    ceremony: Ceremony
    on: date | None = Field(
        default=None, description="last day of the year's starts and productions counted; null: today"
    )


class ReporterSummary(Answer):
    """What a city or Pingtan brings to the ceremony, and how its private projects stand in the year."""

    region: str = Field(examples=["350100"])
    name: str = Field(examples=["福州市"])
    recommended: int = Field(description="projects it put on the signing list")
    approved: int = Field(description="of them let onto the stage, signed ones too")
    signed: int = Field(description="of them signed there")
    signed_amount: Money = Field(description="of those contracts, CNY (yuan)")
    firms: int = Field(description="key firms invited")
    attending: int = Field(description="of them those that come")
    contracts: int = Field(description="private projects with a contract signed in the year so far")
    started: int = Field(description="private projects started in the year so far")
    producing: int = Field(description="private projects put into production in the year so far")


class CeremonySummary(Answer):
    """The June event as a whole (PM-12): nine cities and Pingtan, and who has not named anything yet."""

    ceremony: str
    on: date
    items: list[ReporterSummary]
    without_projects: list[str] = Field(description="reporters with no project on the signing list")
    without_firms: list[str] = Field(description="reporters with no firm on the guest list")
