"""Decisions on cohorts: a contract year is closed once; contracts known later are recorded but never members."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from services.projects.cohorts.facts import (
    INITIAL,
    Cohort,
    CohortClosed,
    CohortEvent,
    CohortMember,
    CohortState,
    LateContractFound,
    OpenCohort,
    cohort_id,
    evolve,
)
from services.projects.common.investor import InvestorKind
from services.projects.common.refusal import Refused
from shared.command import Given, command, decider
from shared.values import Number, Says

Kind = Annotated[InvestorKind, Says(description="central_soe 央企, private 民企, foreign 外资")]
Year = Annotated[int, Number(ge=2000, le=2099, description="year of the contracts", example=2012)]


@command(example={"investor_kind": "private", "year": 2012})
class CloseCohort:
    """A contract year is over: its projects are kept as a cohort for ever."""

    investor_kind: Kind
    year: Year


@command()
class NoteLateContract:
    """A project with a contract of the year, seen on a day on which the cohort may be closed."""

    cohort: str
    contract: CohortMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts(Given):
    """`members`: the projects with a contract of the year, as they are known now."""

    members: Sequence[CohortMember] = ()


def decide(
    command: CloseCohort | NoteLateContract, state: CohortState, given: Contracts
) -> Sequence[CohortEvent]:
    """The events of a command, or Refused. Closing again changes nothing: a cohort is closed once."""
    if isinstance(command, NoteLateContract):
        return _late(command, state, given)
    if isinstance(state, Cohort):
        return []
    if given.today.year <= command.year:
        raise Refused(
            f"{command.year} is not over: contracts of it may still come; today is {given.today}.",
            code="future-year",
            where="year",
        )
    if not given.members:
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
            members=tuple(sorted(given.members, key=lambda member: member.project)),
            closed_on=given.today,
            closed_by=given.by,
        )
    ]


COHORT = decider(INITIAL, decide, evolve)


def _late(command: NoteLateContract, state: CohortState, given: Given) -> Sequence[LateContractFound]:
    """A late contract is recorded once per project that is no member of the cohort."""
    contract = command.contract
    if isinstance(state, OpenCohort):
        return []
    known = {each.project for each in state.closed.members} | {each.project for each in state.late}
    if contract.project in known:
        return []
    return [
        LateContractFound(
            cohort=command.cohort,
            project=contract.project,
            region=contract.region,
            contracted_on=contract.contracted_on,
            amount=contract.amount,
            on=given.today,
        )
    ]
