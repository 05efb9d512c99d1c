"""Joint pre-review (预审, PM-13b, PM-19): each department gives its opinion on a matched project, the lead concludes.

A round opens with the pre-report (预报). Who is asked and within how many days is a dated rule. A returned project
is opened for a further round; what was said in a round stays.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from services.projects.domain.refusal import Refused

View = Literal["agrees", "agrees_with_conditions", "objects"]
Result = Literal["passed", "returned"]


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """The rule `pre_review` in force: departments by their actor ids, the lead among them; days to answer in."""

    lead: str
    departments: tuple[str, ...]
    opinion_days: int


@dataclass(frozen=True, slots=True)
class PreReviewOpened:
    """The departments are asked; an opinion is overdue after `due_on`."""

    project: str
    region: str
    round: int
    lead: str
    departments: tuple[str, ...]
    opened_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class DepartmentOpinionGiven:
    """One department's opinion; a later one of the same round stands in its place."""

    project: str
    region: str
    round: int
    department: str
    view: View
    on: date
    late: bool
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class PreReviewConcluded:
    """The lead's conclusion of a round."""

    project: str
    region: str
    round: int
    result: Result
    on: date
    reason: str
    evidence: str


PreReviewEvent = PreReviewOpened | DepartmentOpinionGiven | PreReviewConcluded


@dataclass(frozen=True, slots=True)
class PreReview:
    """The newest round. `opinions`: the last of each department."""

    opened: PreReviewOpened
    opinions: tuple[DepartmentOpinionGiven, ...] = ()
    concluded: PreReviewConcluded | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The departments that have said nothing yet."""
        given = {opinion.department for opinion in self.opinions}
        return tuple(each for each in self.opened.departments if each not in given)

    def overdue(self, today: date) -> tuple[str, ...]:
        """The departments whose opinion should have come before today."""
        return self.missing if self.concluded is None and today > self.opened.due_on else ()


@dataclass(frozen=True, slots=True)
class OpenPreReview:
    """Ask the departments again about a returned project."""

    project: str
    on: date
    today: date
    rule: ReviewRule


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    """A department's opinion. A condition or an objection needs its reason."""

    project: str
    department: str
    view: View
    on: date
    reason: str
    evidence: str
    today: date


@dataclass(frozen=True, slots=True)
class ConcludePreReview:
    """The lead's conclusion. Returning a project, or passing it over an objection, needs a reason."""

    project: str
    result: Result
    on: date
    reason: str
    evidence: str
    reported_by: str
    today: date


def opened(project: str, region: str, on: date, rule: ReviewRule, last: PreReview | None) -> PreReviewOpened:
    """The next round. Raises Refused while the last one isn't returned."""
    if last is not None and (last.concluded is None or last.concluded.result == "passed"):
        raise Refused(
            f"Round {last.opened.round} of the pre-review is not returned.",
            code="pre-review-open" if last.concluded is None else "pre-review-passed",
            where="project",
            remedy="A further round is opened when the lead has returned the project.",
        )
    number = 1 if last is None else last.opened.round + 1
    due = on + timedelta(days=rule.opinion_days)
    return PreReviewOpened(
        project=project,
        region=region,
        round=number,
        lead=rule.lead,
        departments=rule.departments,
        opened_on=on,
        due_on=due,
    )


def opinion(command: GiveOpinion, region: str, review: PreReview | None) -> DepartmentOpinionGiven | None:
    """The opinion as a fact; None if it says nothing new. Raises Refused."""
    review = _open(review)
    if command.department not in review.opened.departments:
        raise Refused(
            f"{command.department} is not asked in this pre-review.",
            code="not-asked",
            where="department",
            remedy=f"Asked: {', '.join(review.opened.departments)}.",
        )
    _in_round(command.on, review)
    if command.view != "agrees" and not command.reason:
        raise Refused(f"{command.view} needs its reason.", code="reason-missing", where="reason")
    given = DepartmentOpinionGiven(
        project=command.project,
        region=region,
        round=review.opened.round,
        department=command.department,
        view=command.view,
        on=command.on,
        late=command.on > review.opened.due_on,
        reason=command.reason,
        evidence=command.evidence,
    )
    return None if given in review.opinions else given


def conclusion(command: ConcludePreReview, region: str, review: PreReview | None) -> PreReviewConcluded:
    """The lead's conclusion as a fact. Raises Refused; passing needs the opinion of every department."""
    review = _open(review)
    _in_round(command.on, review)
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
        region=region,
        round=review.opened.round,
        result=command.result,
        on=command.on,
        reason=command.reason,
        evidence=command.evidence,
    )


def evolve(review: PreReview | None, event: PreReviewEvent) -> PreReview:
    """The newest round after a stored fact."""
    if isinstance(event, PreReviewOpened):
        return PreReview(event)
    if review is None:
        raise TypeError("a pre-review's history starts with PreReviewOpened")
    if isinstance(event, PreReviewConcluded):
        return replace(review, concluded=event)
    others = tuple(each for each in review.opinions if each.department != event.department)
    return replace(review, opinions=(*others, event))


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
