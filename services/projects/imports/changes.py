"""A row about something that is known: what it would change, field by field, and the commands that do so.

The commands are those of the API, with their checks and their evidence; a field that the sheet leaves empty stays.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope
from services.projects.app import checks, projects
from services.projects.domain.project import Project
from services.projects.domain.refusal import Refused
from services.projects.events import PROJECT, project_stream
from services.projects.imports.batch import Batch
from services.projects.models.projects import ChangeProject, RegisterProject
from services.projects.models.steps import CorrectStage
from shared.problems import Problem
from shared.rpc import Call

Fields = Mapping[str, tuple[Any, Any]]
"""Old and new value by field, of those that differ."""
_CONTENT = (
    "name",
    "industry",
    "total_investment",
    "equipment_investment",
    "enterprise",
    "enterprise_name",
    "bank_loan",
)
_PLANNING = {"planned_on": "on", "evidence": "evidence"}
"""What the first step, planned (策划), says."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a row would change; `apply`, given the reason, does it, all or nothing."""

    fields: Fields
    apply: Callable[[str], Awaitable[None]]


async def of_project(batch: Batch, conn: AsyncConnection, call: Call, body: RegisterProject) -> Change | None:
    """What a row would change of the project of its id; None: there is none that the actor keeps.

    Raises Refused for what never changes, and for programmes and tags that nobody knows.
    """
    if body.project is None:
        return None
    stream = project_stream(body.project)
    known = await batch.known(stream, PROJECT)
    if not isinstance(known, Project) or not await _kept(conn, call, known):
        return None
    programmes, tags = await checks.counted_for(
        conn,
        body.programmes if "programmes" in body.model_fields_set else known.registered.programmes,
        body.tags if "tags" in body.model_fields_set else known.registered.tags,
    )
    fields = compared(known, body, programmes, tags)

    async def apply(reason: str) -> None:
        said = {"project": body.project, "reason": reason, "confirmed": body.confirmed}
        said |= {"reported_by": body.reported_by} if body.reported_by else {}
        content = {name: new for name, (_, new) in fields.items() if name not in _PLANNING}
        planning = {_PLANNING[name]: new for name, (_, new) in fields.items() if name in _PLANNING}
        with batch.whole(stream):
            if planning:
                step = CorrectStage.model_validate(
                    {**said, **planning, "step": 1, "steps_version": known.steps_version}
                )
                await projects.correct_stage(batch, call, step)
            if content:
                await projects.change_project(batch, call, ChangeProject.model_validate({**said, **content}))

    return Change(fields, apply)


def check_agreed(
    changes: Sequence[Mapping[str, str]], shown: Sequence[Mapping[str, str]], reason: str | None
) -> None:
    """What a run changes is what the preview showed, and somebody gave the reason. Raises Refused."""
    if list(changes) != list(shown):
        raise Refused(
            f"The row would change what the preview did not show: {_told(changes)}.",
            code="change-not-shown",
            status=409,
            remedy="It was registered or changed meanwhile: send the file again and look at its changes.",
        )
    if reason is None:
        raise Refused(
            f"The row would change what is known, and nobody has agreed: {_told(changes)}.",
            code="change-not-agreed",
            remedy="Run the import with the reason for its changes, or leave the row out.",
        )


def _told(changes: Sequence[Mapping[str, str]]) -> str:
    return "; ".join(f"{each['column']}: {each['old'] or '–'} → {each['new'] or '–'}" for each in changes)


def compared(
    known: Project, body: RegisterProject, programmes: tuple[str, ...], tags: tuple[str, ...]
) -> Fields:
    """What the row says otherwise than the project does. Raises Refused for another region."""
    registered = known.registered
    if body.region != registered.region:
        raise Refused(
            f"The project {body.project} lies in {registered.region}; a project's region never changes.",
            code="region-fixed",
            where="region",
            remedy="Check the project's id; if it was registered in the wrong region, terminate it there.",
        )
    first = known.steps[0]
    now = {
        **{name: getattr(registered, name) for name in _CONTENT},
        "programmes": sorted(registered.programmes),
        "tags": sorted(registered.tags),
        "planned_on": first.on,
        "evidence": first.evidence or None,
    }
    said = {name: getattr(body, name) for name in (*_CONTENT, *_PLANNING) if name in body.model_fields_set}
    said |= {"programmes": sorted(set(programmes)), "tags": sorted(set(tags))}
    return {
        name: (now[name], new)
        for name, new in said.items()
        if new is not None and _bare(name, new) != _bare(name, now[name])
    }


def _bare(name: str, value: Any) -> Any:
    """C2822 and 2822 are one industry."""
    return value[1:] if name == "industry" and value[:1].isalpha() else value


async def _kept(conn: AsyncConnection, call: Call, known: Project) -> bool:
    """Whether it is the actor's to change; what it says is shown to nobody else."""
    tree = await reference.area_tree(conn)
    try:
        scope.check_project_write(call.actor, tree, known.registered.region)
    except Problem:
        return False
    return True
