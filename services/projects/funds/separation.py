"""Separation of duties (不相容职务相互分离): steps of the same money that one person may not take both.

Who takes a step is the person of the token, never a name in the request. Which pairs must differ is a dated rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.projects.domain.refusal import Refused


class Step(StrEnum):
    """A step of money on its way out of a fund."""

    REQUEST = "request"
    """申报."""
    ASSESS = "assess"
    """核定."""
    RESERVE = "reserve"
    """预留."""
    COMMIT = "commit"
    """下达."""
    PAY = "pay"
    """拨付."""


Pairs = tuple[tuple[Step, Step], ...]
_IN_WORDS = {
    Step.REQUEST: "requested it",
    Step.ASSESS: "assessed it",
    Step.RESERVE: "reserved the money",
    Step.COMMIT: "committed the money",
    Step.PAY: "paid it",
}


@dataclass(frozen=True, slots=True)
class Separation:
    """The rule of a day: pairs (earlier step, later step), and whether nothing is committed without an audit."""

    subsidy: Pairs
    award: Pairs
    assessed_before_commitment: bool


@dataclass(frozen=True, slots=True)
class People:
    """Who took which step of what still stands."""

    by: Mapping[Step, frozenset[str]] = field(default_factory=dict)

    def of(self, step: Step) -> frozenset[str]:
        return self.by.get(step, frozenset())

    def also(self, step: Step, person: str) -> "People":
        """One more who took the step."""
        return People({**self.by, step: self.of(step) | {person}})

    def only(self, step: Step, *people: str) -> "People":
        """Who took the step, whoever took it before: an audit replaces the one before; nobody when it is undone."""
        return People({**self.by, step: frozenset(people)})


def check_other_person(pairs: Iterable[tuple[Step, Step]], step: Step, person: str, people: People) -> None:
    """The person took no earlier step that the rule keeps apart from this one. Raises Refused 409."""
    for earlier, later in pairs:
        if later == step and person in people.of(earlier):
            raise Refused(
                f"You {_IN_WORDS[earlier]}: another person {_third(step)}.",
                code="same-person",
                status=409,
                where="Authorization",
                remedy="Have a colleague of the same government take this step with a token of their own.",
                extra={"earlier": earlier.value, "step": step.value},
            )


def _third(step: Step) -> str:
    return {
        Step.REQUEST: "requests it",
        Step.ASSESS: "assesses it",
        Step.RESERVE: "reserves the money",
        Step.COMMIT: "commits the money",
        Step.PAY: "pays it",
    }[step]
