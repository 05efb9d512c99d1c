"""Plans as answers, and as rows of their list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from pydantic import BaseModel
from sqlalchemy import JSON, Column, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.common.tables import metadata
from services.assessment.plans.decisions.commands import LoadPlan
from services.assessment.plans.facts.plan import (
    AppraisalSchemesDefined,
    PlanEvent,
    PlanPublished,
    PlanState,
    Published,
    RegionsDefined,
)
from services.assessment.plans.targets.facts import TargetRevised, TargetSet
from services.assessment.regions import views as regions
from shared.feature import Done
from shared.kept import Kept, Written, only


class Loaded(BaseModel):
    """What a publication changed."""

    plan: str
    title: str
    header: Literal["changed", "unchanged"]
    regions: Literal["changed", "unchanged"]
    appraisal_schemes: Literal["changed", "unchanged"]
    region_count: int
    targets_set: list[str]
    targets_revised: list[str]
    target_count: int
    targets_without_measure: int


class ProgrammeView(BaseModel):
    """A programme, how many targets it has, and how many of them are measured."""

    code: str
    name: str
    targets: int
    measured: int


class PlanView(BaseModel):
    """A plan."""

    plan: str
    title: str
    issuer: str
    issued_on: date
    year: int
    source: str
    programmes: list[ProgrammeView]


TABLE = Table("plan", metadata, Column("plan", Text, primary_key=True), Column("header", JSON))


def row(state: Published) -> Mapping[str, Any]:
    """A plan as a row of the list: as it was published last."""
    header = msgspec.json.decode(msgspec.json.encode(state.published))  # lists, as a JSON column has them
    return {"plan": state.published.plan, "header": header}


KEPT: Kept[PlanState, Published] = Kept(TABLE, only(Published), row)


async def _replace_map(conn: AsyncConnection, changes: Sequence[tuple[PlanState, PlanState]]) -> None:
    """The list that was defined last is the map; one that says the same again is another object all the same."""
    defined = [
        after
        for before, after in changes
        if isinstance(after, Published)
        and after.regions  # in a rebuild a plan is published before its regions are defined
        and getattr(before, "regions", None) is not after.regions
    ]
    if defined:
        await regions.replace_map(conn, defined[-1].published.plan, defined[-1].regions)


MAP = Written(
    (regions.TABLE,), _replace_map, because="all plans share one map: the newest list of any replaces it"
)


def loaded(plan: PlanState, events: Sequence[PlanEvent]) -> Loaded:
    """What a publication changed. Raises TypeError for a plan that isn't published."""
    if not isinstance(plan, Published):
        raise TypeError("a publication leaves a plan that is published")

    def changed(kind: type[PlanEvent]) -> Literal["changed", "unchanged"]:
        return "changed" if any(isinstance(each, kind) for each in events) else "unchanged"

    return Loaded(
        plan=plan.published.plan,
        title=plan.published.title,
        header=changed(PlanPublished),
        regions=changed(RegionsDefined),
        appraisal_schemes=changed(AppraisalSchemesDefined),
        region_count=len(plan.regions),
        targets_set=[each.target for each in events if isinstance(each, TargetSet)],
        targets_revised=[each.target for each in events if isinstance(each, TargetRevised)],
        target_count=len(plan.loaded),
        targets_without_measure=sum(facts.measure is None for facts in plan.loaded.values()),
    )


def answer(done: Done[PlanState, LoadPlan]) -> Loaded:
    """The answer to a publication."""
    return loaded(done.state, done.events)


def view(published: PlanPublished, counts: Mapping[str, tuple[int, int]]) -> PlanView:
    """A plan with how many targets each programme has, and how many of them are measured."""
    return PlanView(
        plan=published.plan,
        title=published.title,
        issuer=published.issuer,
        issued_on=published.issued_on,
        year=published.year,
        source=published.source,
        programmes=[
            ProgrammeView(code=each.code, name=each.name, targets=targets, measured=measured)
            for each in published.programmes
            for targets, measured in (counts.get(each.code, (0, 0)),)
        ],
    )
