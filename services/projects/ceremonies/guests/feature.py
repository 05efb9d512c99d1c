"""Operations and routes of a ceremony's guest list."""

from services.projects.access import GOVERNMENT, KEEPERS
from services.projects.ceremonies.guests import commands, queries, views
from services.projects.ceremonies.guests.decisions import GUEST_LIST, AnswerInvitation, InviteFirm
from services.projects.ceremonies.guests.facts import GuestListEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_LIST = "/ceremonies/{ceremony}/guests"

FEATURE = Feature(
    "guests",
    history=History(GuestListEvent, GUEST_LIST, lambda command: stream(command.ceremony), (views.KEPT,)),
    answer=views.answer,
    operations=(
        Command(
            name="invite-firm",
            command=InviteFirm,
            check=commands.invite,
            summary="Invite a key firm to a ceremony",
            route=Route("POST", _LIST, KEEPERS, "matching", area="region", status=201),
        ),
        Command(
            name="answer-invitation",
            command=AnswerInvitation,
            check=commands.answer,
            summary="Say whether an invited firm comes",
            route=Route("POST", f"{_LIST}/{{firm}}/answer", KEEPERS, "matching", status=201),
        ),
        Query(
            name="list-invitations",
            ask=queries.list_invitations,
            summary="The guest list of a ceremony",
            route=Route("GET", _LIST, GOVERNMENT, "matching", area="region"),
        ),
    ),
)
