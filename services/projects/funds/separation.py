"""Separation of duties (不相容职务相互分离): pairs of steps with the same money that need two different persons.

The person is the one of the token, never a name in the request. The pairs are a dated rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.projects.common.refusal import Refused


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
    """The rule in force on a day: pairs (earlier step, later step), and whether committing requires an audit."""

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
        """Adds a person who took the step."""
        return People({**self.by, step: self.of(step) | {person}})

    def only(self, step: Step, *people: str) -> "People":
        """Replaces everyone who took the step: a new audit supersedes the last one. No person: the step was undone."""
        return People({**self.by, step: frozenset(people)})


def check_other_person(pairs: Iterable[tuple[Step, Step]], step: Step, person: str, people: People) -> None:
    """Raises Refused 409 if the person took an earlier step that the rule keeps apart from this one."""
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
