"""A row about an existing project: the fields that it would change, and the commands that change them.

The commands are those of the API, with their checks and evidence. Fields that are empty in the sheet stay unchanged.
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
"""Fields of the import that belong to the first step, planned (策划), and their names in it."""


@dataclass(frozen=True, slots=True)
class Change:
    """The fields that a row would change; `apply` changes all or none of them, with the given reason."""

    fields: Fields
    apply: Callable[[str], Awaitable[None]]


async def of_project(batch: Batch, conn: AsyncConnection, call: Call, body: RegisterProject) -> Change | None:
    """What a row would change of the project with its id; None if the actor keeps no such project.

    Raises Refused for fields that can't be changed, and for unknown programmes and tags.
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
    """A run may only make the changes that the preview showed, and needs a reason. Raises Refused."""
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
    """The fields in which the row differs from the project. Raises Refused if the region differs."""
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
    """The value for comparison: C2822 and 2822 are the same industry."""
    return value[1:] if name == "industry" and value[:1].isalpha() else value


async def _kept(conn: AsyncConnection, call: Call, known: Project) -> bool:
    """Whether the actor may change the project; nobody else is shown its content."""
    tree = await reference.area_tree(conn)
    try:
        scope.check_project_write(call.actor, tree, known.registered.region)
    except Problem:
        return False
    return True
