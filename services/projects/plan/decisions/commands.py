"""The request that brings a plan's parts to this service: regions, programmes, registers, duties, rules, tags."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from services.projects.common.duty import Consequence, DueRule, Duty, FollowUp, Instance
from services.projects.common.rules import Rule
from services.projects.common.tags import Tag
from services.projects.common.values import ShortText
from services.projects.plan.facts import Programme, Region, RegionRelation, Register
from shared.command import command
from shared.values import Json, Many, Number, Says, Text

F = TypeVar("F")
PERIOD = r"^(19|20)\d{2}(-((0[1-9]|1[0-2])|Q[1-4]))?$"
"""A year, a month or a quarter."""
_RECURRING = r"^(19|20)\d{2}-((0[1-9]|1[0-2])|Q[1-4])$"
_YEARS_AT_MOST = 10
ProgrammeCode = Annotated[str, Text(pattern=r"^[A-Z]{2}$")]
TagId = Annotated[str, Text(pattern=r"^[a-z0-9_]{1,40}$")]
Recurring = Annotated[str, Text(pattern=_RECURRING)]
Source = Annotated[str, Text(max_length=500)]
Confidence = Annotated[str, Text(max_length=10)]
Remark = Annotated[str, Text(max_length=2000)]


@command()
class RelationPart:
    """A dated relation beside the tree parent (X-19)."""

    kind: ShortText
    to: ShortText
    valid_from: date | None = None
    valid_to: date | None = None


@command()
class RegionPart:
    """A region between two days, both included."""

    code: Annotated[str, Text(pattern=r"^[A-Za-z0-9]{1,12}$")]
    name: ShortText
    level: Literal["province", "prefecture", "county", "zone"]
    parent: Annotated[str, Text(max_length=12)] | None = None
    administered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    relations: Annotated[tuple[RelationPart, ...], Many(max_length=20)] = ()


@command()
class ProgrammePart:
    """One of the plan's programmes (专项行动)."""

    code: ProgrammeCode
    name: ShortText


@command()
class RegisterPart:
    """A register of projects (X-22)."""

    register: Annotated[str, Text(pattern=r"^[a-z0-9_]{1,40}$")]
    name: ShortText
    term: ShortText
    level: Literal["nation", "province", "prefecture", "county"]


@command()
class InstancePart:
    """One occasion of a duty."""

    period: Annotated[str, Text(pattern=PERIOD)]
    due_on: date
    scored: bool = True
    note: Annotated[str, Text(max_length=1000)] = ""


@command(called={"on": "date", "start": "from", "end": "to"})
class DuePart:
    """When a duty is due; which further fields are there depends on the rule."""

    rule: Literal["day_of_next_month", "end_of_period", "on", "within", "on_each", "configuration"]
    day: Annotated[int, Number(ge=1, le=28)] | None = None
    on: date | None = None
    start: date | None = None
    end: date | None = None
    instances: Annotated[tuple[InstancePart, ...], Many(max_length=100)] = ()


@command()
class FollowUpPart:
    """Reminders before the due day, and what so many periods missing in a row lead to."""

    remind_days: Annotated[
        tuple[Annotated[int, Number(ge=0, le=60)], ...],
        Many(min_length=1, max_length=10, description="so many days before it is due", example=[5, 1]),
    ]
    missing_in_a_row: Annotated[
        Annotated[int, Number(ge=2, le=12)] | None, Says(description="then the consequence is due")
    ] = None
    consequence: Consequence | None = None
    source: Source = ""


@command()
class DutyPart:
    """A duty of the plan's calendar."""

    duty: Annotated[str, Text(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    rows: Annotated[tuple[ShortText, ...], Many(min_length=1, max_length=20)]
    name: ShortText
    term: ShortText
    kind: ShortText
    who: ShortText
    to: ShortText | None = None
    regions: Annotated[
        tuple[ShortText, ...], Many(min_length=1, max_length=10, description="levels that owe it")
    ]
    recurrence: ShortText
    first_period: Recurring | None = None
    last_period: Recurring | None = None
    due: DuePart
    dated: Literal["printed", "read", "default"] = "printed"
    roll: Annotated[Literal["none"], Says(description="no due day rolls (X-23)")] = "none"
    skips: Annotated[
        tuple[Annotated[str, Text(pattern=PERIOD)], ...],
        Many(max_length=100, description="periods for which nothing is owed (X-17)"),
    ] = ()
    carried_by: Annotated[
        Literal[
            "monthly_report",
            "monthly_bulletin",
            "quarterly_dispatch",
            "reserve_update",
            "self_assessment",
            "verification",
        ]
        | None,
        Says(description="the act that carries it out; without it, it is handed in by reference"),
    ] = None
    follow_up: Annotated[FollowUpPart | None, Says(description="without it nobody is reminded")] = None
    source: Source
    confidence: Confidence
    note: Remark = ""

    def __post_init__(self) -> None:
        first, last = self.first_period, self.last_period
        if first and last and int(last[:4]) - int(first[:4]) >= _YEARS_AT_MOST:
            raise ValueError(f"a duty runs for less than {_YEARS_AT_MOST} years")


@command()
class RulePart:
    """A dated rule for projects: factors, limits, thresholds, spans of days, with their source."""

    rule: Annotated[str, Text(pattern=r"^[a-z0-9_]{1,60}$")]
    row: ShortText
    valid_from: date
    valid_to: date | None = None
    parameters: Annotated[
        dict[str, Annotated[Any, Json()]],
        Many(max_length=50, description="up to who goes by the rule"),
    ]
    source: Source
    confidence: Confidence
    note: Remark = ""


@command()
class TagPart:
    """A programme tag that projects carry (X-9); with a parent, a technology of that field."""

    tag: TagId
    programme: ProgrammeCode
    parent: Annotated[TagId | None, Says(description="the field that a technology is of")] = None
    name: ShortText
    term: ShortText
    rows: Annotated[tuple[ShortText, ...], Many(max_length=20)] = ()


@command(
    example={
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
)
class LoadPlan:
    """A plan's parts for this service. A part left out stays as it is; to one given rows are added."""

    plan: Annotated[str, Text(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="the plan's id")]
    regions: Annotated[tuple[RegionPart, ...], Many(max_length=5000)] = ()
    programmes: Annotated[tuple[ProgrammePart, ...], Many(max_length=100)] = ()
    registers: Annotated[tuple[RegisterPart, ...], Many(max_length=100)] = ()
    duties: Annotated[tuple[DutyPart, ...], Many(max_length=1000)] = ()
    rules: Annotated[tuple[RulePart, ...], Many(max_length=500)] = ()
    tags: Annotated[tuple[TagPart, ...], Many(max_length=500)] = ()
    replace: Annotated[
        bool,
        Says(
            description="true: each part given is all of it, and what it doesn't name is dropped; "
            "false: only add"
        ),
    ] = False
    over: Annotated[
        tuple[Annotated[str, Text(max_length=63)], ...],
        Many(max_length=20, description="other plans that may lose regions, registers, rules or tags by it"),
    ] = ()


def parts(command: LoadPlan) -> Mapping[str, tuple[Any, ...]]:
    """The rows that are to be loaded, as events hold them, by part."""
    return {
        "regions": tuple(_region(each) for each in command.regions),
        "programmes": _same(Programme, command.programmes),
        "registers": _same(Register, command.registers),
        "duties": tuple(_duty(command.plan, each) for each in command.duties),
        "rules": _same(Rule, command.rules),
        "tags": _same(Tag, command.tags),
    }


def _same(kind: type[F], parts: Sequence[Any]) -> tuple[F, ...]:
    """Parts whose fields are those of the fact."""
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]
    return tuple(kind(**{name: getattr(part, name) for name in names}) for part in parts)


def _region(part: RegionPart) -> Region:
    return Region(
        part.code,
        part.name,
        part.level,
        part.parent,
        part.administered,
        part.valid_from,
        part.valid_to,
        _same(RegionRelation, part.relations),
    )


def _duty(plan: str, part: DutyPart) -> Duty:
    due = part.due
    return Duty(
        plan=plan,
        duty=part.duty,
        rows=part.rows,
        name=part.name,
        term=part.term,
        kind=part.kind,
        who=part.who,
        levels=part.regions,
        recurrence=part.recurrence,
        due=DueRule(due.rule, due.day, due.on, due.start, due.end, _same(Instance, due.instances)),
        source=part.source,
        confidence=part.confidence,
        to=part.to,
        first_period=part.first_period,
        last_period=part.last_period,
        note=part.note,
        skips=part.skips,
        carried_by=part.carried_by,
        follow_up=None if part.follow_up is None else _same(FollowUp, [part.follow_up])[0],
    )
