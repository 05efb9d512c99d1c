"""Operations on meetings (项目调度会 PM-10, 集中开工投产项目推进会 TR-10)."""

from services.projects.api.base import Serving, ops
from services.projects.app import meetings
from services.projects.models import meetings as models
from services.projects.queries import meetings as queries
from shared.rpc import Call, Reply


@ops.command(
    "convene-meeting",
    request=models.ConveneMeeting,
    response=models.MeetingSummary,
    summary="Convene a meeting on problems of projects",
)
async def convene_meeting(call: Call, body: models.ConveneMeeting) -> Reply:
    """The dispatch meeting takes what was escalated, the meeting on starts land, environment and funds (TR-10)."""
    return await meetings.convene_meeting(Serving.app, call, body)


@ops.command(
    "fix-agenda",
    request=models.FixAgenda,
    response=models.MeetingSummary,
    summary="Fix a meeting's agenda",
)
async def fix_agenda(call: Call, body: models.FixAgenda) -> Reply:
    """The named problems, or all that are the meeting's to take today; it may be fixed anew until it is concluded."""
    return await meetings.fix_agenda(Serving.app, call, body)


@ops.command(
    "conclude-meeting",
    request=models.ConcludeMeeting,
    response=models.MeetingSummary,
    summary="Conclude a meeting",
)
async def conclude_meeting(call: Call, body: models.ConcludeMeeting) -> Reply:
    """With its minutes: how many of its problems it decided, and which it left."""
    return await meetings.conclude_meeting(Serving.app, call, body)


@ops.query("get-meeting", request=models.GetMeeting, response=models.MeetingSummary, summary="One meeting")
async def get_meeting(call: Call, body: models.GetMeeting) -> models.MeetingSummary:
    """How it stands."""
    return await queries.get_meeting(Serving.app, call, body)


@ops.query(
    "list-meetings", request=models.ListMeetings, response=models.MeetingPage, summary="Meetings, filtered"
)
async def list_meetings(call: Call, body: models.ListMeetings) -> models.MeetingPage:
    """In order of their days."""
    return await queries.list_meetings(Serving.app, call, body)


@ops.query(
    "meeting-pack",
    request=models.MeetingPack,
    response=models.PackPage,
    summary="A meeting's problems, by project",
)
async def meeting_pack(call: Call, body: models.MeetingPack) -> models.PackPage:
    """The meeting's pack: project by project; before the agenda is fixed, what it would take today."""
    return await queries.meeting_pack(Serving.app, call, body)
