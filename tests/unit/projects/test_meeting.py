"""Meetings (调度会 PM-10, 推进会 TR-10): convened, given an agenda, concluded."""

from dataclasses import replace
from datetime import date

from services.projects.meetings.decisions import (
    MEETING,
    Calling,
    ConcludeMeeting,
    ConveneMeeting,
    Decided,
    FixAgenda,
    Taken,
)
from services.projects.meetings.facts import (
    AgendaItem,
    MeetingAgendaFixed,
    MeetingConcluded,
    MeetingConvened,
    MeetingKind,
)
from services.projects.problems.facts import Level, ProblemKind
from tests.kit.spec import given

FACTORS = (ProblemKind.ENVIRONMENT, ProblemKind.FUNDS, ProblemKind.LAND)
HELD, TODAY = date(2013, 2, 27), date(2013, 2, 20)
CONVENE = ConveneMeeting(
    meeting="M-1",
    kind=MeetingKind.STARTS,
    name="集中开工投产项目推进会",
    region="350000",
    held_on=HELD,
    kinds=FACTORS[::-1],
)
CALLING = Calling(today=TODAY, by="office", meeting="M-1", level=Level.PROVINCE, kinds=FACTORS[::-1])
CONVENED = MeetingConvened(
    meeting="M-1",
    kind=MeetingKind.STARTS,
    name="集中开工投产项目推进会",
    region="350000",
    level=Level.PROVINCE,
    held_on=HELD,
    kinds=FACTORS,
    convened_on=TODAY,
    convened_by="office",
)
ITEMS = tuple(
    AgendaItem(problem=problem, project=project)
    for problem, project in (("Q-1", "P-1"), ("Q-2", "P-1"), ("Q-3", "P-2"))
)
FIX = FixAgenda(meeting="M-1")
TAKEN = Taken(today=TODAY, by="office", items=ITEMS)
FIXED = MeetingAgendaFixed(meeting="M-1", region="350000", items=ITEMS, projects=2, on=TODAY)
CONCLUDE = ConcludeMeeting(meeting="M-1", evidence="闽经贸纪要〔2013〕3号")
DECIDED = Decided(today=HELD, by="office", problems=frozenset({"Q-1", "Q-3", "Q-9"}))
CONCLUDED = MeetingConcluded(
    meeting="M-1",
    region="350000",
    held_on=HELD,
    decided=2,
    left=("Q-2",),
    evidence="闽经贸纪要〔2013〕3号",
    on=HELD,
)


def test_a_meeting_is_convened_once_for_a_day_to_come() -> None:
    given(MEETING).when(CONVENE, CALLING).then(CONVENED)
    given(MEETING, CONVENED).when(CONVENE, replace(CALLING, today=HELD)).changes_nothing()
    other = replace(CONVENE, name="调度会")
    given(MEETING, CONVENED).when(other, CALLING).rejects("other content", code="exists")
    late = replace(CALLING, today=date(2013, 3, 1))
    given(MEETING).when(CONVENE, late).rejects("is over", code="past-date")


def test_the_agenda_is_fixed_as_a_whole_and_may_be_fixed_anew() -> None:
    given(MEETING, CONVENED).when(FIX, TAKEN).then(FIXED)
    given(MEETING, CONVENED, FIXED).when(FIX, TAKEN).changes_nothing()
    one = replace(TAKEN, items=ITEMS[:1])
    less = MeetingAgendaFixed(meeting="M-1", region="350000", items=ITEMS[:1], projects=1, on=TODAY)
    given(MEETING, CONVENED, FIXED).when(FIX, one).then(less)
    none = replace(TAKEN, items=())
    given(MEETING, CONVENED).when(FIX, none).rejects("no problem", code="empty-agenda")
    given(MEETING, CONVENED, FIXED, CONCLUDED).when(FIX, one).rejects("concluded")


def test_it_is_concluded_with_what_it_decided_and_what_it_left() -> None:
    given(MEETING, CONVENED, FIXED).when(CONCLUDE, DECIDED).then(CONCLUDED)
    given(MEETING, CONVENED, FIXED, CONCLUDED).when(CONCLUDE, DECIDED).changes_nothing()
    given(MEETING, CONVENED).when(CONCLUDE, DECIDED).rejects("without an agenda", code="wrong-state")
    early = replace(DECIDED, today=TODAY)
    given(MEETING, CONVENED, FIXED).when(CONCLUDE, early).rejects("is held on 2013-02-27", code="future-date")
    given(MEETING).when(CONCLUDE, DECIDED).rejects("no meeting", code="not-found")
