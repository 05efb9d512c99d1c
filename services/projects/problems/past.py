"""Problems as they stood on a day, read from the log: the table holds how they stand today."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_PROBLEMS = text("""
    SELECT type, data ->> 'problem' AS problem, data ->> 'kind' AS kind, data ->> 'cause' AS cause,
           coalesce(data ->> 'to_level', data ->> 'level') AS level
    FROM event
    WHERE type IN ('ProblemRaised', 'ProblemEscalated', 'ProblemClosed', 'ProblemReopened')
      AND coalesce(data ->> 'on', data ->> 'raised_on')::date <= :day
    ORDER BY position
""")


@dataclass(frozen=True, slots=True)
class OpenProblems:
    """How many problems of a kind were open at a level, and how many of them were major (重大问题)."""

    level: str
    kind: str
    open: int
    major: int


async def problems(conn: AsyncConnection, day: date) -> list[OpenProblems]:
    """The problems that were open on the day, by level and kind."""
    return open_on((await conn.execute(_PROBLEMS, {"day": day})).all())


def open_on(rows: Iterable[Any]) -> list[OpenProblems]:
    """The problems that are still open after these facts, given in order."""
    known: dict[str, tuple[str, str, bool, bool]] = {}
    for row in rows:
        kind, level, major, _ = known.get(row.problem, (row.kind, row.level, False, True))
        if row.type == "ProblemEscalated":
            level, major = row.level, major or row.cause == "major"
        known[row.problem] = (kind, level, major, row.type != "ProblemClosed")
    open_, major_ = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for kind, level, major, is_open in known.values():
        if is_open:
            open_[level, kind] += 1
            major_[level, kind] += major
    return [OpenProblems(*key, count, major_[key]) for key, count in sorted(open_.items())]
