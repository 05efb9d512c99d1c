"""Who may open a joint pre-review, give an opinion, conclude (PM-19): departments and lead are provincial offices."""

from services.projects.plan import reference
from services.projects.projects.commands import departments, kept, on_project
from services.projects.projects.facts import ProjectState
from services.projects.projects.pre_reviews.decisions import (
    ConcludePreReview,
    GiveOpinion,
    Opening,
    OpenPreReview,
)
from services.projects.projects.pre_reviews.rounds import ReviewRule
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden


async def open_round(at: At, command: OpenPreReview, state: ProjectState) -> Given:
    """The first round opens with the pre-report (预报); each later one after the lead has returned the project."""
    await kept(at, command.project, state)
    rule = await reference.parameters(at.conn, "pre_review", command.on or at.today, ReviewRule)
    return Opening(today=at.today, by=at.actor.subject, departments=await departments(at), rule=rule)


async def review(at: At, command: GiveOpinion | ConcludePreReview, state: ProjectState) -> Given:
    """By the provincial offices."""
    check_pre_review(at.actor)
    await kept(at, command.project, state)
    return await on_project(at)


def check_pre_review(actor: Actor) -> None:
    """The departments of the joint pre-review are the province's (PM-19). Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"Departments of the province pre-review projects; your role is {actor.role}.")
