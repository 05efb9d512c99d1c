"""The request that brings a plan's parts to this service: regions, programmes, registers, duties, rules, tags."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from services.projects.domain.duty import Consequence as ConsequenceName
from services.projects.models.base import Answer, Request, ShortText


class RelationPart(Request):
    """A dated relation beside the tree parent (X-19)."""

    kind: ShortText
    to: ShortText
    valid_from: date | None = None
    valid_to: date | None = None


class RegionPart(Request):
    """A region between two days, both included."""

    code: str = Field(pattern=r"^[A-Za-z0-9]{1,12}$")
    name: ShortText
    level: Literal["province", "prefecture", "county", "zone"]
    parent: str | None = Field(default=None, max_length=12)
    administered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    relations: list[RelationPart] = Field(default=[], max_length=20)


class ProgrammePart(Request):
    """One of the plan's programmes (专项行动)."""

    code: str = Field(pattern=r"^[A-Z]{2}$")
    name: ShortText


class RegisterPart(Request):
    """A register of projects (X-22)."""

    register_: str = Field(alias="register", pattern=r"^[a-z0-9_]{1,40}$")
    name: ShortText
    term: ShortText
    level: Literal["nation", "province", "prefecture", "county"]


PERIOD = r"^(19|20)\d{2}(-((0[1-9]|1[0-2])|Q[1-4]))?$"
"""A year, a month or a quarter."""
_RECURRING = r"^(19|20)\d{2}-((0[1-9]|1[0-2])|Q[1-4])$"
_YEARS_AT_MOST = 10


class InstancePart(Request):
    """One occasion of a duty."""

    period: str = Field(pattern=PERIOD)
    due_on: date
    scored: bool = True
    note: str = Field(default="", max_length=1000)


class DuePart(Request):
    """When a duty is due; which further fields are there depends on the rule."""

    rule: Literal["day_of_next_month", "end_of_period", "on", "within", "on_each", "configuration"]
    day: int | None = Field(default=None, ge=1, le=28)
    on: date | None = Field(default=None, alias="date")
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")
    instances: list[InstancePart] = Field(default=[], max_length=100)


class FollowUpPart(Request):
    """Reminders before the due day, and what so many periods missing in a row lead to."""

    remind_days: list[Annotated[int, Field(ge=0, le=60)]] = Field(
        min_length=1, max_length=10, description="so many days before it is due", examples=[[5, 1]]
    )
    missing_in_a_row: int | None = Field(default=None, ge=2, le=12, description="then the consequence is due")
    consequence: ConsequenceName | None = None
    source: str = Field(default="", max_length=500)


class DutyPart(Request):
    """A duty of the plan's calendar."""

    duty: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    rows: list[ShortText] = Field(min_length=1, max_length=20)
    name: ShortText
    term: ShortText
    kind: ShortText
    who: ShortText
    to: ShortText | None = None
    regions: list[ShortText] = Field(min_length=1, max_length=10, description="levels that owe it")
    recurrence: ShortText
    first_period: str | None = Field(default=None, pattern=_RECURRING)
    last_period: str | None = Field(default=None, pattern=_RECURRING)
    due: DuePart
    dated: Literal["printed", "read", "default"] = "printed"
    roll: Literal["none"] = Field(default="none", description="no due day rolls (X-23)")
    skips: list[Annotated[str, Field(pattern=PERIOD)]] = Field(
        default=[], max_length=100, description="periods for which nothing is owed (X-17)"
    )
    carried_by: (
        Literal[
            "monthly_report",
            "monthly_bulletin",
            "quarterly_dispatch",
            "reserve_update",
            "self_assessment",
            "verification",
        ]
        | None
    ) = Field(
        default=None, description="the act that carries it out; without it, it is handed in by reference"
    )
    follow_up: FollowUpPart | None = Field(default=None, description="without it nobody is reminded")
    source: str = Field(max_length=500)
    confidence: str = Field(max_length=10)
    note: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _span(self) -> Self:
        first, last = self.first_period, self.last_period
        if first and last and int(last[:4]) - int(first[:4]) >= _YEARS_AT_MOST:
            raise ValueError(f"a duty runs for less than {_YEARS_AT_MOST} years")
        return self


class RulePart(Request):
    """A dated rule for projects: factors, limits, thresholds, spans of days, with their source."""

    rule: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    row: ShortText
    valid_from: date
    valid_to: date | None = None
    parameters: dict[str, JsonValue] = Field(max_length=50, description="up to who goes by the rule")
    source: str = Field(max_length=500)
    confidence: str = Field(max_length=10)
    note: str = Field(default="", max_length=2000)


class TagPart(Request):
    """A programme tag that projects carry (X-9); with a parent, a technology of that field."""

    tag: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    programme: str = Field(pattern=r"^[A-Z]{2}$")
    parent: str | None = Field(
        default=None, pattern=r"^[a-z0-9_]{1,40}$", description="the field that a technology is of"
    )
    name: ShortText
    term: ShortText
    rows: list[ShortText] = Field(default=[], max_length=20)


class LoadPlan(Request):
    """A plan's parts for this service. A part left out stays as it is; to one given rows are added."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "plan": "fujian-2013",
                    "regions": [
                        {"code": "350000", "name": "福建省", "level": "province"},
                        {"code": "350100", "name": "福州市", "level": "prefecture", "parent": "350000"},
                    ],
                    "programmes": [{"code": "TR", "name": "企业技术改造专项行动"}],
                    "registers": [
                        {
                            "register": "city_key",
                            "name": "City-level key projects",
                            "term": "市级重点项目",
                            "level": "prefecture",
                        }
                    ],
                    "duties": [
                        {
                            "duty": "TR-12",
                            "rows": ["TR-12"],
                            "name": "Monthly report of the city-level key projects",
                            "term": "每月5日前报送",
                            "kind": "report",
                            "who": "prefecture_governments",
                            "regions": ["prefecture"],
                            "recurrence": "monthly",
                            "first_period": "2013-01",
                            "last_period": "2013-12",
                            "due": {"rule": "day_of_next_month", "day": 5},
                            "source": "TR-12",
                            "confidence": "S",
                        }
                    ],
                    "rules": [
                        {
                            "rule": "pre_review",
                            "row": "PM-19",
                            "valid_from": "2013-01-27",
                            "parameters": {
                                "lead": "development_reform_commission",
                                "departments": ["development_reform_commission", "land_resources_department"],
                                "opinion_days": 10,
                            },
                            "source": "PM-19",
                            "confidence": "I",
                        }
                    ],
                    "tags": [{"tag": "ei_led", "programme": "EI", "name": "LED", "term": "LED"}],
                }
            ]
        }
    )

    plan: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="the plan's id")
    regions: list[RegionPart] = Field(default=[], max_length=5000)
    programmes: list[ProgrammePart] = Field(default=[], max_length=100)
    registers: list[RegisterPart] = Field(default=[], max_length=100)
    duties: list[DutyPart] = Field(default=[], max_length=1000)
    rules: list[RulePart] = Field(default=[], max_length=500)
    tags: list[TagPart] = Field(default=[], max_length=500)
    replace: bool = Field(
        default=False,
        description="true: each part given is all of it, and what it doesn't name is dropped; false: only add",
    )
    over: list[Annotated[str, Field(max_length=63)]] = Field(
        default=[],
        max_length=20,
        description="other plans that may lose regions, registers, rules or tags by it",
    )


class PlanView(Answer):
    """What is loaded now."""

    plan: str
    regions: int
    programmes: int
    registers: int
    duties: int
    rules: int
    tags: int
    changed: list[str] = Field(description="the parts that this call changed")
