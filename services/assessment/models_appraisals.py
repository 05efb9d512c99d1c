"""Requests and answers about the performance appraisal of cities (技改绩效考核), TR-24 to TR-26."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.assessment.domain.appraisal import Receipt
from services.assessment.domain.summons import Standing
from services.assessment.models import Cursor, NextCursor, PlanId, Reason, RegionCode, Request, Words
from shared.numerals import plain_text

Evidence = Annotated[
    Words,
    Field(
        description="the document: its number or reference, not its content", examples=["榕经技〔2014〕8号"]
    ),
]
_OF: dict[str, Any] = {"plan": "fujian-2013", "year": 2013}
_ITEMS: Any = [
    {"item": "decomposition", "points": "10", "evidence": "榕政综〔2013〕40号"},
    {"item": "reporting", "points": "9.5", "evidence": "月报12期"},
    {"item": "starts", "points": "10", "evidence": "榕经技〔2013〕21号"},
    {"item": "reserve", "points": "8", "evidence": "储备库清单"},
    {"item": "city_fund", "points": "10", "evidence": "榕财企〔2013〕15号"},
]


class OfAppraisal(Request):
    """Which appraisal."""

    plan: PlanId
    year: Annotated[int, Field(ge=1949, le=2199, description="the assessed year (X-13)", examples=[2013])]


class OpenAppraisal(OfAppraisal):
    """Open the appraisal of a year."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OF]})


class ItemPoints(Request):
    """Points for one measure (措施), and what shows that it was carried out."""

    item: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$", examples=["reporting"])]
    points: Annotated[
        Decimal,
        Field(ge=0, le=1000, max_digits=6, decimal_places=2, examples=["9.5"]),
        BeforeValidator(plain_text),
    ]
    evidence: Evidence


Items = Annotated[
    list[ItemPoints], Field(min_length=1, max_length=30, description="each measure of the scheme once")
]


class AssessOwn(OfAppraisal):
    """A city's self-assessment (自评). How much of its target is completed isn't sent: it is known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_OF, "region": "350100", "items": _ITEMS, "evidence": "榕经技〔2014〕8号"}]
        }
    )
    region: RegionCode
    items: Items
    evidence: Evidence


class VerifyScore(OfAppraisal):
    """The province's verification (核查) of a city, or the correction of one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_OF, "region": "350100", "items": _ITEMS, "evidence": "闽经贸投资〔2014〕66号"}]
        }
    )
    region: RegionCode
    items: Items
    evidence: Evidence
    missing_accepted: Annotated[
        Words | None, Field(description="why the figure counts although reports are missing")
    ] = None
    reason: Annotated[Reason | None, Field(description="why a verified score is corrected")] = None


class PublishRanking(OfAppraisal):
    """Publish the ranking (通报)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "evidence": "闽经贸投资〔2014〕90号"}]})
    evidence: Evidence
    reason: Annotated[Reason | None, Field(description="why another edition goes out")] = None


class GrantAwards(OfAppraisal):
    """Award the first places (奖励)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "evidence": "闽财企〔2014〕31号"}]})
    evidence: Evidence


class GetAppraisal(OfAppraisal):
    """One appraisal."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OF]})


class ListAppraisals(Request):
    """All appraisals, by plan and year."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"limit": 20}]})
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=200, description="appraisals per page")] = 50


class ItemView(BaseModel):
    """A measure of the scheme."""

    item: str
    name: str
    row: str
    points: Annotated[Decimal, Field(description="that it brings at most")]


class SummonsRuleView(BaseModel):
    """Who is summoned after the ranking (约谈)."""

    below: Annotated[Decimal, Field(description="a city with fewer points")]
    report_within_days: int


class SchemeView(BaseModel):
    """How points and places are made; `confidence` I: read into the plan, which prints no weights."""

    scheme: str
    name: str
    completion_points: Decimal
    items: list[ItemView]
    full_marks: Decimal
    tie_break: list[str]
    awards: Annotated[list[Decimal], Field(description="CNY of the first, second, third place")]
    summons: SummonsRuleView | None
    source: str
    confidence: str
    note: str


class PositionView(BaseModel):
    """Up to where a service's log had been read."""

    source: str
    position: int


class CompletionView(BaseModel):
    """How much of the target was completed, frozen with the positions of the logs that say so."""

    target: str
    target_value: Decimal
    value: Annotated[Decimal | None, Field(description="null: nothing was known; missing is not zero")]
    unit: str
    expected: Annotated[int, Field(description="reports that were due")]
    missing: Annotated[list[str], Field(description="those that weren't there: the value is at least this")]
    positions: list[PositionView]


class ItemScoreView(BaseModel):
    """Points for one measure."""

    item: str
    points: Decimal
    evidence: str


class ScoreView(BaseModel):
    """A score: the city's own, or the verified one."""

    on: date
    items: list[ItemScoreView]
    completion: CompletionView | None
    completion_points: Decimal
    total: Decimal
    evidence: str
    late: Annotated[bool, Field(description="after the day on which the self-assessment was due")] = False
    missing_accepted: str | None = None
    previous_total: Annotated[Decimal | None, Field(description="of a corrected score: what it was")] = None
    reason: Annotated[str | None, Field(description="of a corrected score: why")] = None


class SummonsView(BaseModel):
    """A summons (约谈): called, held, reported on, or lifted."""

    standing: Annotated[
        Standing,
        Field(
            description="called; not_held: its day is past; held; report_missing: so is the report's; "
            "reported; lifted"
        ),
    ]
    by_rule: Annotated[bool, Field(description="the scheme asks for it; false: by decision, with its reason")]
    edition: int
    total: Annotated[Decimal, Field(description="points in that edition")]
    whom: str
    by: str
    hold_on: date
    on: Annotated[date, Field(description="when it was called")]
    evidence: str
    reason: str | None
    held_on: date | None = None
    agreed: str | None = None
    minutes: Annotated[str | None, Field(description="the document of what was agreed")] = None
    report_due_on: date | None = None
    reported_on: date | None = None
    report: Annotated[str | None, Field(description="the document")] = None
    report_late: bool | None = None
    lifted_on: date | None = None
    lifted_because: str | None = None


class CityView(BaseModel):
    """A city's two scores, side by side: they are separate facts (TR-25)."""

    region: str
    name: str
    target: Annotated[str | None, Field(description="null: the plan prints none of that year")]
    received_on: Annotated[
        date | None,
        Field(description="when its first self-assessment came in: that hands the duty in (TR-25a)"),
    ] = None
    receipt: Annotated[
        Receipt,
        Field(
            description="of the self-assessment, today: in time, late, missing, or not due yet. The plan takes no "
            "points for a late one"
        ),
    ]
    own: ScoreView | None
    verified: ScoreView | None
    award: Annotated[
        Decimal, Field(description="CNY, as it stands; how it is paid: GET /awards/{plan}.{year}.{region}")
    ]
    to_summon: Annotated[
        bool, Field(description="the scheme asks that it be summoned, and nobody has done it or lifted it")
    ]
    summons: SummonsView | None


class RankedView(BaseModel):
    """A line of the ranking."""

    region: str
    rank: int
    ties: Annotated[int, Field(description="how many share the place, itself included")]
    total: Decimal
    self_total: Decimal | None
    award: Annotated[Decimal, Field(description="CNY that the place brings")]


class DifferenceView(BaseModel):
    """What an edition says otherwise than the one before."""

    region: str
    rank_before: int
    rank: int
    total_before: Decimal
    total: Decimal
    award_before: Decimal
    award: Decimal


class EditionView(BaseModel):
    """A published ranking."""

    edition: int
    on: date
    evidence: str
    reason: str | None
    cities: list[RankedView]
    differences: list[DifferenceView]


AppraisalStanding = Literal["open", "verified", "published", "awarded"]


class OutdatedView(BaseModel):
    """A verified completion that is known otherwise by now: ranking and awards rest on it."""

    region: str
    target: str
    unit: str
    verified: Decimal | None = Field(description="as it was verified; null: nothing was known")
    now: Decimal | None = Field(description="as it is known now; null: nothing is")
    difference: Decimal | None = Field(description="now less verified; null: one of them isn't known")
    correct_with: str = Field(description="the requests that set it right")


class ListOutdatedScores(BaseModel):
    """Ask what is known otherwise by now, in all appraisals."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


class OutdatedScore(OutdatedView):
    """The same, with the appraisal that it is of."""

    plan: str
    year: int


class OutdatedScores(BaseModel):
    """What the rankings and awards of all appraisals rest on, and is known otherwise by now."""

    items: Annotated[
        list[OutdatedScore] | None,
        Field(description="of the cities that you may see; null: not looked at, progress is away"),
    ]


class AppraisalView(BaseModel):
    """An appraisal: the scheme, the scores that its reader may see, and what was published."""

    plan: str
    year: int
    standing: AppraisalStanding
    scheme: SchemeView
    scored: Annotated[bool, Field(description="false: no targets of that year, no verification (X-13)")]
    opened_on: date
    self_due_on: date
    verify_due_on: date
    cities: Annotated[list[CityView], Field(description="a city sees itself, the province all")]
    editions: Annotated[list[EditionView], Field(description="oldest first; the last one counts")]
    outdated: Annotated[
        list[OutdatedView] | None,
        Field(
            description="completions that were verified and are known otherwise by now, of the cities shown: ranking "
            "and awards rest on them. null: not looked at, as in the answer to a command or while progress is away"
        ),
    ] = None


class AppraisalSummary(BaseModel):
    """An appraisal in a list."""

    plan: str
    year: int
    opened_on: date
    self_due_on: date
    verify_due_on: date
    cities: int
    self_assessed: int
    verified: int
    edition: Annotated[int, Field(description="0: nothing is published")]


class AppraisalPage(BaseModel):
    """One page of appraisals."""

    items: list[AppraisalSummary]
    next_cursor: NextCursor
