"""Who may state what a project saves: what it should by who keeps it, what it was found to save by the province."""

from services.projects import scope
from services.projects.projects.commands import kept, on_project
from services.projects.projects.energy_savings.decisions import ExpectEnergySaving, VerifyEnergySaving
from services.projects.projects.facts import ProjectState
from shared.command import Given
from shared.feature import At


async def expect(at: At, command: ExpectEnergySaving, state: ProjectState) -> Given:
    """In tonnes of standard coal, with how it was computed. A later statement takes its place."""
    await kept(at, command.project, state)
    return await on_project(at)


async def verify(at: At, command: VerifyEnergySaving, state: ProjectState) -> Given:
    """By the province, of a project that runs: this is what the target of 80万吨 counts (EN-15b)."""
    await kept(at, command.project, state)
    scope.check_saving_verification(at.actor)
    return await on_project(at)
