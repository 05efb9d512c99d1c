"""The plan as validated, frozen rows. Every row says where it comes from (`source`) and how sure that is.

Numbers stay as printed, in the printed unit; unit codes are rows of units.csv. A value that the plan does not
print is None, never zero.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from plans.periods import PERIOD, SPAN, first_day, last_day

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Period = Annotated[str, StringConstraints(pattern=PERIOD)]
Span = Annotated[str, StringConstraints(pattern=SPAN)]
Confidence = Literal["S", "V", "M-high", "M-med", "M-low", "C", "I"]
Comparator = Literal["at_least", "at_most", "exactly", "decline_at_least"]
MetricType = Literal["flow", "stock", "ratio", "rate", "level"]
MeasureName = Literal[
    "tech_renovation_investment",
    "tech_renovation_investment_growth",
    "energy_intensity",
    "online_monitoring_coverage",
    "tally",
]
Level = Literal["province", "prefecture", "county", "zone"]

BETTER: dict[Comparator, str] = {
    "at_least": "higher_is_better",
    "at_most": "lower_is_better",
    "exactly": "none",
    "decline_at_least": "lower_is_better",
}


class Strict(BaseModel):
    """Frozen; a key that is not known is refused, so that a misspelt one cannot pass in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Strict):
    """A row that says where its content comes from and how sure that is (S stated … I inferred)."""

    source: Text
    confidence: Confidence
    note: str = ""


class Programme(Sourced):
    """One of the plan's six programmes (专项行动, GE-4)."""

    code: Text
    name: Text
    term: Text


class PlanActor(Sourced):
    """An office, body or group that the plan names (§ actors)."""

    actor: Text
    term: Text
    role: Literal[
        "lead",
        "government",
        "department",
        "body",
        "finance",
        "enterprise",
        "research",
        "association",
        "addressee",
        "implied",
    ]


class PlanSum(Sourced):
    """Targets whose values must add up to another's (TR-6a..i to TR-1)."""

    whole: Text
    unit: Text
    parts: tuple[Text, ...]


class Envelope(Sourced):
    """The plan itself: title, issuer, date, addressees (GE-1 to GE-3)."""

    plan: Text
    title: Text
    title_en: Text
    issuer: Text
    drafter: Text
    issued_on: date
    year: int
    province: Text
    time_zone: Literal["Asia/Shanghai"]
    addressees: tuple[Text, ...]


class Unit(Sourced):
    """A unit code: what is printed, and factor × base unit."""

    unit: Text
    printed: Text
    meaning: Text
    kind: Text
    base_unit: Text
    factor: Annotated[Decimal, Field(gt=0)]


class Region(Sourced):
    """A region (province, 设区市, county-level unit, zone), valid between two days, both included.

    `valid_from` 2010-01-01 stands for "before anything the plan needs". `replaces` names the code before it.
    """

    code: Text
    name: Text
    level: Level
    kind: Literal["province", "prefecture", "district", "county", "county_city", "zone"]
    parent: Text | None = None
    administered: bool
    valid_from: date
    valid_to: date | None = None
    replaces: Text | None = None

    @model_validator(mode="after")
    def _dates(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        if (self.parent is None) != (self.level == "province"):
            raise ValueError("every region but the province has a parent, and the province has none")
        return self


class RegionRelation(Sourced):
    """A dated relation beside the tree parent: 平潭 is part_of 福州 (statistics), reports_to the province (X-19)."""

    region: Text
    kind: Literal["part_of", "reports_to"]
    to: Text
    valid_from: date
    valid_to: date | None = None


class Target(Sourced):
    """A target row of the plan (kinds T and TC).

    `value` in `unit`, None where the plan prints none; `value_high` for a printed range. `comparator_printed` is
    the plan's word, `comparator` the reading of it (X-7). `measure` None: nothing measures it yet.
    """

    target: Text
    programme: Text
    name: Text
    term: Text
    quote: Text
    value: Decimal | None = None
    value_high: Decimal | None = None
    unit: Text
    unit_printed: Text | None = None
    comparator: Comparator
    comparator_printed: Text | None = None
    direction: Literal["higher_is_better", "lower_is_better", "none"]
    metric_type: MetricType
    period: Period
    deadline: date
    region: Text
    level: Literal["province", "prefecture", "county"]
    subject: Text | None = None
    parent: Text | None = None
    measure: MeasureName | None = None
    price_base: Text | None = None
    energy_basis: Literal["equal", "equivalent", "as_designated", "not_printed"] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.target.startswith(f"{self.programme}-"):
            raise ValueError(f"target {self.target} does not belong to programme {self.programme}")
        if self.direction != BETTER[self.comparator]:
            raise ValueError(f"direction {self.direction} does not fit comparator {self.comparator}")
        if self.value is None and self.measure is not None:
            raise ValueError("a target that is measured needs a value")
        if self.value_high is not None and (self.value is None or self.value_high <= self.value):
            raise ValueError("value_high must be above value")
        if not first_day(self.period) <= self.deadline <= last_day(self.period):
            raise ValueError(f"deadline {self.deadline} is outside period {self.period}")
        return self


class TargetBase(Sourced):
    """What a growth or decline target is measured against, with the vintage of that figure (X-24)."""

    target: Text
    kind: Literal["previous_year", "five_year_task"]
    value: Decimal
    unit: Text
    period: Span
    vintage: Text


class Register(Sourced):
    """A register of tech-renovation projects; a project may stand in several at once (X-22)."""

    register_: Annotated[Text, Field(alias="register")]
    name: Text
    term: Text
    level: Literal["nation", "province", "prefecture", "county"]


class ProjectRule(Sourced):
    """A dated rule that the projects service goes by; who goes by it knows its parameters."""

    rule: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
    row: Text
    valid_from: date
    valid_to: date | None = None
    parameters: dict[str, JsonValue]


class ProjectTag(Sourced):
    """A tag of a programme that projects carry, counted once per tag (X-9). `rows`: separated by spaces.

    With a `parent` it is a technology (技术) of that field: who carries it carries the field too.
    """

    tag: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    programme: Text
    parent: str | None = None
    term: Text
    name: Text
    rows: Text


class FundTerms(Strict):
    """What a fund pays for between two days; without a rate the amount is decided case by case."""

    valid_from: date
    valid_to: date | None = None
    aids: Annotated[list[Text], Field(min_length=1)]
    bases: list[Text] = []
    rate: Decimal | None = None
    cap: Decimal | None = None
    stages: list[Text] = []
    programmes: list[Text] = []
    base_from: Decimal | None = None
    base_below: Decimal | None = None
    criteria: list[Text] = []
    source: Text


class Fund(Sourced):
    """A special fund (专项资金) with its terms; `amount` in yuan."""

    fund: Text
    name: Text
    region: Text
    purpose: Text
    amount: Annotated[Decimal, Field(gt=0)]
    valid_from: date
    valid_to: date
    terms: Annotated[list[FundTerms], Field(min_length=1)]


class MeasureItem(Strict):
    """A named part of a promise (分项); `industries` are GB/T 4754 prefixes of the projects that it reaches."""

    item: Text
    name: Text
    industries: list[Text] = []


class Measure(Sourced):
    """A promise without a figure (措施), with its day; `tag` names the projects that it reaches."""

    measure: Text
    kind: Text
    name: Text
    region: Text
    rows: Annotated[list[Text], Field(min_length=1)]
    owner: Text
    due_on: date
    tag: Text | None = None
    industries: list[Text] = []
    items: list[MeasureItem] = []


class AppraisalItem(Strict):
    """A measure that cities are appraised by, and the points that it brings at most."""

    item: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    name: Text
    row: Text
    points: Annotated[Decimal, Field(gt=0)]


class SummonsRule(Strict):
    """Who is summoned (约谈): a city with fewer points than `below`; its report is due within so many days."""

    below: Annotated[Decimal, Field(gt=0)]
    report_within_days: Annotated[int, Field(ge=1, le=365)]


class AppraisalScheme(Sourced):
    """How cities are appraised between two days (绩效考核): points of both parts, days, places.

    `awards` in yuan, first place first; `self_due` and `verify_due` as [month, day] in the year `due_years_after` the
    assessed one (X-13).
    """

    scheme: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
    name: Text
    row: Text
    measure: MeasureName
    completion_points: Annotated[Decimal, Field(ge=0)]
    items: Annotated[list[AppraisalItem], Field(min_length=1)]
    tie_break: list[Literal["completion"]] = []
    awards: Annotated[list[Annotated[Decimal, Field(gt=0)]], Field(min_length=1)]
    due_years_after: Annotated[int, Field(ge=0, le=5)]
    self_due: tuple[int, int]
    verify_due: tuple[int, int]
    summons: SummonsRule | None = None
    valid_from: date
    valid_to: date | None = None


class Sector(Sourced):
    """A sector named by the plan as a set of GB/T 4754-2011 code prefixes of any length (X-21)."""

    sector: Text
    term: Text
    row: Text
    include: Text
    exclude: str = ""


class Coefficient(Sourced):
    """kgce per unit of a carrier by an edition of GB/T 2589, valid between two days, both included.

    The printed kgce counts and is never recomputed from kJ. A range (`kgce_low`, `kgce_high`), or no number at
    all, means that the standard gives no single number: the enterprise's own value is stored with the reading.
    `basis`: both (当量 = 等价), equal (当量), equivalent (等价). `kj` is per unit.
    """

    edition: Text
    carrier: Text
    term: Text
    group: Literal["fuel", "heat", "electricity", "working_medium"]
    basis: Literal["both", "equal", "equivalent"]
    unit: Text
    kgce: Annotated[Decimal, Field(gt=0)] | None = None
    kgce_low: Annotated[Decimal, Field(gt=0)] | None = None
    kgce_high: Annotated[Decimal, Field(gt=0)] | None = None
    kj: Annotated[Decimal, Field(gt=0)] | None = None
    kj_low: Annotated[Decimal, Field(gt=0)] | None = None
    kj_high: Annotated[Decimal, Field(gt=0)] | None = None
    valid_from: date
    valid_to: date | None = None
    provisional: bool
    nbs_code: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        if (self.kgce_low is None) != (self.kgce_high is None):
            raise ValueError("a range needs both kgce_low and kgce_high")
        if self.kgce_low is not None and self.kgce_high is not None:
            if self.kgce is not None:
                raise ValueError("a row has either one number or a range")
            if self.kgce_low >= self.kgce_high:
                raise ValueError("kgce_low must be below kgce_high")
        if self.kgce is None and not self.note:
            raise ValueError("a row without a single number says why in its note")
        return self


class StatisticalCoefficient(Sourced):
    """A reference coefficient of the 205-1 form: tce per unit of the form (10⁴ m³, 10⁴ kWh, GJ, t)."""

    nbs_code: Text | None = None
    carrier: Text
    term: Text
    unit: Text
    tce: Annotated[Decimal, Field(gt=0)]


class NbsCode(Sourced):
    """An energy type of the statistics bureau's list."""

    code: Text
    term: Text


class KeyUserRule(Sourced):
    """The lines of key energy users (重点用能单位), tce a year, both inclusive: by law, and if designated."""

    threshold_tce: Annotated[Decimal, Field(gt=0)]
    designated_from_tce: Annotated[Decimal, Field(gt=0)]
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.designated_from_tce > self.threshold_tce:
            raise ValueError("designated_from_tce must not be above threshold_tce")
        return self


class MonitoringRule(Sourced):
    """After how many hours without a reading a feed counts as silent."""

    silent_after_hours: Annotated[Decimal, Field(gt=0, le=744)]
    valid_from: date
    valid_to: date | None = None
