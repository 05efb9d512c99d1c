"""Operations on signing ceremonies as a whole: PM-12, PM-15, PM-18."""

from services.projects.api.base import Serving, ops
from services.projects.app import ceremonies
from services.projects.models import ceremonies as models
from services.projects.queries import ceremonies as queries
from shared.rpc import Call, Reply


@ops.command(
    "invite-firm",
    request=models.InviteFirm,
    response=models.InvitationView,
    summary="Invite a key firm to a ceremony",
)
async def invite_firm(call: Call, body: models.InviteFirm) -> Reply:
    """Each city and Pingtan name their key private firms (参会重点民营企业). The same again changes nothing."""
    return await ceremonies.invite(Serving.app, call, body)


@ops.command(
    "answer-invitation",
    request=models.AnswerInvitation,
    response=models.InvitationView,
    summary="Say whether an invited firm comes",
)
async def answer_invitation(call: Call, body: models.AnswerInvitation) -> Reply:
    """The last answer holds; not coming has a reason."""
    return await ceremonies.answer(Serving.app, call, body)


@ops.query(
    "list-invitations",
    request=models.ListInvitations,
    response=models.InvitationPage,
    summary="The guest list of a ceremony",
)
async def list_invitations(call: Call, body: models.ListInvitations) -> models.InvitationPage:
    """Each firm with who invited it and whether it comes, and how many there are."""
    return await queries.list_invitations(Serving.app, call, body)


@ops.query(
    "summarise-ceremony",
    request=models.SummariseCeremony,
    response=models.CeremonySummary,
    summary="How a ceremony stands, reporter by reporter",
)
async def summarise_ceremony(call: Call, body: models.SummariseCeremony) -> models.CeremonySummary:
    """Signing projects and invited firms of nine cities and Pingtan, and the year's contracts and starts (PM-15)."""
    return await queries.summarise(Serving.app, call, body)
