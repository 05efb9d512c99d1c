"""Who may put a project into a register and take it out: by the register's level (X-22)."""

from services.projects.plan import reference
from services.projects.projects.commands import check_register, kept, on_project
from services.projects.projects.facts import ProjectState
from services.projects.projects.registers.decisions import JoinRegister, LeaveRegister
from services.projects.projects.reserve import rules as library
from shared.command import Given
from shared.feature import At


async def join(at: At, command: JoinRegister, state: ProjectState) -> Given:
    """A register (名录) is kept at its own level or above: the provincial ones by the province (X-22)."""
    project = await kept(at, command.project, state)
    check_register(at.call, await reference.register_levels(at.conn), command.register)
    total = project.registered.total_investment
    await library.check_threshold(at.conn, command.register, total, command.on)
    return await on_project(at)


async def leave(at: At, command: LeaveRegister, state: ProjectState) -> Given:
    """With its last day in the register and the reason; it may join again later."""
    await kept(at, command.project, state)
    check_register(at.call, await reference.register_levels(at.conn), command.register)
    return await on_project(at)
