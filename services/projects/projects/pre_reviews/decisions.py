"""Decisions on a project's joint pre-review (预审, PM-13b, PM-19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from services.projects.common import asking as checks
from services.projects.common.plausibility import USUAL
from services.projects.common.refusal import Refused
from services.projects.common.values import DayOrToday, Evidence, Note, ProjectId, ReportedBy
from services.projects.projects.facts import Project, ProjectEvent
from services.projects.projects.given import OnProject
from services.projects.projects.pre_reviews.facts import (
    DepartmentOpinionGiven,
    PreReview,
    PreReviewConcluded,
    PreReviewOpened,
    Result,
    View,
)
from services.projects.projects.pre_reviews.rounds import ReviewRule, opened
from services.projects.projects.stages.decisions.commands import ReachStage
from services.projects.projects.stages.decisions.reporting import step
from services.projects.projects.stages.facts import Stage
from shared.command import Given, command
from shared.values import Says, Text

Department = Annotated[
    str,
    Text(
        pattern=r"^[a-z][a-z_]{0,59}$",
        description="department, by its id in the plan",
        example="land_resources_department",
    ),
]


@command(example={"project": "FZ-2013-017"})
class OpenPreReview:
    """A returned project is brought before the departments again."""

    project: ProjectId
    on: DayOrToday = None


@command(
    example={
        "project": "FZ-2013-017",
        "department": "land_resources_department",
        "view": "agrees_with_conditions",
        "reason": "用地指标落实后供地",
        "evidence": "闽国土预审〔2013〕21号",
    }
)
class GiveOpinion:
    """A department's opinion in the open round."""

    project: ProjectId
    department: Department
    view: Annotated[View, Says(description="what the department thinks of it")]
    reason: Annotated[Note, Says(description="the condition, or why it objects")] = ""
    evidence: Evidence
    on: Annotated[date | None, Says(description="the day of the opinion; without it today")] = None


@command(example={"project": "FZ-2013-017", "result": "passed", "evidence": "闽发改预审〔2013〕9号"})
class ConcludePreReview:
    """The lead's conclusion of the open round."""

    project: ProjectId
    result: Annotated[
        Result, Says(description="passed: the project is pre-reviewed; returned: it may be brought again")
    ]
    reason: Annotated[Note, Says(description="why; needed to return it, or to pass it over an objection")] = (
        ""
    )
    evidence: Evidence
    on: Annotated[date | None, Says(description="the day of the conclusion; without it today")] = None
    reported_by: ReportedBy = None


PreReviewCommand = OpenPreReview | GiveOpinion | ConcludePreReview


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(OnProject):
    """The rule of the joint pre-review on the day of the round."""

    rule: ReviewRule


def opened_again(command: OpenPreReview, state: Project, given: Opening) -> Sequence[PreReviewOpened]:
    """The next round, which asks the departments again about a returned project. Raises Refused."""
    on = command.on or given.today
    checks.not_in_future(on, given.today)
    return [opened(command.project, state.registered.region, on, given.rule, state.pre_review)]


def given_opinion(command: GiveOpinion, state: Project, given: Given) -> Sequence[DepartmentOpinionGiven]:
    """The opinion as a fact; none if it says nothing new. Raises Refused."""
    on = command.on or given.today
    checks.not_in_future(on, given.today)
    review = _open(state.pre_review)
    if command.department not in review.opened.departments:
        raise Refused(
            f"{command.department} is not asked in this pre-review.",
            code="not-asked",
            where="department",
            remedy=f"Asked: {', '.join(review.opened.departments)}.",
        )
    _in_round(on, review)
    if command.view != "agrees" and not command.reason:
        raise Refused(f"{command.view} needs its reason.", code="reason-missing", where="reason")
    opinion = DepartmentOpinionGiven(
        project=command.project,
        region=state.registered.region,
        round=review.opened.round,
        department=command.department,
        view=command.view,
        on=on,
        late=on > review.opened.due_on,
        reason=command.reason,
        evidence=command.evidence,
    )
    return [] if opinion in review.opinions else [opinion]


def concluded(command: ConcludePreReview, state: Project, given: Given) -> Sequence[ProjectEvent]:
    """The lead's conclusion; a project that passes takes the step pre_reviewed with it. Raises Refused."""
    on = command.on or given.today
    checks.not_in_future(on, given.today)
    conclusion = _conclusion(command, state, on)
    if conclusion.result == "returned":
        return [conclusion]
    passed = ReachStage(
        project=command.project,
        stage=Stage.PRE_REVIEWED,
        on=on,
        evidence=command.evidence,
        reported_by=command.reported_by,
    )
    return [conclusion, step(passed, state, given, USUAL)]


def _conclusion(command: ConcludePreReview, state: Project, on: date) -> PreReviewConcluded:
    """The lead's conclusion as a fact. Raises Refused; passing needs the opinion of every department."""
    review = _open(state.pre_review)
    _in_round(on, review)
    if review.missing and command.result == "passed":
        raise Refused(
            f"Of the pre-review's departments {', '.join(review.missing)} gave no opinion.",
            code="opinion-missing",
            where="result",
            remedy="Every department gives its opinion before the lead lets the project pass.",
            extra={"missing": list(review.missing)},
        )
    objecting = [each.department for each in review.opinions if each.view == "objects"]
    if not command.reason and (command.result == "returned" or objecting):
        raise Refused(
            f"{command.result} needs its reason"
            + (f": {', '.join(objecting)} objects." if objecting else "."),
            code="reason-missing",
            where="reason",
        )
    return PreReviewConcluded(
        project=command.project,
        region=state.registered.region,
        round=review.opened.round,
        result=command.result,
        on=on,
        reason=command.reason,
        evidence=command.evidence,
    )


def _open(review: PreReview | None) -> PreReview:
    if review is None or review.concluded is not None:
        raise Refused(
            "No pre-review of the project is open.",
            code="no-pre-review",
            where="project",
            remedy="Report the stage pre_reported (预报); a returned project is opened for a further round.",
        )
    return review


def _in_round(on: date, review: PreReview) -> None:
    if on < review.opened.opened_on:
        raise Refused(
            f"{on} lies before the round was opened on {review.opened.opened_on}.",
            code="date-order",
            where="on",
        )
