"""Rounds of joint pre-reviews as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.common.models import Answer, Name
from services.projects.common.tables import metadata
from services.projects.projects.facts import Project, ProjectState
from services.projects.projects.pre_reviews.facts import PreReview
from shared.kept import Kept


class PreReviewSummary(Answer):
    """A round of a pre-review."""

    project: str
    project_name: Name = None
    round: int
    region: str
    region_name: Name = None
    lead: str = Field(description="department that concludes")
    opened_on: date
    due_on: date = Field(description="last day for the opinions")
    departments: list[str]
    missing: list[str] = Field(description="departments without an opinion")
    standing: Literal["open", "overdue", "passed", "returned"]
    days_overdue: int | None = Field(description="days since the due day; null: not overdue")
    concluded_on: date | None
    reason: str | None = Field(description="of the conclusion")


class OpinionView(Answer):
    """A department's opinion."""

    department: str
    view: Literal["agrees", "agrees_with_conditions", "objects"]
    on: date
    late: bool = Field(description="given after the due day")
    reason: str
    evidence: str


class PreReviewView(Answer):
    """The newest round of a project, with what was said."""

    project: str
    project_name: Name = None
    round: int
    region: str
    region_name: Name = None
    lead: str
    opened_on: date
    due_on: date
    departments: list[str]
    missing: list[str] = Field(description="departments without an opinion")
    overdue: list[str] = Field(description="those of them whose day has passed")
    opinions: list[OpinionView]
    result: Literal["passed", "returned"] | None = Field(description="null: not concluded")
    concluded_on: date | None
    reason: str | None


TABLE = Table(
    "pre_review",
    metadata,
    Column("project", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("region", Text),
    Column("lead", Text),
    Column("opened_on", Date),
    Column("due_on", Date),
    Column("departments", ARRAY(Text)),
    Column("missing", ARRAY(Text)),
    Column("result", Text),
    Column("concluded_on", Date),
    Column("reason", Text),
)


def row(review: PreReview) -> Mapping[str, Any]:
    """A round as it stands in the list."""
    opened, concluded = review.opened, review.concluded
    return {
        "project": opened.project,
        "round": opened.round,
        "region": opened.region,
        "lead": opened.lead,
        "opened_on": opened.opened_on,
        "due_on": opened.due_on,
        "departments": list(opened.departments),
        "missing": list(review.missing),
        "result": concluded.result if concluded else None,
        "concluded_on": concluded.on if concluded else None,
        "reason": concluded.reason if concluded else None,
    }


def _rounds(state: ProjectState) -> Mapping[int, PreReview]:
    return {each.opened.round: each for each in state.pre_reviews} if isinstance(state, Project) else {}


KEPT: Kept[ProjectState, PreReview] = Kept(TABLE, _rounds, row)


def summary(row: Mapping[str, Any], today: date) -> PreReviewSummary:
    """A row of the list on a day."""
    overdue = row["result"] is None and row["due_on"] < today and bool(row["missing"])
    return PreReviewSummary.model_validate(
        {
            **row,
            "standing": row["result"] or ("overdue" if overdue else "open"),
            "days_overdue": (today - row["due_on"]).days if overdue else None,
        }
    )


def view(review: PreReview, today: date) -> PreReviewView:
    """A round with what was said."""
    return PreReviewView(
        **row(review),
        overdue=list(review.overdue(today)),
        opinions=[
            OpinionView(
                department=each.department,
                view=each.view,
                on=each.on,
                late=each.late,
                reason=each.reason,
                evidence=each.evidence,
            )
            for each in review.opinions
        ],
    )
