"""The dated rules that the projects service goes by, and what the parameters of each may be.

Rules whose name begins with a family's (`screening_`) share its parameters. A rule that nothing goes by is refused: it
would stand in the plan as if it held.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value} stands twice")
    return values


Word = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
Words = Annotated[tuple[Word, ...], Field(min_length=1), AfterValidator(_each_once)]
Days = Annotated[int, Field(ge=1, le=3660)]
Share = Annotated[Decimal, Field(ge=0, le=1)]
Money = Annotated[Decimal, Field(ge=0)]
Step = Literal["request", "assess", "reserve", "commit", "pay"]
Kind = Literal[
    "land",
    "environment",
    "funds",
    "permits",
    "power",
    "water",
    "labour",
    "transport",
    "technology",
    "market",
    "other",
]


class Parameters(BaseModel):
    """What a rule holds; a parameter that nothing reads is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PreReview(Parameters):
    """预审: departments by their actor ids, the lead among them; days to answer in."""

    lead: Word
    departments: Words
    opinion_days: Days

    @model_validator(mode="after")
    def _lead_among_them(self) -> Self:
        if self.lead not in self.departments:
            raise ValueError(f"the lead {self.lead} is none of the departments")
        return self


class Acceptance(Parameters):
    """验收: whose projects, days from production, days between reminders."""

    registers: Words
    due_days: Days
    remind_every_days: Days


class EasternProvinces(Parameters):
    """东部11省市, by GB/T 2260."""

    provinces: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{6}$")], ...], Field(min_length=1), AfterValidator(_each_once)
    ]


class InvestorDepartments(Parameters):
    """Whose a matched project is, by who invests (三维)."""

    departments: Annotated[dict[Literal["central_soe", "private", "foreign"], Word], Field(min_length=1)]


class LevelDays(Parameters):
    """How long one level has for an answer, and how long over before the level above takes it."""

    answer_days: Days
    escalate_after_days: Annotated[int, Field(ge=0, le=3660)]


class Levels(Parameters):
    """Every level has its days."""

    county: LevelDays
    city: LevelDays
    province: LevelDays


class Problems(Parameters):
    """困难和问题."""

    levels: Levels
    starts_meeting_kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]


class Matching(Parameters):
    """对接: the weight of each criterion, which add up to 1; the share of what isn't said."""

    words: Share
    industry: Share
    region: Share
    amount: Share
    timing: Share
    unknown: Share
    half_words: Annotated[Decimal, Field(gt=0)]

    @model_validator(mode="after")
    def _all_of_it(self) -> Self:
        total = self.words + self.industry + self.region + self.amount + self.timing
        if total != 1:
            raise ValueError(f"the weights add up to {total}, not to 1")
        return self


class ReserveLibrary(Parameters):
    """储备库: its registers from the lowest tier up; amounts in yuan."""

    registers: Words
    minimum_investment: Money
    per_county: Annotated[int, Field(ge=0, le=1000)]
    total_investment: Money


class ReserveSilence(Parameters):
    """移出储备库: whole quarters without a look."""

    quarters_in_a_row: Annotated[int, Field(ge=1, le=40)]


class Screening(Parameters):
    """筛选: of which registers, by which criteria."""

    registers: Words
    criteria: Words


class ReportingMonths(Parameters):
    """关账: days after a month's reports are due."""

    open_days_after_due: Annotated[int, Field(ge=0, le=3660)]


class ReportPlausibility(Parameters):
    """核实: when a city's amount of a month is asked back; `smallest` in yuan."""

    far_factor: Annotated[Decimal, Field(gt=1)]
    neighbour_months: Annotated[int, Field(ge=1, le=12)]
    smallest: Money


class AmountPlausibility(Parameters):
    """核实: when an amount of a project, contract, need, offer or subsidy is asked back; amounts in yuan."""

    far_factor: Annotated[Decimal, Field(gt=1)]
    smallest: Money
    smallest_project: Money
    largest: Money


class SeparationOfDuties(Parameters):
    """不相容职务相互分离: pairs (earlier, later) of steps that one person doesn't take both."""

    subsidy: tuple[tuple[Step, Step], ...]
    award: tuple[tuple[Step, Step], ...]
    assessed_before_commitment: bool


KNOWN: dict[str, type[Parameters]] = {
    "pre_review": PreReview,
    "acceptance": Acceptance,
    "eastern_provinces": EasternProvinces,
    "investor_departments": InvestorDepartments,
    "problems": Problems,
    "matching_investment": Matching,
    "matching_technology": Matching,
    "matching_finance": Matching,
    "matching_integration": Matching,
    "reserve_library": ReserveLibrary,
    "reserve_silence": ReserveSilence,
    "reporting_months": ReportingMonths,
    "report_plausibility": ReportPlausibility,
    "amount_plausibility": AmountPlausibility,
    "separation_of_duties": SeparationOfDuties,
}
FAMILIES: dict[str, type[Parameters]] = {"screening_": Screening}


def shape_of(rule: str) -> type[Parameters] | None:
    """What the rule of that name holds; None for a name that nothing goes by."""
    family = next(
        (shape for begin, shape in FAMILIES.items() if rule.startswith(begin) and rule != begin), None
    )
    return KNOWN.get(rule, family)


def faults(rule: str, parameters: object) -> list[tuple[str, str]]:
    """(parameter, what is wrong) for each fault in a rule's parameters; ("", …) for a rule that is unknown."""
    shape = shape_of(rule)
    if shape is None:
        return [
            (
                "",
                f"nothing goes by a rule {rule!r}; known: {', '.join([*KNOWN, *(f'{f}…' for f in FAMILIES)])}",
            )
        ]
    try:
        shape.model_validate(parameters)
    except ValidationError as error:
        return [
            (".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, "))
            for one in error.errors()
        ]
    return []
