"""Closed cohorts as answers and as rows: the cohort, its members, and what came too late."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import Column, Date, Integer, Table, Text

from services.projects.cohorts.decisions import CloseCohort
from services.projects.cohorts.facts import Cohort, CohortMember, CohortState, LateContractFound
from services.projects.common.models import Answer
from services.projects.common.tables import MONEY, metadata
from shared.feature import Done
from shared.kept import Kept, only

COHORT = Table(
    "cohort",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("closed_on", Date),
    Column("members", Integer),
)
MEMBER = Table(
    "cohort_member",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("region", Text),
    Column("contracted_on", Date),
    Column("amount", MONEY),
)
LATE = Table(
    "cohort_late",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("region", Text),
    Column("contracted_on", Date),
    Column("amount", MONEY),
    Column("found_on", Date),
)


def _members(state: CohortState) -> Mapping[str, tuple[str, CohortMember]]:
    if not isinstance(state, Cohort):
        return {}
    return {each.project: (state.closed.cohort, each) for each in state.closed.members}


def _late(state: CohortState) -> Mapping[str, LateContractFound]:
    return {each.project: each for each in state.late} if isinstance(state, Cohort) else {}


def _cohort_row(state: Cohort) -> Mapping[str, Any]:
    closed = state.closed
    return {"cohort": closed.cohort, "closed_on": closed.closed_on, "members": len(closed.members)}


def _member_row(part: tuple[str, CohortMember]) -> Mapping[str, Any]:
    cohort, member = part
    return {
        "cohort": cohort,
        "project": member.project,
        "region": member.region,
        "contracted_on": member.contracted_on,
        "amount": member.amount,
    }


def _late_row(late: LateContractFound) -> Mapping[str, Any]:
    return {
        "cohort": late.cohort,
        "project": late.project,
        "region": late.region,
        "contracted_on": late.contracted_on,
        "amount": late.amount,
        "found_on": late.on,
    }


KEPT: tuple[Kept[CohortState, Any], ...] = (
    Kept(COHORT, only(Cohort), _cohort_row),
    Kept(MEMBER, _members, _member_row),
    Kept(LATE, _late, _late_row),
)


class ClosedCohort(Answer):
    """A cohort that is closed."""

    cohort: str = Field(examples=["private:2012"])
    closed_on: date
    members: int


def answer(done: Done[CohortState, CloseCohort]) -> ClosedCohort:
    """The answer to closing a cohort. Raises TypeError if it isn't closed."""
    if not isinstance(done.state, Cohort):
        raise TypeError("not a closed cohort")
    return ClosedCohort(**_cohort_row(done.state))
