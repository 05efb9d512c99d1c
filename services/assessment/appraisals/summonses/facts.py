"""Summons of a city (约谈): a consequence of its score in an appraisal, carried out by people, with what came of it.

Called by the published ranking (by the scheme's rule, or by decision with a reason), held on a day with what was
agreed, and over when the city's report on its improvement (整改报告) is in. Before it is held it may be lifted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal, assert_never

Standing = Literal["called", "not_held", "held", "report_missing", "reported", "lifted"]
"""called: the day is still to come · not_held: it has passed · report_missing: held, and the report is overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsIssued:
    """A city is called in (约谈通知) for its `total` in an edition; another one before it is held puts it off.

    `whom` and `by` are offices, never names. `by_rule`: the scheme asks for it; otherwise `reason` says why.
    """

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    region: str
    edition: int
    total: Decimal
    by_rule: bool
    whom: str
    by: str
    hold_on: date
    on: date
    evidence: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsHeld:
    """It was held: what was agreed, and by when the city reports on it."""

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    region: str
    held_on: date
    agreed: str
    report_due_on: date
    on: date
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsLifted:
    """It isn't held (取消约谈): the reason no longer stands."""

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    region: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementReported:
    """The city's report on its improvement (整改报告) came in."""

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    region: str
    on: date
    late: bool
    evidence: str


SummonsEvent = SummonsIssued | SummonsHeld | SummonsLifted | ImprovementReported


@dataclass(frozen=True, slots=True)
class Called:
    """Called in, and not held yet."""

    issued: SummonsIssued


@dataclass(frozen=True, slots=True)
class Held:
    """Held; the report is to come."""

    issued: SummonsIssued
    held: SummonsHeld


@dataclass(frozen=True, slots=True)
class Reported:
    """Held, and reported on."""

    issued: SummonsIssued
    held: SummonsHeld
    report: ImprovementReported


@dataclass(frozen=True, slots=True)
class Lifted:
    """Called in, and lifted before it was held."""

    issued: SummonsIssued
    lifted: SummonsLifted


Summons = Called | Held | Reported | Lifted


def evolve(state: Summons | None, event: SummonsEvent) -> Summons:
    """A city's summons after a stored fact. Raises TypeError for a history that can't be."""
    match (event, state):
        case (SummonsIssued(), None | Called() | Lifted()):
            return Called(event)
        case (SummonsHeld(), Called(issued)):
            return Held(issued, event)
        case (SummonsLifted(), Called(issued)):
            return Lifted(issued, event)
        case (ImprovementReported(), Held(issued, held)):
            return Reported(issued, held, event)
        case _:
            raise TypeError(f"{type(event).__name__} on {type(state).__name__}")


def standing(state: Summons, today: date) -> Standing:
    """How it stands by the Clock's day."""
    match state:
        case Called(issued):
            return "not_held" if today > issued.hold_on else "called"
        case Held(_, held):
            return "report_missing" if today > held.report_due_on else "held"
        case Reported():
            return "reported"
        case Lifted():
            return "lifted"
        case _:
            assert_never(state)
