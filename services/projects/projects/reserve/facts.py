"""What is known of a project in the reserve library (储备库): its quarterly updates, and its screenings."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

WATCH = "system:reserve"
"""The reporter of updates that the reserve watch makes."""


class Action(StrEnum):
    """What a quarter's look at a reserve project ends in."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    DROPPED = "dropped"
    PROMOTED = "promoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveUpdated:
    """A quarter's look at a stay in the library. `total_investment` is the project's then, yuan."""

    project: str
    region: str
    register: str
    quarter: str
    action: Action
    total_investment: Decimal
    on: date
    reason: str
    reported_by: str
    promoted_to: str | None = None

    @property
    def by_rule(self) -> bool:
        """Whether the reserve watch made the update by the rule `reserve_silence`, and not a person."""
        return self.reported_by == WATCH


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """Whether the project meets a criterion, and what shows it."""

    criterion: str
    met: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectScreened:
    """Screened for a special fund (筛选): recommended when every criterion is met."""

    project: str
    region: str
    scheme: str
    answers: tuple[CriterionAnswer, ...]
    recommended: bool
    on: date
    screened_by: str
    note: str = ""


ReserveEvent = ReserveUpdated | ProjectScreened


@dataclass(frozen=True, slots=True)
class Reserve:
    """Every quarterly update in order, and the newest screening of each scheme."""

    updates: tuple[ReserveUpdated, ...] = ()
    screenings: tuple[ProjectScreened, ...] = ()


def evolve(state: Reserve, event: ReserveEvent) -> Reserve:
    """The state after a stored fact."""
    if isinstance(event, ReserveUpdated):
        return replace(state, updates=(*state.updates, event))
    others_screened = tuple(each for each in state.screenings if each.scheme != event.scheme)
    return replace(state, screenings=(*others_screened, event))


def quarter(on: date) -> str:
    """The quarter of a day: "2013-Q2"."""
    return f"{on.year}-Q{(on.month + 2) // 3}"
