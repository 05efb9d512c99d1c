"""Projects as they stood on a day, by what is known today: read from the log.

The tables hold today's state, but a document describes its period even if it is drafted or corrected months later: a
step that was corrected since counts as corrected, and a step taken after the period does not count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.projects.stages.facts import Stage, Step, settle, status

# A change counts from its own day on, and a project from the day of its planning.
_CONTENT = text("""
    SELECT DISTINCT ON (stream) data ->> 'project' AS project, data ->> 'region' AS region,
           (data ->> 'total_investment')::numeric(18, 2) AS investment, data -> 'programmes' AS programmes
    FROM event
    WHERE type = 'ProjectRegistered' OR (type = 'ProjectChanged' AND (data ->> 'changed_on')::date <= :day)
    ORDER BY stream, version DESC
""")
_STEP = """
    SELECT type, data ->> 'project' AS project, data ->> 'stage' AS stage,
           coalesce(data ->> 'on', data ->> 'planned_on')::date AS on_day, (data ->> 'step')::int AS step
    FROM event WHERE type IN ('ProjectRegistered', 'ProjectStageReached', 'ProjectStageCorrected')
"""
_STEPS = text(f"{_STEP} ORDER BY position")
_STEPS_OF_A_REGISTER = text(f"""
    {_STEP} AND stream IN (
        SELECT 'project:' || project FROM project_register
        WHERE register = :register AND valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)
    )
    ORDER BY position
""")


@dataclass(frozen=True, slots=True)
class Projects:
    """How many projects of a region stood at a stage and carried a programme, and their investment, CNY (yuan)."""

    region: str
    stage: Stage
    programme: str
    projects: int
    investment: Decimal


async def stages_of_register(conn: AsyncConnection, register: str, day: date) -> dict[str, Stage]:
    """The stage on that day of each project that was in the register then."""
    found = await conn.execute(_STEPS_OF_A_REGISTER, {"register": register, "day": day})
    return stages_on(found.all(), day)


async def projects(conn: AsyncConnection, day: date) -> list[Projects]:
    """The projects known on the day, counted once for each programme that they carried (X-9)."""
    stages = stages_on((await conn.execute(_STEPS)).all(), day)
    counts: Counter[tuple[str, Stage, str]] = Counter()
    sums: dict[tuple[str, Stage, str], Decimal] = defaultdict(Decimal)
    for row in await conn.execute(_CONTENT, {"day": day}):
        stage = stages.get(row.project)
        if stage is None:
            continue
        for programme in row.programmes:
            counts[row.region, stage, programme] += 1
            sums[row.region, stage, programme] += row.investment
    return [Projects(*key, count, sums[key]) for key, count in sorted(counts.items())]


def stages_on(rows: Iterable[Any], day: date) -> dict[str, Stage]:
    """The stage of each project on the day, by its steps up to that day with corrections applied."""
    steps: dict[str, list[Step]] = {}
    for row in rows:
        known = steps.setdefault(row.project, [])
        if row.type == "ProjectStageCorrected":
            known[row.step - 1 : row.step] = [] if row.stage is None else [_step(row.stage, row.on_day)]
        else:
            known.append(_step(row.stage or Stage.PLANNED, row.on_day))
    taken = {project: [step for step in known if step.on <= day] for project, known in steps.items()}
    return {project: status(settle(known)) for project, known in taken.items() if known}


def _step(stage: str, on: date) -> Step:
    return Step(Stage(stage), on, "", "")
