"""Who may put a project on a ceremony's signing list (PM-18), and audit it (PM-15)."""

from services.projects.projects.commands import kept, on_project
from services.projects.projects.facts import ProjectState
from services.projects.projects.signings.decisions import AuditSigning, RecommendSigning
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden


async def recommend(at: At, command: RecommendSigning, state: ProjectState) -> Given:
    """Only a project that passed the joint pre-review is recommended; a declined one may be again."""
    await kept(at, command.project, state)
    return await on_project(at)


async def audit(at: At, command: AuditSigning, state: ProjectState) -> Given:
    """Approved projects may sign on stage: the signing is then reported with the ceremony. Declining says why."""
    check_signing_audit(at.actor)
    await kept(at, command.project, state)
    return await on_project(at)


def check_signing_audit(actor: Actor) -> None:
    """The signing list is audited by the provincial office (PM-15). Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province audits the signing list; your role is {actor.role}.")
