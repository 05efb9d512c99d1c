"""Who may look at a stay in the reserve library and screen a project, and by which rules."""

from services.projects.plan import reference
from services.projects.projects.commands import check_register, departments, kept
from services.projects.projects.facts import ProjectState
from services.projects.projects.reserve import rules
from services.projects.projects.reserve.decisions import (
    ByLibrary,
    Screening,
    ScreenProject,
    UpdateReserve,
)
from services.projects.projects.reserve.facts import Action
from shared.command import Given
from shared.feature import At


async def update(at: At, command: UpdateReserve, state: ProjectState) -> Given:
    """The quarterly update (按季度更新, TR-18): confirmed, changed, dropped from its tier, promoted to the next.

    A promoted project stays in its own tier too. One that has come under the library's size can only be dropped.
    """
    await kept(at, command.project, state)
    rule = await rules.library(at.conn, command.on or at.today)
    levels = await reference.register_levels(at.conn)
    if command.register in rule.registers:  # to drop or promote needs the right to the tier left or joined
        if command.action is Action.DROPPED:
            check_register(at.call, levels, command.register)
        elif command.action is Action.PROMOTED and (above := rule.above(command.register)):
            check_register(at.call, levels, above)
    return ByLibrary(today=at.today, by=at.actor.subject, departments=await departments(at), rule=rule)


async def screen(at: At, command: ScreenProject, state: ProjectState) -> Given:
    """Each criterion with its answer and what shows it (筛选, TR-13); met all of them, it is recommended."""
    await kept(at, command.project, state)
    rule = await rules.screening(at.conn, command.scheme, command.on or at.today)
    return Screening(today=at.today, by=at.actor.subject, departments=await departments(at), rule=rule)
