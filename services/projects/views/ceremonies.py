"""Guest lists as answers."""

from services.projects.domain.guest_list import Invitation
from services.projects.models.ceremonies import InvitationView


def invitation_view(known: Invitation) -> InvitationView:
    """A firm on the guest list."""
    invited, answer = known.invited, known.answer
    return InvitationView(
        ceremony=invited.ceremony,
        firm=invited.firm,
        name=invited.name,
        region=invited.region,
        categories=list(invited.categories),
        invited_on=invited.on,
        attends=answer.attends if answer else None,
        answered_on=answer.on if answer else None,
        reason=answer.reason if answer else "",
    )
