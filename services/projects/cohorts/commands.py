"""Who closes a contract year, and which contracts it has."""

from services.projects.cohorts.contracts import open_members
from services.projects.cohorts.decisions import CloseCohort, Contracts
from services.projects.cohorts.facts import CohortMember, CohortState
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden


async def close(at: At, command: CloseCohort, state: CohortState) -> Contracts:
    """When the year is over: its members are kept for ever (PM-2). Closing again changes nothing."""
    check_close_cohort(at.actor)
    rows = await at.conn.execute(open_members(command.investor_kind, command.year))
    members = [CohortMember(row.project, row.region, row.contracted_on, row.amount) for row in rows]
    return Contracts(today=at.today, by=at.actor.subject, members=members)


def check_close_cohort(actor: Actor) -> None:
    """A contract year is closed for the whole province. Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province closes cohorts; your role is {actor.role}.")
