"""Operations and routes of the directory of people and of their access."""

from services.assessment.access import OPERATORS
from services.assessment.people import acts, commands, queries, views
from services.assessment.people.decisions import RevokeAccess
from services.assessment.people.history import HISTORY
from shared.feature import Act, Command, Feature, Query
from shared.rpc import Route

_ONE = "/people/{reference}"

FEATURE = Feature(
    "people",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Act(
            name="note-person",
            ask=acts.note_person,
            response=queries.OnePerson,
            summary="Note who stands behind a reference",
        ),
        Query(
            name="get-person",
            ask=queries.get_person,
            summary="Who stands behind a reference",
            route=Route("GET", _ONE, OPERATORS, "people"),
        ),
        Act(
            name="erase-person",
            ask=acts.erase_person,
            response=views.PersonView,
            summary="Erase a person",
            route=Route("DELETE", _ONE, OPERATORS, "people"),
        ),
        Command(
            name="revoke-access",
            command=RevokeAccess,
            check=commands.revoke,
            summary="End a person's access",
            route=Route("POST", f"{_ONE}/revocations", OPERATORS, "people", status=201),
        ),
    ),
)
