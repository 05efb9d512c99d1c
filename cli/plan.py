"""`shengji plan check` and `shengji plan load`: a plan's folder judged, and sent to the services that own its parts."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import typer
from rich.console import Console

from cli.tokens import token_for
from clients.door import Door, DoorError
from deploy.local.attach import attach
from plans import skeleton
from plans.loader import Plan, load_folder, load_plan
from plans.source import PlanError

PLACES = (("assessment", ""), ("projects", "/duties"), ("energy", "/reference-data"))
_PUBLISHED = "assessment"


class PlanRefused(Exception):
    """Services that won't take their part, each with its reason; nothing was written."""

    def __init__(self, plan: str, refusals: Sequence[tuple[str, DoorError]]) -> None:
        self.refusals = tuple(refusals)
        told = "\n".join(f"{part}: {error}" for part, error in refusals)
        super().__init__(f"plan {plan!r} was not loaded, no part of it:\n{told}")


def find(name: str) -> Plan:
    """The plan of that name below plans/, or of the folder at that path. Raises PlanError with every fault."""
    folder = Path(name)
    return load_folder(folder) if folder.is_dir() else load_plan(name)


def check(name: str, console: Console) -> None:
    """Say whether a plan's folder can be loaded, and every fault with file, line and remedy. Exit 1 with faults."""
    try:
        plan = find(name)
    except PlanError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error
    parts = plan.parts()
    told = f"{len(plan.targets)} targets, {len(plan.regions)} regions, {len(plan.duties)} duties"
    console.print(f"[green]✓[/] {plan.code}: {told}; parts for {', '.join(parts)}")


def new(path: Path, province: str, year: int, console: Console) -> None:
    """Write a new plan's folder and say what to do next. Exit 1 where something stands in it, or for a wrong name."""
    if not (
        re.fullmatch(r"[1-9]\d0000", province)
        and re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", path.resolve().name)
    ):
        told = "a province's code has six digits and ends in 0000; a plan's id is of a to z, 0 to 9 and -"
        console.print(f"{path.name}, {province}: {told}. Nothing was written.", style="red", markup=False)
        raise typer.Exit(1)
    try:
        written = skeleton.write(path, province, year)
    except skeleton.Occupied as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    for each in written:
        console.print(f"[green]✓[/] {each}")
    console.print(f"Change what stands there, then: shengji plan check {path}", markup=False)


async def load(data: Path, name: str, reason: str | None, over: Sequence[str], console: Console) -> None:
    """Load a plan into the system that runs in `data`."""
    try:
        plan = find(name)
        system = attach(data)
        token = token_for(data, role="province", subject="plan-loader")
        async with Door(system.gateway, token) as door:
            answers = await load_through(door, plan, reason, over)
    except (PlanError, PlanRefused) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error
    for part, answer in answers:
        if isinstance(answer, DoorError):
            console.print(f"{plan.code}: {part} stays as it is. {answer}", style="yellow", markup=False)
            continue
        changed = ", ".join(answer.get("changed", [])) if isinstance(answer, dict) else ""
        console.print(f"[green]✓[/] {plan.code}: {part}{f' ({changed})' if changed else ''}")


async def load_through(
    door: Door, plan: Plan | str, reason: str | None = None, over: Sequence[str] = ()
) -> list[tuple[str, Any]]:
    """Ask every service whether it takes its part, then send the parts; (part, answer) each.

    Each part sent is the whole of it, so that the services end with the folder's content whatever they had before.
    The keys are new in every run: what a run before sent says nothing of what stands now. A fund or measure that is
    open with other content has a history of its own and stays as it is: its answer is the DoorError that says so.
    Raises PlanRefused before anything is written.
    """
    plan = load_plan(plan) if isinstance(plan, str) else plan
    run = uuid4().hex
    bodies = {part: _body(plan, part, reason, over) for part, _ in PLACES}
    refusals = []
    for part, suffix in PLACES:
        try:
            await door.post(f"/api/v1/plans/{plan.code}{suffix}/check", bodies[part])
        except DoorError as error:
            refusals.append((part, error))
    if refusals:
        raise PlanRefused(plan.code, refusals)
    answers = []
    for part, suffix in PLACES:
        path, key = f"/api/v1/plans/{plan.code}{suffix}", f"plan-{plan.code}-{part}-{run}"
        answers.append((part, await door.post(path, bodies[part], key=key)))
    for each in plan.openings():
        key = f"plan-{plan.code}-{each.id}-{run}"
        try:
            answers.append((each.id, await door.post(f"/api/v1{each.path}", each.body, key=key)))
        except DoorError as error:
            if error.status != 409:
                raise
            answers.append((each.id, error))
    return answers


def _body(plan: Plan, part: str, reason: str | None, over: Sequence[str]) -> dict[str, Any]:
    body = {key: value for key, value in plan.parts()[part].items() if key != "plan"}
    body |= {"replace": True, "over": list(over)}
    if reason and part == _PUBLISHED:
        body["reason"] = reason
    return body
