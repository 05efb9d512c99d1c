"""Who may state what a project saves: what it should by who keeps it, what it was found to save by the province."""

from services.projects.projects.commands import kept, on_project
from services.projects.projects.energy_savings.decisions import ExpectEnergySaving, VerifyEnergySaving
from services.projects.projects.facts import ProjectState
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden


async def expect(at: At, command: ExpectEnergySaving, state: ProjectState) -> Given:
    """In tonnes of standard coal, with how it was computed. A later statement takes its place."""
    await kept(at, command.project, state)
    return await on_project(at)


async def verify(at: At, command: VerifyEnergySaving, state: ProjectState) -> Given:
    """By the province, of a project that runs: this is what the target of 80万吨 counts (EN-15b)."""
    await kept(at, command.project, state)
    check_saving_verification(at.actor)
    return await on_project(at)


def check_saving_verification(actor: Actor) -> None:
    """Only the province verifies savings, not the government that keeps the project (EN-15b). Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province has savings verified; your role is {actor.role}.")
