"""Designation (认定): an enterprise, centre or park is recognised as one of a kind, and may lose that again (§6.5).

It stands from its day until it is withdrawn: a warning or a failed assessment leaves it standing (警告 is a state
within 合格). What was entered by mistake is annulled: it never held and is counted nowhere.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal, assert_never

Result = Literal["excellent", "qualified", "warned", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of designation (认定类别), valid between two days, both included.

    `fields`: the fields that one of it may name (EI-4). From which score on a periodic assessment is excellent,
    qualified or still warned; below that it has failed. None: the kind is not scored.
    """

    kind: str
    name: str
    term: str
    rows: tuple[str, ...]
    levels: tuple[str, ...]
    fields: tuple[str, ...]
    excellent_from: Decimal | None
    qualified_from: Decimal | None
    warned_from: Decimal | None
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str = ""

    def result(self, score: Decimal) -> Result | None:
        """The result of a periodic assessment with this score; None if the kind is not scored."""
        if self.excellent_from is None or self.qualified_from is None or self.warned_from is None:
            return None
        if score >= self.excellent_from:
            return "excellent"
        if score >= self.qualified_from:
            return "qualified"
        return "warned" if score >= self.warned_from else "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is designated: `name` as the notice prints it; `enterprise` its id in the register, if it has one."""

    designation: str
    kind: str
    level: str
    name: str
    region: str
    designated_on: date
    issuer: str
    evidence: str
    enterprise: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Designated(Facts):
    """It was designated (认定), by `issuer` with the notice `evidence`."""

    schema_version: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationAssessed:
    """A periodic assessment (考核评价) of a year, its score and what that comes to by the kind's scale."""

    schema_version: ClassVar[int] = 1
    designation: str
    year: int
    score: Decimal
    result: Result
    on: date
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationWarned:
    """It was warned (警告), with the reason, and perhaps the day by which that must be mended."""

    schema_version: ClassVar[int] = 1
    designation: str
    on: date
    reason: str
    evidence: str
    mend_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationWithdrawn(Facts):
    """It was withdrawn (撤销) by the document `decision`, and doesn't stand from `withdrawn_on` on.

    `annulled`: it never stood (更正). It carries the designation as a whole, so that who counts needs no other event.
    """

    schema_version: ClassVar[int] = 1
    withdrawn_on: date
    reason: str
    decision: str
    annulled: bool = False


DesignationEvent = Designated | DesignationAssessed | DesignationWarned | DesignationWithdrawn
Standing = Literal["designated", "excellent", "qualified", "warned", "failed", "withdrawn", "annulled"]


@dataclass(frozen=True, slots=True)
class NotDesignated:
    """No designation with this id."""


@dataclass(frozen=True, slots=True)
class Designation:
    """A designation and its current standing, with the day and the event that led to it."""

    facts: Facts
    standing: Standing
    since: date
    last: DesignationEvent


DesignationState = NotDesignated | Designation
INITIAL: DesignationState = NotDesignated()


def stream(designation: str) -> str:
    """The stream of one designation."""
    return f"designation:{designation}"


def evolve(state: DesignationState, event: DesignationEvent) -> DesignationState:
    """The state after a stored fact."""
    match event:
        case Designated():
            return Designation(Facts(**members(event)), "designated", event.designated_on, event)
        case DesignationAssessed():
            return Designation(_known(state).facts, event.result, event.on, event)
        case DesignationWarned():
            return Designation(_known(state).facts, "warned", event.on, event)
        case DesignationWithdrawn():
            standing: Standing = "annulled" if event.annulled else "withdrawn"
            return Designation(_known(state).facts, standing, event.withdrawn_on, event)
        case _:
            assert_never(event)


def members(facts: Facts) -> dict[str, Any]:
    """All fields of the designation, for an event that carries it as a whole."""
    return {field.name: getattr(facts, field.name) for field in fields(Facts)}


def _known(state: DesignationState) -> Designation:
    if isinstance(state, NotDesignated):
        raise ValueError("a designation's history begins with Designated")
    return state
