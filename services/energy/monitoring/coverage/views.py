"""The verdicts as rows: what lists read, and what the watch judges on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text

from services.energy.common.tables import metadata
from services.energy.monitoring.coverage.facts import DayState, Judged
from shared.kept import Kept, only

TABLE = Table(
    "coverage_day",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("region", Text),
    Column("online", Boolean),
    Column("reason", Text),
    Column("version", Integer),
)


def row(state: Judged) -> Mapping[str, Any]:
    """One day of one key user."""
    return {
        "enterprise": state.enterprise,
        "day": state.day,
        "region": state.region,
        "online": state.online,
        "reason": state.reason,
        "version": state.version,
    }


KEPT: Kept[DayState, Judged] = Kept(TABLE, only(Judged), row)
