"""The problems that a meeting takes: one rule for the agenda, and for the pack while no agenda is fixed.

A dispatch meeting (调度会) takes what stands at its own level: what was escalated. The meeting on starts (推进会,
TR-10) goes through the projects one by one and takes problems of every level. Both take what waits, what is
answered but not closed, and what was decided and is past its day.
"""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select

from services.projects.meetings.facts import MeetingConvened, MeetingKind
from services.projects.problems.views import TABLE
from shared.areas import AreaTree


def candidates(meeting: MeetingConvened, tree: AreaTree, today: date) -> Select[Any]:
    """The problems that the meeting takes, in order of project and day."""
    table = TABLE.c
    query = select(TABLE).where(
        table.region.in_(tree.covered_by(meeting.region)),
        or_(
            table.standing.in_(("waiting", "answered")),
            and_(table.standing == "decided", table.due_on < today),
        ),
    )
    if meeting.kinds:
        query = query.where(table.kind.in_(meeting.kinds))
    if meeting.kind == MeetingKind.DISPATCH:
        query = query.where(table.level == meeting.level)
    return query.order_by(table.project, table.due_on, table.problem)
