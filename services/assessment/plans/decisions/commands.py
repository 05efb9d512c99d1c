"""The command that publishes a plan, and what it becomes as facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from services.assessment.common.records import members
from services.assessment.common.region import Region
from services.assessment.common.region import RegionRelation as Relation
from services.assessment.common.values import Amount, Level, LongText, PlanId, RegionCode, Words
from services.assessment.plans.facts.plan import PlanHeader, Programme
from services.assessment.plans.facts.scheme import Item, Scheme
from services.assessment.plans.facts.scheme import SummonsRule as Rule
from services.assessment.plans.targets.decisions import TARGET_EXAMPLE, TargetDefinition
from services.assessment.plans.values import Measure, ProgrammeCode
from shared.command import Given, command
from shared.values import Many, Number, Says, Text

MonthDay = tuple[int, int]


@command()
class ProgrammeDefinition:
    """One of the plan's programmes (专项行动)."""

    code: ProgrammeCode
    name: Words


@command()
class RegionRelation:
    """A dated relation beside the tree (X-19)."""

    kind: Annotated[str, Text(pattern=r"^[a-z_]{1,40}$", description="part_of (statistics), reports_to, …")]
    to: RegionCode
    valid_from: date | None = None
    valid_to: date | None = None


@command()
class RegionDefinition:
    """A region (行政区划) with its dates; a code that was replaced stays, with its last day (X-19)."""

    code: RegionCode
    name: Words
    level: Level
    parent: RegionCode | None = None
    administered: Annotated[bool, Says(description="False: not administered by the province (金门县).")] = (
        True
    )
    valid_from: date | None = None
    valid_to: Annotated[date | None, Says(description="The last day; null: it lasts.")] = None
    relations: Annotated[tuple[RegionRelation, ...], Many(max_length=20)] = ()


@command()
class AppraisalItem:
    """A measure that cities are appraised by, and the points that it brings at most."""

    item: Annotated[str, Text(pattern=r"^[a-z0-9_]{1,40}$", example="reporting")]
    name: Words
    row: Words
    points: Amount


@command()
class SummonsRule:
    """Who is summoned (约谈) after the ranking, and by when the report on the improvement is due."""

    below: Annotated[Amount, Says(description="a city with fewer points", example="60")]
    report_within_days: Annotated[int, Number(ge=1, le=365, description="after it was held", example=30)]


@command()
class AppraisalScheme:
    """How cities are appraised (绩效考核办法) for the years that end between two days, both included."""

    scheme: Annotated[str, Text(pattern=r"^[a-z0-9_]{1,60}$", example="technology_renovation")]
    name: Words
    row: Words
    measure: Measure
    completion_points: Annotated[Amount, Says(description="for a target completed in full")]
    items: Annotated[tuple[AppraisalItem, ...], Many(min_length=1, max_length=30)]
    tie_break: Annotated[
        tuple[Literal["completion"], ...],
        Many(max_length=5, description="what decides between equal totals; after that places are shared"),
    ]
    awards: Annotated[
        tuple[Amount, ...], Many(max_length=20, description="CNY of the first, second, … place")
    ]
    due_years_after: Annotated[int, Number(ge=0, le=5, description="year of the due days less the assessed")]
    self_due: Annotated[MonthDay, Says(description="self-assessment: [month, day]", example=[1, 31])]
    verify_due: Annotated[MonthDay, Says(description="verification: [month, day]", example=[2, 28])]
    summons: Annotated[SummonsRule | None, Says(description="null: nobody is summoned, but by decision")] = (
        None
    )
    valid_from: date
    valid_to: date | None = None
    source: Words
    confidence: Words
    note: LongText = ""


@command(
    example={
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
        "targets": [TARGET_EXAMPLE],
    }
)
class LoadPlan:
    """Publish a plan as a whole; the same again changes nothing."""

    plan: PlanId
    title: Words
    issuer: Words
    issued_on: date
    year: Annotated[int, Number(ge=1949, le=2199)]
    source: Words
    programmes: Annotated[tuple[ProgrammeDefinition, ...], Many(min_length=1, max_length=50)]
    regions: Annotated[tuple[RegionDefinition, ...], Many(min_length=1, max_length=2000)]
    targets: Annotated[tuple[TargetDefinition, ...], Many(max_length=1000)]
    appraisal_schemes: Annotated[
        Annotated[tuple[AppraisalScheme, ...], Many(max_length=20)] | None,
        Says(description="how cities are appraised; absent: as before"),
    ] = None
    reason: Annotated[
        Words | None, Says(description="Why; needed where something that was published changes.")
    ] = None
    replace: Annotated[bool, Says(description="true: regions that aren't named any more are dropped")] = False
    over: Annotated[
        tuple[PlanId, ...], Many(max_length=20, description="other plans that may lose regions by it")
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(Given):
    """What other plans define: all share one map of regions.

    `others`: by plan, the regions in force that it defines. `displaced`: some of this plan's own aren't in force.
    """

    others: Mapping[str, tuple[Region, ...]] = field(default_factory=dict)
    displaced: bool = False


def header(sent: LoadPlan) -> PlanHeader:
    """The plan's header as it is published."""
    programmes = tuple(Programme(each.code, each.name) for each in sent.programmes)
    return PlanHeader(**{**members(sent, PlanHeader), "programmes": programmes})


def region(sent: RegionDefinition) -> Region:
    """A region as it is published."""
    relations = tuple(Relation(**members(each)) for each in sent.relations)
    return Region(**{**members(sent), "relations": relations})


def scheme(sent: AppraisalScheme) -> Scheme:
    """A scheme of appraisal as it is published."""
    inner: dict[str, Any] = {
        "items": tuple(Item(**members(each)) for each in sent.items),
        "summons": None if sent.summons is None else Rule(**members(sent.summons)),
    }
    return Scheme(**{**members(sent), **inner})
