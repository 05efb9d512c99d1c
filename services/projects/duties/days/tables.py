"""The table of days set by operators; the calendar combines them with the plan's days."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Date, Table, Text

from services.projects.common.tables import metadata
from services.projects.duties.days.facts import DutyDays, DutyDaySet
from shared.kept import Kept

TABLE = Table(
    "duty_day",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("duty", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("due_on", Date),
)


def row(day: DutyDaySet) -> Mapping[str, Any]:
    """A day as the calendar reads it."""
    return {"plan": day.plan, "duty": day.duty, "period": day.period, "due_on": day.due_on}


KEPT: Kept[DutyDays, DutyDaySet] = Kept(TABLE, lambda state: state.days, row)
