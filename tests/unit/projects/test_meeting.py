"""Meetings (调度会 PM-10, 推进会 TR-10): convened, given an agenda, concluded."""

from dataclasses import replace
from datetime import date

from services.projects.domain import meeting
from services.projects.domain.escalation import Level
from services.projects.domain.meeting import (
    AgendaItem,
    ConcludeMeeting,
    ConveneMeeting,
    FixAgenda,
    MeetingAgendaFixed,
    MeetingCommand,
    MeetingConcluded,
    MeetingConvened,
    MeetingEvent,
    MeetingKind,
    MeetingState,
)
from services.projects.domain.project_problem import ProblemKind
from shared.decider import Decider
from tests.kit.spec import given

MEETING: Decider[MeetingState, MeetingCommand, MeetingEvent] = Decider(
    meeting.INITIAL, meeting.decide, meeting.evolve
)
FACTORS = (ProblemKind.ENVIRONMENT, ProblemKind.FUNDS, ProblemKind.LAND)
HELD, TODAY = date(2013, 2, 27), date(2013, 2, 20)
CONVENE = ConveneMeeting(
    "M-1",
    MeetingKind.STARTS,
    "集中开工投产项目推进会",
    "350000",
    Level.PROVINCE,
    HELD,
    FACTORS[::-1],
    "office",
    TODAY,
)
CONVENED = MeetingConvened(
    "M-1",
    MeetingKind.STARTS,
    "集中开工投产项目推进会",
    "350000",
    Level.PROVINCE,
    HELD,
    FACTORS,
    TODAY,
    "office",
)
ITEMS = (AgendaItem("Q-1", "P-1"), AgendaItem("Q-2", "P-1"), AgendaItem("Q-3", "P-2"))
FIXED = MeetingAgendaFixed("M-1", "350000", ITEMS, 2, TODAY)
CONCLUDE = ConcludeMeeting("M-1", frozenset({"Q-1", "Q-3", "Q-9"}), "闽经贸纪要〔2013〕3号", HELD)
CONCLUDED = MeetingConcluded("M-1", "350000", HELD, 2, ("Q-2",), "闽经贸纪要〔2013〕3号", HELD)


def test_a_meeting_is_convened_once_for_a_day_to_come() -> None:
    given(MEETING).when(CONVENE).then(CONVENED)
    given(MEETING, CONVENED).when(replace(CONVENE, today=HELD)).changes_nothing()
    given(MEETING, CONVENED).when(replace(CONVENE, name="调度会")).rejects("other content", code="exists")
    given(MEETING).when(replace(CONVENE, today=date(2013, 3, 1))).rejects("is over", code="past-date")


def test_the_agenda_is_fixed_as_a_whole_and_may_be_fixed_anew() -> None:
    fix = FixAgenda("M-1", ITEMS, TODAY)
    given(MEETING, CONVENED).when(fix).then(FIXED)
    given(MEETING, CONVENED, FIXED).when(fix).changes_nothing()
    less = MeetingAgendaFixed("M-1", "350000", ITEMS[:1], 1, TODAY)
    given(MEETING, CONVENED, FIXED).when(replace(fix, items=ITEMS[:1])).then(less)
    given(MEETING, CONVENED).when(replace(fix, items=())).rejects("no problem", code="empty-agenda")
    given(MEETING, CONVENED, FIXED, CONCLUDED).when(replace(fix, items=ITEMS[:1])).rejects("concluded")


def test_it_is_concluded_with_what_it_decided_and_what_it_left() -> None:
    given(MEETING, CONVENED, FIXED).when(CONCLUDE).then(CONCLUDED)
    given(MEETING, CONVENED, FIXED, CONCLUDED).when(CONCLUDE).changes_nothing()
    given(MEETING, CONVENED).when(CONCLUDE).rejects("without an agenda", code="wrong-state")
    early = replace(CONCLUDE, today=TODAY)
    given(MEETING, CONVENED, FIXED).when(early).rejects("is held on 2013-02-27", code="future-date")
    given(MEETING).when(CONCLUDE).rejects("no meeting", code="not-found")
