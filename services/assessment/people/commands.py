"""The command on a person's access: only ops may revoke it."""

import time

from services.assessment.people.decisions import Now, RevokeAccess
from services.assessment.people.facts import Access
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden


async def revoke(at: At, command: RevokeAccess, state: Access) -> Now:
    """No token that was issued to this person before holds any longer (撤销访问), within a second, at every endpoint.

    Live streams end too. Whoever issues the tokens must be told as well, or gives out a new one.
    """
    check_ops(at.actor)
    return Now(today=at.today, by=at.actor.subject, moment=int(time.time()))


def check_ops(actor: Actor) -> None:
    """Raises Problem 403 for any role but ops."""
    if actor.role != "ops":
        raise forbidden(f"The directory of people is for ops; your role is {actor.role}.")
