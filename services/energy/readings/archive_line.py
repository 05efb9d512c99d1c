"""The archive's line: up to its moment readings lie in files, and nothing about them changes in the database.

Everything that reaches back asks here: a batch (its readings wait in quarantine), a verdict, a void, a change of a
meter, a release. An operation must lie wholly after the line or is refused: half of it would subtract contributions
that it can't see.
"""

from datetime import UTC, datetime

import asyncpg

from shared.clock import CHINA
from shared.problems import Problem

_LINE = "SELECT coalesce(max(until_t), 0) FROM reading_archive WHERE state IN ('closing', 'archived')"


async def archive_line(conn: "asyncpg.Connection[asyncpg.Record]") -> int:
    """The line in epoch seconds; 0: nothing is archived. It stands still while a partition is locked."""
    line: int = await conn.fetchval(_LINE)
    return line


def refuse_archived(line: int, t: int) -> None:
    """Raise Problem 409 for a change at t (epoch seconds) that lies in an archived month."""
    if t <= line:
        until = datetime.fromtimestamp(line, UTC).astimezone(CHINA)
        raise Problem(
            409,
            "archived",
            "Archived readings",
            f"Readings up to {until.isoformat()} are archived: nothing changes there. "
            f"{until:%Y-%m-%d} 及以前的数据已归档，不能更改。",
            where="at",
            remedy="Have the month restored first (docs/runbook.md, Archived months), then send this again.",
        )
