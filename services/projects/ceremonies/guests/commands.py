"""Who may invite a firm, and answer for it."""

from services.projects import access
from services.projects.ceremonies.guests.decisions import AnswerInvitation, InviteFirm
from services.projects.ceremonies.guests.facts import GuestList
from services.projects.common import checks
from services.projects.plan import reference
from shared.command import Given
from shared.feature import At
from shared.problems import not_found


async def invite(at: At, command: InviteFirm, state: GuestList) -> Given:
    """Each city and Pingtan name their key private firms (参会重点民营企业). The same again changes nothing."""
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    access.check_project_write(at.actor, tree, command.region)
    return at.given()


async def answer(at: At, command: AnswerInvitation, state: GuestList) -> Given:
    """The last answer holds; not coming has a reason."""
    tree = await reference.area_tree(at.conn)
    known = state.invitations.get(command.firm)
    if known is None or not access.may_see_project(at.actor, tree, known.invited.region, None):
        raise not_found("invitation", command.firm)
    access.check_project_write(at.actor, tree, known.invited.region)
    return at.given()
