"""A row about an existing project: the fields that it would change, and the commands that change them.

The commands are those of the API, with their checks and evidence. Fields that are empty in the sheet stay unchanged.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common.refusal import Refused
from services.projects.imports.batch import Batch
from services.projects.plan import reference
from services.projects.projects.decisions.commands import ChangeProject, RegisterProject
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import Project
from services.projects.projects.facts import stream as project_stream
from services.projects.projects.feature import FEATURE as PROJECTS
from services.projects.projects.stages.decisions.commands import CorrectStage
from services.projects.projects.stages.feature import FEATURE as STAGES
from shared.problems import Problem
from shared.rpc import Call

Fields = Mapping[str, tuple[Any, Any]]
"""Old and new value by field, of those that differ."""
_CORRECTION, _CHANGE = TypeAdapter(CorrectStage), TypeAdapter(ChangeProject)
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
    stream, named = project_stream(body.project), call.body.keys()
    known = await batch.known(stream, PROJECT)
    if not isinstance(known, Project) or not await _kept(conn, call, known):
        return None
    programmes, tags = await reference.counted_for(
        conn,
        body.programmes if "programmes" in named else known.registered.programmes,
        body.tags if "tags" in named else known.registered.tags,
    )
    fields = compared(known, body, named, programmes, tags)

    async def apply(reason: str) -> None:
        said = {"project": body.project, "reason": reason, "confirmed": body.confirmed}
        said |= {"reported_by": body.reported_by} if body.reported_by else {}
        content = {name: new for name, (_, new) in fields.items() if name not in _PLANNING}
        planning = {_PLANNING[name]: new for name, (_, new) in fields.items() if name in _PLANNING}
        with batch.whole(stream):
            if planning:
                step = _CORRECTION.validate_python(
                    {**said, **planning, "step": 1, "steps_version": known.steps_version}
                )
                await STAGES.carry_out(batch, call, step)
            if content:
                await PROJECTS.carry_out(batch, call, _CHANGE.validate_python({**said, **content}))

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
    known: Project,
    body: RegisterProject,
    named: Collection[str],
    programmes: tuple[str, ...],
    tags: tuple[str, ...],
) -> Fields:
    """The fields in which the row differs from the project; `named`: those that the row fills in.

    Raises Refused if the region differs.
    """
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
    said = {name: getattr(body, name) for name in (*_CONTENT, *_PLANNING) if name in named}
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
        access.check_project_write(call.actor, tree, known.registered.region)
    except Problem:
        return False
    return True
