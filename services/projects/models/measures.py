"""Requests and answers about measures (措施): TR-23, and the plan's other promises without a figure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.models.base import (
    ID_PATTERN,
    Answer,
    Cursor,
    Evidence,
    Limit,
    Money,
    RegionCode,
    ReportedBy,
    Request,
    SeenVersion,
    ShortText,
    Version,
)

MeasureId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="measure id", examples=["TR-23b-ships"]),
]
Kind = Literal[
    "policy",
    "industry_policy",
    "relocation",
    "briefing",
    "reorganisation",
    "platform",
    "cooperation",
    "zone",
    "publicity",
    "funding",
]
Row = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-\d{1,2}[a-z]?$"), Field(examples=["TR-23b"])]
Standing = Literal["open", "overdue", "completed"]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]

ItemId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="item id within the measure", examples=["steel"]),
]
Industries = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^\d{2,4}$")]],
    Field(
        max_length=30,
        description="only projects of these industries, first digits of GB/T 4754",
        examples=[["373"]],
    ),
]


class MeasureItemIn(Request):
    """A named part (分项) of a measure."""

    item: ItemId
    name: ShortText = Field(description="what it is", examples=["钢铁行业"])
    industries: Industries = Field(default=[])


class OpenMeasure(Request):
    """Something that a government promises to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "measure": "TR-23b-ships",
                    "kind": "industry_policy",
                    "name": "船舶行业“一业一策”跟踪落实",
                    "region": "350000",
                    "rows": ["TR-23b"],
                    "owner": "省经贸委",
                    "due_on": "2013-12-31",
                    "source": "TR-23b",
                    "tag": "tr_one_industry_one_policy",
                    "industries": ["373"],
                }
            ]
        }
    )

    measure: MeasureId
    kind: Kind = Field(description="what sort of measure it is")
    name: ShortText
    region: RegionCode = Field(description="whose measure it is", examples=["350000"])
    rows: list[Row] = Field(min_length=1, max_length=10, description="rows of the plan that it carries out")
    owner: ShortText = Field(description="department that owns it", examples=["省经贸委"])
    due_on: date
    source: ShortText
    tag: Word | None = Field(default=None, description="tag of the projects that it reaches")
    industries: Industries = Field(default=[])
    items: list[MeasureItemIn] = Field(
        default=[], max_length=100, description="the parts that the plan names, each followed up for itself"
    )


class AddMeasureItem(MeasureItemIn):
    """A further part of a measure: the plan's lists end in 等."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "measure": "DI-8",
                    "item": "jinjiang-shoes",
                    "name": "晋江鞋业示范区",
                    "source": "闽经贸〔2013〕77号",
                }
            ]
        }
    )

    measure: MeasureId
    version: SeenVersion
    source: ShortText = Field(description="what names it", examples=["闽经贸〔2013〕77号"])
    on: date | None = Field(default=None, description="the day; null: today")
    reported_by: ReportedBy


class FollowUpMeasure(Request):
    """What was done for a measure."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"measure": "TR-23b-ships", "text": "召开政策宣贯会", "evidence": "会议纪要〔2013〕9号"}
            ]
        }
    )

    measure: MeasureId
    version: SeenVersion
    item: ItemId | None = Field(default=None, description="for this item; null: for the measure as a whole")
    text: ShortText = Field(description="what was done, in words")
    evidence: Evidence
    on: date | None = Field(default=None, description="the day; null: today")
    reported_by: ReportedBy


class CompleteMeasure(Request):
    """A measure is done."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"measure": "TR-23c", "evidence": "闽政办〔2013〕88号"}]}
    )

    measure: MeasureId
    version: SeenVersion
    item: ItemId | None = Field(
        default=None, description="this item only; null: the measure, all of its items done"
    )
    evidence: Evidence
    on: date | None = Field(default=None, description="the day; null: today")
    reported_by: ReportedBy


class ReopenMeasure(Request):
    """A measure turned out not to be done."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"measure": "TR-23c", "reason": "文件未印发", "due_on": "2014-01-31"}]
        }
    )

    measure: MeasureId
    version: SeenVersion
    item: ItemId | None = Field(default=None, description="this item only; null: the measure")
    reason: ShortText
    due_on: date | None = Field(default=None, description="its new day; null: as it was")
    on: date | None = Field(default=None, description="the day; null: today")
    reported_by: ReportedBy


class GetMeasure(Request):
    """Ask for one measure."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"measure": "TR-23c"}]})

    measure: MeasureId


class ListMeasures(Request):
    """Ask for measures; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "industry_policy"}]})

    region: RegionCode | None = Field(default=None, description="of this government only")
    kind: Kind | None = Field(default=None, description="of this kind")
    row: Row | None = Field(default=None, description="that carries out this row of the plan")
    standing: Standing | None = Field(default=None, description="as it stands today, by the Clock")
    limit: Limit
    cursor: Cursor


class MeasureSummary(Answer):
    """A measure as a list shows it."""

    measure: str
    kind: str
    name: str
    region: str
    rows: list[str]
    owner: str
    due_on: date
    standing: Standing
    follow_ups: int
    item_count: int = Field(description="named parts of it")
    items_done: int = Field(description="of them completed")
    last_on: date | None = Field(description="day of the last follow-up, completion or reopening")
    completed_on: date | None
    tag: str | None
    industries: list[str]
    version: Version = None


class FollowUpView(Answer):
    """What was done on a day."""

    on: date
    item: str | None = Field(description="null: for the measure as a whole")
    text: str
    evidence: str
    reported_by: str


class ItemView(Answer):
    """A named part of a measure as it stands."""

    item: str
    name: str
    industries: list[str]
    follow_ups: int
    completed_on: date | None = Field(description="null: open")
    evidence: str = Field(description="what shows that it is done; empty while it is open")


class Reached(Answer):
    """The projects that carry the measure's tag, in its region and industries."""

    projects: int
    total_investment: Money
    paid: Money = Field(description="subsidies paid to them, from every fund")


class MeasureView(MeasureSummary):
    """A measure with what was done, and whom it reached."""

    source: str
    evidence: str = Field(description="what shows that it is done; empty while it is open")
    items: list[ItemView]
    done: list[FollowUpView]


class MeasureDetail(MeasureView):
    """A measure with whom it has reached."""

    reached: Reached | None = Field(description="null: the measure names no tag")
    reached_by_item: dict[str, Reached] = Field(description="of the items that name industries")


class MeasurePage(Answer):
    """A page of measures, and how all that the filters leave stand."""

    items: list[MeasureSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    open: int
    overdue: int
    completed: int
    item_count: int = Field(description="named parts of all of them")
    items_done: int = Field(description="of those parts completed")
