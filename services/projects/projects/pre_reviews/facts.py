"""What is known of a project's joint pre-review (预审): its rounds, each with the departments' opinions."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

View = Literal["agrees", "agrees_with_conditions", "objects"]
Result = Literal["passed", "returned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreReviewOpened:
    """The departments are asked; an opinion is overdue after `due_on`."""

    project: str
    region: str
    round: int
    lead: str
    departments: tuple[str, ...]
    opened_on: date
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    """One round. `opinions`: the last of each department."""

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


def evolve(rounds: tuple[PreReview, ...], event: PreReviewEvent) -> tuple[PreReview, ...]:
    """The rounds after a stored fact."""
    if isinstance(event, PreReviewOpened):
        return (*rounds, PreReview(event))
    if not rounds:
        raise TypeError("a pre-review's history starts with PreReviewOpened")
    *before, newest = rounds
    if isinstance(event, PreReviewConcluded):
        return (*before, replace(newest, concluded=event))
    others = tuple(each for each in newest.opinions if each.department != event.department)
    return (*before, replace(newest, opinions=(*others, event)))
