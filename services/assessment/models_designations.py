"""Requests and answers about designations (认定) and their kinds."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.assessment.models import Cursor, NextCursor, Reason, RegionCode, Request, Words
from shared.numerals import plain_text

_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
DesignationId = Annotated[
    str,
    Field(
        pattern=_ID,
        description="the designation's id: letters, digits, dot, dash, underscore",
        examples=["ETC-2013-001"],
    ),
]
KindCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="kind of designation (`list-designation-kinds`)",
        examples=["enterprise_technology_centre"],
    ),
]
LevelCode = Annotated[
    Literal["provincial", "national"],
    Field(description="who designates: 省级 or 国家级", examples=["provincial"]),
]
FieldCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["ei_led"])]
EnterpriseId = Annotated[
    str, Field(pattern=_ID, description="id in the register of enterprises", examples=["E-FZ-001"])
]
Evidence = Annotated[
    Words,
    Field(
        description="the notice: its number or reference, not its content",
        examples=["闽经贸技术〔2013〕88号"],
    ),
]
Day = Annotated[date | None, Field(description="day of the decision; absent: today", examples=["2013-03-05"])]
StandingCode = Literal["designated", "excellent", "qualified", "warned", "failed", "withdrawn", "annulled"]

_EXAMPLE: dict[str, Any] = {
    "designation": "ETC-2013-001",
    "kind": "enterprise_technology_centre",
    "level": "provincial",
    "name": "示例照明企业技术中心",
    "region": "350200",
    "designated_on": "2013-02-26",
    "issuer": "省经贸委",
    "evidence": "闽经贸技术〔2013〕88号",
    "fields": ["ei_led"],
}


class Designate(Request):
    """Designate an enterprise, centre or park as one of a kind."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    designation: DesignationId
    kind: KindCode
    level: LevelCode = "provincial"
    name: Annotated[Words, Field(description="as the notice prints it", examples=["示例照明企业技术中心"])]
    region: RegionCode
    designated_on: Day = None
    issuer: Annotated[Words, Field(description="who designated it", examples=["省经贸委"])]
    evidence: Evidence
    enterprise: EnterpriseId | None = None
    fields: Annotated[
        list[FieldCode],
        Field(default_factory=list, max_length=8, description="fields of the emerging industries (EI-4)"),
    ]


class OfDesignation(Request):
    """What every change of a designation says."""

    designation: DesignationId
    on: Day = None
    evidence: Evidence


class AssessDesignation(OfDesignation):
    """Enter the score of a periodic assessment (考核评价)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "designation": "ETC-2013-001",
                    "year": 2013,
                    "score": "62.5",
                    "evidence": "闽经贸技术〔2013〕310号",
                }
            ]
        }
    )
    year: Annotated[int, Field(ge=1990, le=2199, description="the assessed year", examples=[2013])]
    score: Annotated[
        Decimal,
        Field(ge=0, le=150, max_digits=6, decimal_places=2, examples=["62.5"]),
        BeforeValidator(plain_text),
    ]


class WarnDesignation(OfDesignation):
    """Warn (警告)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "designation": "ETC-2013-001",
                    "reason": "研发投入连续两年下降",
                    "evidence": "闽经贸技术〔2013〕311号",
                    "mend_by": "2014-06-30",
                }
            ]
        }
    )
    reason: Reason
    mend_by: Annotated[
        date | None, Field(description="by when it must be mended", examples=["2014-06-30"])
    ] = None


class WithdrawDesignation(OfDesignation):
    """Withdraw (撤销), or annul what was entered by mistake (更正)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"designation": "ETC-2013-001", "reason": "考核不合格", "evidence": "闽经贸技术〔2014〕12号"}
            ]
        }
    )
    reason: Reason
    annul: Annotated[bool, Field(description="it never held: it is counted nowhere, not even as new")] = False


class ListDesignations(Request):
    """Designations by id; every filter is optional."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "enterprise_technology_centre", "on": "2013-12-31"}]}
    )
    kind: KindCode | None = None
    level: LevelCode | None = None
    region: Annotated[RegionCode | None, Field(description="there and in what lies under it")] = None
    field: Annotated[FieldCode | None, Field(description="field of the emerging industries (EI-4)")] = None
    enterprise: EnterpriseId | None = None
    standing: Annotated[StandingCode | None, Field(description="how it stands now", examples=["warned"])] = (
        None
    )
    on: Annotated[
        date | None,
        Field(description="those that stood on this day, whatever became of them", examples=["2013-12-31"]),
    ] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=200, description="designations per page")] = 100


class GetDesignation(Request):
    """One designation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"designation": "ETC-2013-001"}]})
    designation: DesignationId


class ListDesignationKinds(Request):
    """All kinds."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class DesignationView(BaseModel):
    """A designation as it stands."""

    designation: str
    kind: str
    level: str
    name: str
    region: str
    enterprise: str | None
    fields: list[str]
    designated_on: date
    issuer: str
    evidence: str
    standing: StandingCode
    since: Annotated[date, Field(description="since when it stands so")]
    withdrawn_on: Annotated[date | None, Field(description="from this day on it doesn't stand")]


class DesignationStep(BaseModel):
    """One thing that happened to it: what, when, why, by which document and by whom."""

    what: StandingCode
    on: date
    evidence: str
    reason: str | None
    year: Annotated[int | None, Field(description="the assessed year")]
    score: Decimal | None
    mend_by: date | None
    by: Annotated[str, Field(description="reference of the person who entered it")]
    recorded_at: datetime
    position: Annotated[int, Field(description="position of the event in the service's log")]


class DesignationDetail(DesignationView):
    """A designation with its history, oldest first."""

    history: list[DesignationStep]


class DesignationPage(BaseModel):
    """One page of designations; `count`: of all that the filters leave."""

    items: list[DesignationView]
    count: int
    next_cursor: NextCursor


class KindView(BaseModel):
    """A kind of designation with its scale and the days on which it holds."""

    kind: str
    name: str
    term: str
    rows: list[str]
    levels: list[str]
    fields: list[str]
    excellent_from: Decimal | None
    qualified_from: Decimal | None
    warned_from: Decimal | None
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str


class KindList(BaseModel):
    """All kinds."""

    items: list[KindView]
