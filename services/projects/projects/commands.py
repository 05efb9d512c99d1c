"""Who may register a project and change what is known of it, and what both are judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from services.projects import access
from services.projects.common import checks
from services.projects.common.investor import Investor
from services.projects.common.refusal import Refused
from services.projects.plan import reference
from services.projects.projects.decisions.commands import (
    ChangeProject,
    Changing,
    InvestorIn,
    Registering,
    RegisterProject,
)
from services.projects.projects.facts import Project, ProjectState
from services.projects.projects.given import OnProject
from services.projects.projects.reserve import rules as library
from services.projects.projects.views import TABLE
from shared.command import Given
from shared.feature import At
from shared.problems import forbidden, not_found
from shared.rpc import Call


@dataclass(frozen=True, slots=True)
class EasternProvinces:
    """The rule `eastern_provinces`: GB/T 2260 codes of the focus region (东部11省市)."""

    provinces: tuple[str, ...]


def named(command: RegisterProject, call: Call) -> RegisterProject:
    """With an id: the one that was chosen, or one that is made of the caller's key."""
    return replace(command, project=command.project or checks.made_id("P", call))


async def register(at: At, command: RegisterProject, state: ProjectState) -> Given:
    """A project (项目) becomes known: region, enterprise, industry, investment, registers with dates, tags, investor.

    The equipment investment is part of the total. What it went through before comes along as its history.
    The same content again changes nothing; other content
    under the same id is refused.
    """
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    access.check_project_write(at.actor, tree, command.region)
    checks.check_industry(command.industry, at.today)
    levels = await reference.register_levels(at.conn)
    for member in command.registers:
        check_register(at.call, levels, member.register)
        await library.check_threshold(at.conn, member.register, command.total_investment, member.valid_from)
    programmes, tags = await reference.counted_for(at.conn, command.programmes, command.tags)
    if command.project == checks.made_id("P", at.call) and not command.confirmed:
        await _ask_about_a_twin(at, command)
    return Registering(
        today=at.today,
        by=at.actor.subject,
        departments=await departments(at),
        care=await reference.amount_care(at.conn, at.today),
        programmes=programmes,
        tags=tags,
        investor=await _investor(at, command.investor),
    )


async def change(at: At, command: ChangeProject, state: ProjectState) -> Given:
    """Name, amounts, programmes, tags, investor. Given the `version` you saw, a change meanwhile is refused (409)
    with both versions of the fields that you would change.
    """
    known = (await kept(at, command.project, state)).registered
    if command.industry is not None:
        checks.check_industry(command.industry, at.today)
    programmes: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    if command.programmes is not None or command.tags is not None:
        programmes, tags = await reference.counted_for(
            at.conn,
            command.programmes or known.programmes,
            known.tags if command.tags is None else command.tags,
        )
    return Changing(
        today=at.today,
        by=at.actor.subject,
        departments=await departments(at),
        care=await reference.amount_care(at.conn, at.today),
        programmes=programmes,
        tags=tags,
        investor=await _investor(at, command.investor),
    )


async def kept(at: At, project: str, state: ProjectState) -> Project:
    """The project, if it is the actor's to change. Raises Problem 404 if it is unknown to the actor, or 403."""
    tree = await reference.area_tree(at.conn)
    if not isinstance(state, Project) or not access.may_see_project(
        at.actor, tree, state.registered.region, None
    ):
        raise not_found("project", project)
    access.check_project_write(at.actor, tree, state.registered.region)
    return state


async def departments(at: At) -> Mapping[str, str]:
    """The department of each kind of investor, for the answer (PM-17)."""
    return await reference.departments(at.conn, at.today)


async def on_project(at: At) -> OnProject:
    """What is given to a command that needs nothing more."""
    return OnProject(today=at.today, by=at.actor.subject, departments=await departments(at))


async def _ask_about_a_twin(at: At, command: RegisterProject) -> None:
    """Raises Refused if a known project says the same as this one without an id: was it sent twice?"""
    t = TABLE.c
    twin = select(t.project, t.registered_on).where(
        t.region == command.region,
        t.name == command.name,
        t.industry == command.industry,
        t.total_investment == command.total_investment,
        t.enterprise.is_not_distinct_from(command.enterprise),
    )
    await checks.ask_about_a_twin(at.conn, "project", f"{command.name} in {command.region}", twin)


async def _investor(at: At, said: InvestorIn | None) -> Investor | None:
    """The investor, with the eastern provinces marked by the rule in force today (PM-7)."""
    if said is None:
        return None
    rule = await reference.parameters(at.conn, "eastern_provinces", at.today, EasternProvinces)
    return Investor(
        kind=said.kind,
        name=said.name,
        categories=tuple(sorted(set(said.categories))),
        origin=said.origin,
        eastern=said.origin in rule.provinces,
    )


def check_register(call: Call, levels: dict[str, str], register: str) -> None:
    """The register exists, and is kept at the actor's level or one below: no city adds to the province's list (X-22).

    Raises Refused, or Problem 403.
    """
    if register not in levels:
        raise Refused(
            f"There is no register {register!r}.",
            code="unknown-register",
            where="register",
            remedy=f"Known: {', '.join(sorted(levels)) or 'none, load the plan first'}.",
        )
    level = levels[register]
    if access.RANK.get(call.actor.role, 9) > access.RANK.get(level, 0):
        raise forbidden(
            f"The register {register} is kept at the level {level}; your role is {call.actor.role}."
        )
