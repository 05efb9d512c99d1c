"""Commands on the guest lists of signing ceremonies."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain import guest_list
from services.projects.domain.guest_list import GuestListCommand
from services.projects.events import GUEST_LIST, guest_list_stream
from services.projects.models import ceremonies as models
from services.projects.views.ceremonies import invitation_view
from shared.problems import not_found
from shared.rpc import Call, Reply


async def invite(app: App, call: Call, body: models.InviteFirm) -> Reply:
    """A region invites a key firm (PM-18)."""
    today = app.today()

    async def command(conn: AsyncConnection) -> GuestListCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_project_write(call.actor, tree, body.region)
        return guest_list.InviteFirm(
            ceremony=body.ceremony,
            firm=body.firm,
            name=body.name,
            region=body.region,
            on=body.on or today,
            reported_by=body.reported_by or call.actor.subject,
            today=today,
            categories=tuple(sorted(set(body.categories))),
        )

    return await _run(app, call, body.ceremony, body.firm, command)


async def answer(app: App, call: Call, body: models.AnswerInvitation) -> Reply:
    """The firm's answer, by who invited it or is above."""
    today = app.today()

    async def command(conn: AsyncConnection) -> GuestListCommand:
        t = tables.invitation.c
        query = select(t.region).where(t.ceremony == body.ceremony, t.firm == body.firm)
        region = (await conn.execute(query)).scalar_one_or_none()
        tree = await reference.area_tree(conn)
        if region is None or not scope.may_see_project(call.actor, tree, region, None):
            raise not_found("invitation", body.firm)
        scope.check_project_write(call.actor, tree, region)
        return guest_list.AnswerInvitation(
            ceremony=body.ceremony,
            firm=body.firm,
            attends=body.attends,
            on=body.on or today,
            reported_by=body.reported_by or call.actor.subject,
            today=today,
            reason=body.reason,
        )

    return await _run(app, call, body.ceremony, body.firm, command)


async def _run(app: App, call: Call, ceremony: str, firm: str, command: Making[GuestListCommand]) -> Reply:
    def answered(state: guest_list.GuestList, events: Sequence[guest_list.GuestListEvent]) -> object:
        return invitation_view(state.invitations[firm]).model_dump(mode="json")

    return await app.run(call, guest_list_stream(ceremony), GUEST_LIST, command, answer=answered)
