"""Requests about plans and targets; the answers are in `models_views`. Together they are the API contract."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from services.assessment.common.models import Cursor as Cursor
from services.assessment.common.models import NextCursor as NextCursor
from services.assessment.common.models import Request as Request
from services.assessment.common.values import Amount as Amount
from services.assessment.common.values import LongText as LongText
from services.assessment.common.values import Period as Period
from services.assessment.common.values import PlanId as PlanId
from services.assessment.common.values import Reason as Reason
from services.assessment.common.values import RegionCode as RegionCode
from services.assessment.common.values import Unit as Unit
from services.assessment.common.values import Value as Value
from services.assessment.common.values import Words as Words

NewTargetId = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}-[0-9A-Za-z]{1,20}$",
        description="A target's id: its row in the plan, a letter for each city's line.",
        examples=["TR-6a"],
    ),
]
TargetId = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}-[0-9A-Za-z]{1,20}(:[0-9A-Z]{1,12})?$",
        description="A target's id; of a county's part: the city's target, a colon, the county.",
        examples=["TR-6a", "TR-6a:350102"],
    ),
]
ProgrammeCode = Annotated[
    str, Field(pattern=r"^[A-Z]{2}$", description="A programme (专项行动).", examples=["TR"])
]
Level = Literal["province", "prefecture", "county", "zone"]
Measure = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="What measures it; null: nothing does yet, and no figure is shown.",
        examples=["tech_renovation_investment"],
    ),
]


class Base(Request):
    """What growth or decline is measured from (基数), with its vintage: it may be revised (X-24)."""

    value: Value
    unit: Unit
    period: Annotated[
        str, Field(min_length=4, max_length=20, description="Period of the base.", examples=["2012"])
    ]
    vintage: Annotated[Words, Field(description="As of when, or in which edition.", examples=["2013-01-27"])]
    source: Annotated[Words, Field(description="Where the figure comes from.")]


class TargetDefinition(Request):
    """A target (目标) as it stands in the plan."""

    target: NewTargetId
    row: Annotated[
        str | None,
        Field(pattern=r"^[A-Z]{2}-[0-9A-Za-z]{1,20}$", description="Row of the plan; absent: the id."),
    ] = None
    programme: ProgrammeCode
    name: Annotated[Words, Field(description="Name in English, the Chinese term behind it.")]
    measure: Measure | None = None
    region: RegionCode
    level: Annotated[Level, Field(description="Whose target it is; `county`: of each county of the region.")]
    period: Period
    value: Annotated[Value | None, Field(description="As printed, in `unit`; null: none is printed.")] = None
    value_high: Annotated[Value | None, Field(description="The end of a printed range.")] = None
    unit: Unit
    unit_printed: Annotated[str | None, Field(max_length=40, description="The unit as printed.")] = None
    comparator: Annotated[
        Literal["at_least", "at_most", "exactly", "decline_at_least"],
        Field(description="As it is read (X-7)."),
    ]
    comparator_printed: Annotated[str | None, Field(max_length=40, description="The word as printed.")] = None
    direction: Annotated[
        Literal["higher_is_better", "lower_is_better", "none"] | None,
        Field(description="Which way is better."),
    ] = None
    metric_type: Annotated[
        Literal["flow", "stock", "ratio", "rate", "level"], Field(description="How it is measured in time.")
    ]
    subject: Annotated[str | None, Field(max_length=500, description="What is counted.")] = None
    deadline: Annotated[date | None, Field(description="The last day.")] = None
    parent: Annotated[NewTargetId | None, Field(description="The target that this one is a part of.")] = None
    base: Base | None = None
    basis: Annotated[
        Literal["equal", "equivalent", "as_designated", "not_printed"] | None,
        Field(description="Standard-coal basis of electricity (当量/等价, X-4)."),
    ] = None
    price_base: Annotated[
        str | None, Field(max_length=40, description="Year of constant prices, where it counts money (X-5).")
    ] = None
    quote: Annotated[LongText, Field(description="The plan's own words.")] = ""
    source: Annotated[Words, Field(description="Where it stands.")]
    confidence: Annotated[
        Literal["S", "V", "M-high", "M-med", "M-low", "C", "I", "decided"],
        Field(
            description="S stated, V seen, M general knowledge, C computed, I inferred; decided: decided here."
        ),
    ]
    note: LongText = ""


_TARGET_EXAMPLE: dict[str, Any] = {
    "target": "TR-6a",
    "programme": "TR",
    "name": "Technology renovation investment, Fuzhou (福州市技改投资)",
    "measure": "tech_renovation_investment",
    "region": "350100",
    "level": "prefecture",
    "period": "2013",
    "value": "660",
    "unit": "CNY_1e8",
    "unit_printed": "亿元",
    "comparator": "at_least",
    "direction": "higher_is_better",
    "metric_type": "flow",
    "deadline": "2013-12-31",
    "quote": "福州市660亿元",
    "source": "plan of 27 January 2013",
    "confidence": "S",
}


class SetTarget(TargetDefinition):
    """Set a target that the plan doesn't have yet (目标下达)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_TARGET_EXAMPLE,
                    "plan": "fujian-2013",
                    "target": "TR-6j",
                    "name": "Technology renovation investment, Pingtan (平潭技改投资)",
                    "region": "PT",
                    "level": "zone",
                    "value": "10",
                    "quote": "",
                    "source": "decision of the province",
                    "confidence": "decided",
                }
            ]
        }
    )
    plan: PlanId


class ProgrammeDefinition(Request):
    """One of the plan's programmes (专项行动)."""

    code: ProgrammeCode
    name: Words


class RegionRelation(Request):
    """A dated relation beside the tree (X-19)."""

    kind: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", description="part_of (statistics), reports_to, …")]
    to: RegionCode
    valid_from: date | None = None
    valid_to: date | None = None


class RegionDefinition(Request):
    """A region (行政区划) with its dates; a code that was replaced stays, with its last day (X-19)."""

    code: RegionCode
    name: Words
    level: Level
    parent: RegionCode | None = None
    administered: Annotated[bool, Field(description="False: not administered by the province (金门县).")] = (
        True
    )
    valid_from: date | None = None
    valid_to: Annotated[date | None, Field(description="The last day; null: it lasts.")] = None
    relations: Annotated[list[RegionRelation], Field(max_length=20)] = []  # noqa: RUF012


class AppraisalItem(Request):
    """A measure that cities are appraised by, and the points that it brings at most."""

    item: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$", examples=["reporting"])]
    name: Words
    row: Words
    points: Amount


class SummonsRule(Request):
    """Who is summoned (约谈) after the ranking, and by when the report on the improvement is due."""

    below: Annotated[Amount, Field(description="a city with fewer points", examples=["60"])]
    report_within_days: Annotated[int, Field(ge=1, le=365, description="after it was held", examples=[30])]


class AppraisalScheme(Request):
    """How cities are appraised (绩效考核办法) for the years that end between two days, both included."""

    scheme: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$", examples=["technology_renovation"])]
    name: Words
    row: Words
    measure: Measure
    completion_points: Annotated[Amount, Field(description="for a target completed in full")]
    items: Annotated[list[AppraisalItem], Field(min_length=1, max_length=30)]
    tie_break: Annotated[
        list[Literal["completion"]],
        Field(max_length=5, description="what decides between equal totals; after that places are shared"),
    ]
    awards: Annotated[list[Amount], Field(max_length=20, description="CNY of the first, second, … place")]
    due_years_after: Annotated[int, Field(ge=0, le=5, description="year of the due days less the assessed")]
    self_due: Annotated[
        tuple[int, int], Field(description="self-assessment: [month, day]", examples=[[1, 31]])
    ]
    verify_due: Annotated[
        tuple[int, int], Field(description="verification: [month, day]", examples=[[2, 28]])
    ]
    summons: Annotated[SummonsRule | None, Field(description="null: nobody is summoned, but by decision")] = (
        None
    )
    valid_from: date
    valid_to: date | None = None
    source: Words
    confidence: Words
    note: LongText = ""


class LoadPlan(Request):
    """Publish a plan as a whole; the same again changes nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "plan": "fujian-2013",
                    "title": "2013年全省工业转型升级专项行动计划",
                    "issuer": "福建省人民政府办公厅",
                    "issued_on": "2013-01-27",
                    "year": 2013,
                    "source": "GE-1 to GE-4",
                    "programmes": [{"code": "TR", "name": "Technology renovation (企业技术改造)"}],
                    "regions": [
                        {"code": "350000", "name": "福建省", "level": "province"},
                        {"code": "350100", "name": "福州市", "level": "prefecture", "parent": "350000"},
                    ],
                    "targets": [_TARGET_EXAMPLE],
                }
            ]
        }
    )
    plan: PlanId
    title: Words
    issuer: Words
    issued_on: date
    year: Annotated[int, Field(ge=1949, le=2199)]
    source: Words
    programmes: Annotated[list[ProgrammeDefinition], Field(min_length=1, max_length=50)]
    regions: Annotated[list[RegionDefinition], Field(min_length=1, max_length=2000)]
    targets: Annotated[list[TargetDefinition], Field(max_length=1000)]
    appraisal_schemes: Annotated[
        list[AppraisalScheme] | None,
        Field(max_length=20, description="how cities are appraised; absent: as before"),
    ] = None
    reason: Annotated[
        Words | None, Field(description="Why; needed where something that was published changes.")
    ] = None
    replace: Annotated[bool, Field(description="true: regions that aren't named any more are dropped")] = (
        False
    )
    over: Annotated[
        list[PlanId], Field(max_length=20, description="other plans that may lose regions by it")
    ] = []  # noqa: RUF012


class ReviseTarget(Request):
    """Change a target's value or base (目标调整); what is absent stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "plan": "fujian-2013",
                    "target": "TR-6i",
                    "value": "75",
                    "reason": "two projects moved to Ningde by decision of 2013-06-20",
                }
            ]
        }
    )
    plan: PlanId
    target: TargetId
    value: Annotated[Value | None, Field(description="The new value, in the target's unit.")] = None
    base: Base | None = None
    reason: Reason


class Share(Request):
    """What one county is to carry, in the unit of the city's target."""

    region: RegionCode
    value: Amount


class DecomposeTarget(Request):
    """Break a city's target down to its counties (分解落实, TR-7)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "plan": "fujian-2013",
                    "target": "TR-6a",
                    "parts": [{"region": "350102", "value": "60"}, {"region": "350181", "value": "150"}],
                }
            ]
        }
    )
    plan: PlanId
    target: NewTargetId
    parts: Annotated[list[Share], Field(min_length=1, max_length=100)]
    reason: Annotated[Words | None, Field(description="Why; needed where a breakdown is there already.")] = (
        None
    )


class ListPlans(Request):
    """All plans."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class GetPlan(Request):
    """One plan."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "fujian-2013"}]})
    plan: PlanId


class ListTargets(Request):
    """Targets in the plan's own order; every filter is optional."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"plan": "fujian-2013", "row": "TR-6", "limit": 20}]}
    )
    plan: PlanId | None = None
    programme: ProgrammeCode | None = None
    region: RegionCode | None = None
    row: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Z]{2}-[0-9A-Za-z]{1,20}$",
            description="TR-6 takes TR-6a to TR-6i.",
            examples=["TR-6"],
        ),
    ] = None
    measure: Annotated[Measure | None, Field(description="`none`: targets that nothing measures yet.")] = None
    part_of: Annotated[TargetId | None, Field(description="Parts of this decomposed target.")] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=200, description="Targets per page.")] = 100


class GetTarget(Request):
    """One target with its parts and its history."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "fujian-2013", "target": "TR-6a"}]})
    plan: PlanId
    target: TargetId
