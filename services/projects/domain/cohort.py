"""Cohort (对接合同批次): the projects that signed their contract in one year with one kind of investor (PM-2, PM-4).

Closed once its year is over, and kept as it was then: who leaves the tracking stays in, who is terminated stays in
the denominator until formally ended. The rate over the projects still followed would understate it (G-8).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from services.projects.domain.investor import InvestorKind
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class CohortMember:
    """A project with its contract: when, and of how much CNY (yuan)."""

    project: str
    region: str
    contracted_on: date
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class CohortClosed:
    """The members of a contract year, for ever."""

    cohort: str
    investor_kind: InvestorKind
    year: int
    members: tuple[CohortMember, ...]
    closed_on: date
    closed_by: str


@dataclass(frozen=True, slots=True)
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
class ClosedCohort:
    """Its members for ever, and the projects whose contracts came too late."""

    closed: CohortClosed
    late: tuple[str, ...] = ()


CohortState = OpenCohort | ClosedCohort
INITIAL: CohortState = OpenCohort()


@dataclass(frozen=True, slots=True)
class CloseCohort:
    """Close a contract year; `members` are those that are known now."""

    investor_kind: InvestorKind
    year: int
    members: tuple[CohortMember, ...]
    closed_by: str
    today: date


@dataclass(frozen=True, slots=True)
class NoteLateContract:
    """A project with a contract of the year, seen on a day on which the cohort may be closed."""

    cohort: str
    contract: CohortMember
    today: date


def cohort_id(kind: str, year: int) -> str:
    """The id of a cohort: "private:2012"."""
    return f"{kind}:{year}"


def decide(command: CloseCohort | NoteLateContract, state: CohortState) -> Sequence[CohortEvent]:
    """The events of a command, or Refused. Closing again changes nothing: a cohort is closed once."""
    if isinstance(command, NoteLateContract):
        return _late(command, state)
    if isinstance(state, ClosedCohort):
        return []
    if command.today.year <= command.year:
        raise Refused(
            f"{command.year} is not over: contracts of it may still come; today is {command.today}.",
            code="future-year",
            where="year",
        )
    if not command.members:
        raise Refused(
            f"No {command.investor_kind} contract of {command.year} is known; there is nothing to close.",
            code="no-members",
            where="year",
            remedy="Register the projects with their contracts first.",
        )
    return [
        CohortClosed(
            cohort=cohort_id(command.investor_kind, command.year),
            investor_kind=command.investor_kind,
            year=command.year,
            members=tuple(sorted(command.members, key=lambda member: member.project)),
            closed_on=command.today,
            closed_by=command.closed_by,
        )
    ]


def evolve(state: CohortState, event: CohortEvent) -> CohortState:
    """The state after a stored fact."""
    if isinstance(event, CohortClosed):
        return ClosedCohort(event)
    if not isinstance(state, ClosedCohort):
        raise TypeError("a contract is late only for a closed cohort")
    return replace(state, late=(*state.late, event.project))


def _late(command: NoteLateContract, state: CohortState) -> Sequence[LateContractFound]:
    """Once for each project that is no member."""
    contract = command.contract
    if isinstance(state, OpenCohort) or contract.project in state.late:
        return []
    if any(member.project == contract.project for member in state.closed.members):
        return []
    return [
        LateContractFound(
            command.cohort,
            contract.project,
            contract.region,
            contract.contracted_on,
            contract.amount,
            command.today,
        )
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands on a day: started at any time until then, left the tracking, formally ended."""

    started: bool
    exited: bool = False
    formally_ended: bool = False


@dataclass(frozen=True, slots=True)
class StartRate:
    """开工率: of `counted` projects (members less the formally ended) `started` ones; percent, None of none."""

    members: int
    formally_ended: int
    counted: int
    started: int
    exits: int
    percent: Decimal | None


def start_rate(members: Iterable[Standing]) -> StartRate:
    """The start rate (开工率) of a cohort, two decimals, by project count."""
    known = list(members)
    counted = [each for each in known if not each.formally_ended]
    started = sum(each.started for each in counted)
    percent = None
    if counted:
        percent = (Decimal(started * 100) / len(counted)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return StartRate(
        members=len(known),
        formally_ended=len(known) - len(counted),
        counted=len(counted),
        started=started,
        exits=sum(each.exited for each in counted),
        percent=percent,
    )
