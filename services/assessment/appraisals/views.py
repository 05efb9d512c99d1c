"""Appraisals as answers: a city sees its own scores, the province all, and every government what is published."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, Field
from sqlalchemy import Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.assessment.appraisals.decisions.appraisal import AppraisalCommand
from services.assessment.appraisals.decisions.commands import Known
from services.assessment.appraisals.facts import Appraisal, AppraisalState, Receipt
from services.assessment.appraisals.outdated import OutdatedView
from services.assessment.appraisals.summonses import views as summonses
from services.assessment.appraisals.summonses.decisions import to_summon
from services.assessment.appraisals.summonses.views import SummonsView
from services.assessment.common.tables import metadata
from shared.feature import Done
from shared.kept import Kept, only
from shared.naming import Name


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
    region_name: Name = None
    rank: int
    ties: Annotated[int, Field(description="how many share the place, itself included")]
    total: Decimal
    self_total: Decimal | None
    award: Annotated[Decimal, Field(description="CNY that the place brings")]


class DifferenceView(BaseModel):
    """What an edition says otherwise than the one before."""

    region: str
    region_name: Name = None
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


TABLE = Table(
    "appraisal",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("measure", Text),
    Column("opened_on", Date),
    Column("self_due_on", Date),
    Column("verify_due_on", Date),
    Column("cities", Integer),
    Column("own", ARRAY(Text)),
    Column("verified", ARRAY(Text)),
    Column("edition", Integer),
)


def row(state: Appraisal) -> Mapping[str, Any]:
    """An appraisal as a row of its list."""
    opened = state.opened
    return {
        "plan": opened.plan,
        "year": opened.year,
        "measure": opened.scheme.measure,
        "opened_on": opened.opened_on,
        "self_due_on": opened.self_due_on,
        "verify_due_on": opened.verify_due_on,
        "cities": len(opened.cities),
        "own": list(state.own),
        "verified": list(state.verified),
        "edition": len(state.published),
    }


KEPT: Kept[AppraisalState, Appraisal] = Kept(TABLE, only(Appraisal), row)


def view(state: AppraisalState, sees: str | None, today: date) -> AppraisalView:
    """An appraisal as one may see it who `sees` this city; None: all. Raises TypeError for one that isn't open."""
    if not isinstance(state, Appraisal):
        raise TypeError("not an appraisal")
    opened, scheme = state.opened, state.opened.scheme
    return AppraisalView.model_validate(
        {
            "plan": opened.plan,
            "year": opened.year,
            "standing": _standing(state),
            "scheme": {**msgspec.to_builtins(scheme), "full_marks": scheme.full_marks},
            "scored": state.scored,
            "opened_on": opened.opened_on,
            "self_due_on": opened.self_due_on,
            "verify_due_on": opened.verify_due_on,
            "cities": [
                {
                    "region": city.region,
                    "name": city.name,
                    "target": city.target,
                    "received_on": state.received.get(city.region),
                    "receipt": state.receipt(city.region, today),
                    "own": msgspec.to_builtins(state.own.get(city.region)),
                    "verified": msgspec.to_builtins(state.verified.get(city.region)),
                    "award": state.awards.get(city.region, Decimal(0)),
                    "to_summon": to_summon(state, city.region),
                    "summons": summonses.view(state.summonses.get(city.region), today),
                }
                for city in opened.cities
                if sees in (None, city.region)
            ],
            "editions": [msgspec.to_builtins(each) for each in state.published],
        }
    )


def answer(done: Done[AppraisalState, AppraisalCommand]) -> AppraisalView:
    """The answer to every command: the appraisal as the caller may see it."""
    if not isinstance(done.given, Known):
        raise TypeError("an appraisal is answered to somebody who sees something of it")
    return view(done.state, done.given.sees, done.given.today)


def _standing(state: Appraisal) -> AppraisalStanding:
    if state.published:
        nothing = Decimal(0)
        given = all(
            state.awards.get(each.region, nothing) == each.award for each in state.published[-1].cities
        )
        return "awarded" if given else "published"
    return "verified" if len(state.verified) == len(state.opened.cities) else "open"
