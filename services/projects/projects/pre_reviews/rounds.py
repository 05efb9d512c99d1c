"""A round of the joint pre-review opens: who is asked, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.projects.common.refusal import Refused
from services.projects.projects.pre_reviews.facts import PreReview, PreReviewOpened


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """The rule `pre_review` in force: departments by their actor ids, the lead among them; days to answer in."""

    lead: str
    departments: tuple[str, ...]
    opinion_days: int


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
