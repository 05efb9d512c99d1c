"""Operations and routes of the cohorts of contract years (PM-2, PM-4)."""

from services.projects.access import GOVERNMENT, PROVINCE
from services.projects.cohorts import commands, members, queries, views
from services.projects.cohorts.decisions import COHORT, CloseCohort, NoteLateContract
from services.projects.cohorts.facts import CohortEvent, cohort_id, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/cohorts/{investor_kind}/{year}"


def _stream(command: CloseCohort | NoteLateContract) -> str:
    if isinstance(command, NoteLateContract):
        return stream(command.cohort)
    return stream(cohort_id(command.investor_kind, command.year))


HISTORY = History(CohortEvent, COHORT, _stream, views.KEPT)
FEATURE = Feature(
    "cohorts",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="close-cohort",
            command=CloseCohort,
            check=commands.close,
            summary="Close a contract year's cohort",
            route=Route("POST", _ONE, PROVINCE, "projects", status=201),
        ),
        Query(
            name="get-cohort",
            ask=queries.get_cohort,
            summary="A contract year's cohort and its start rate",
            route=Route("GET", _ONE, GOVERNMENT, "projects", area="region"),
        ),
        Query(
            name="list-cohort-members",
            ask=members.list_members,
            summary="The projects of a contract year's cohort",
            route=Route("GET", f"{_ONE}/members", GOVERNMENT, "projects", area="region"),
        ),
    ),
)
