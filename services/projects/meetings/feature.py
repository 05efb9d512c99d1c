"""Operations and routes of meetings on problems of projects."""

from services.projects.access import CALLERS, GOVERNMENT
from services.projects.meetings import commands, queries, views
from services.projects.meetings.decisions import MEETING, ConcludeMeeting, ConveneMeeting, FixAgenda
from services.projects.meetings.facts import MeetingEvent, stream
from shared.decider import Edit
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/meetings/{meeting}"

FEATURE = Feature(
    "meetings",
    history=History(
        MeetingEvent, MEETING, lambda command: stream(command.meeting), (views.KEPT, views.KEPT_ITEMS)
    ),
    answer=views.answer,
    edit=lambda command: Edit(getattr(command, "version", None)),
    operations=(
        Command(
            name="convene-meeting",
            command=ConveneMeeting,
            named=commands.named,
            check=commands.convene,
            summary="Convene a meeting on problems of projects",
            route=Route("POST", "/meetings", CALLERS, "meetings", area="region", status=201),
        ),
        Command(
            name="fix-agenda",
            command=FixAgenda,
            check=commands.fix_agenda,
            summary="Fix a meeting's agenda",
            route=Route("POST", f"{_ONE}/agenda", CALLERS, "meetings"),
        ),
        Command(
            name="conclude-meeting",
            command=ConcludeMeeting,
            check=commands.conclude,
            summary="Conclude a meeting",
            route=Route("POST", f"{_ONE}/conclusion", CALLERS, "meetings"),
        ),
        Query(
            name="get-meeting",
            ask=queries.get_meeting,
            summary="One meeting",
            route=Route("GET", _ONE, GOVERNMENT, "meetings"),
        ),
        Query(
            name="list-meetings",
            ask=queries.list_meetings,
            summary="Meetings, filtered",
            route=Route("GET", "/meetings", GOVERNMENT, "meetings"),
        ),
        Query(
            name="meeting-pack",
            ask=queries.meeting_pack,
            summary="A meeting's problems, by project",
            route=Route("GET", f"{_ONE}/pack", GOVERNMENT, "meetings"),
        ),
    ),
)
