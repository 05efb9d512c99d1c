"""What is known of a cohort once it is closed."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.projects.common.investor import InvestorKind


@dataclass(frozen=True, slots=True)
class CohortMember:
    """A project with its contract: when, and of how much CNY (yuan)."""

    project: str
    region: str
    contracted_on: date
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortClosed:
    """The members of a contract year, for ever."""

    cohort: str
    investor_kind: InvestorKind
    year: int
    members: tuple[CohortMember, ...]
    closed_on: date
    closed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LateContractFound:
    """A contract of a closed cohort's year became known afterwards: it is no member, and never will be.

    The cohort stays as it was closed; the event warns whoever compares its rate with the contracts known today.
    """

    cohort: str
    project: str
    region: str
    contracted_on: date
    amount: Decimal | None
    on: date


CohortEvent = CohortClosed | LateContractFound


@dataclass(frozen=True, slots=True)
class OpenCohort:
    """The year may still bring contracts."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Its members for ever, and the contracts that came too late."""

    closed: CohortClosed
    late: tuple[LateContractFound, ...] = ()


CohortState = OpenCohort | Cohort
INITIAL: CohortState = OpenCohort()


def cohort_id(kind: str, year: int) -> str:
    """The id of a cohort: "private:2012"."""
    return f"{kind}:{year}"


def stream(cohort: str) -> str:
    """The stream of a contract year's cohort."""
    return f"cohort:{cohort}"


def evolve(state: CohortState, event: CohortEvent) -> CohortState:
    """The state after a stored fact."""
    if isinstance(event, CohortClosed):
        return Cohort(event)
    if not isinstance(state, Cohort):
        raise TypeError("a contract is late only for a closed cohort")
    return replace(state, late=(*state.late, event))
