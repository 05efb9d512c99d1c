"""Invitations as answers, and as rows of the guest list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field

from services.projects.ceremonies.guests.decisions import GuestListCommand
from services.projects.ceremonies.guests.facts import GuestList, Invitation
from services.projects.common.investor import InvestorCategory
from services.projects.common.models import Answer
from services.projects.common.tables import metadata
from shared.feature import Done
from shared.kept import Kept
from shared.table_of import table_of


class InvitationView(Answer):
    """A firm on the guest list."""

    ceremony: str
    firm: str
    name: str
    region: str
    categories: list[InvestorCategory]
    invited_on: date
    attends: bool | None = Field(description="null: nothing was heard")
    answered_on: date | None
    reason: str = Field(description="why it doesn't come")


TABLE = table_of("invitation", metadata, InvitationView, key=("ceremony", "firm"))


def row(known: Invitation) -> Mapping[str, Any]:
    """An invitation as it stands in the list."""
    invited, answer = known.invited, known.answer
    return {
        "ceremony": invited.ceremony,
        "firm": invited.firm,
        "name": invited.name,
        "region": invited.region,
        "categories": list(invited.categories),
        "invited_on": invited.on,
        "attends": answer.attends if answer else None,
        "answered_on": answer.on if answer else None,
        "reason": answer.reason if answer else "",
    }


KEPT: Kept[GuestList, Invitation] = Kept(TABLE, lambda state: state.invitations, row)


def answer(done: Done[GuestList, GuestListCommand]) -> InvitationView:
    """The answer to every command on a guest list: the firm's entry."""
    return InvitationView(**row(done.state.invitations[done.command.firm]))
