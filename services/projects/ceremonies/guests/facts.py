"""What is known of a guest list: whom a region invited, and whether they come."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.projects.common.investor import InvestorCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmInvited:
    """A key firm is invited by a region. `firm` is an id of the region's choice."""

    ceremony: str
    firm: str
    name: str
    region: str
    on: date
    reported_by: str
    categories: tuple[InvestorCategory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAnswered:
    """It will come, or not; the last answer holds."""

    ceremony: str
    firm: str
    region: str
    attends: bool
    on: date
    reported_by: str
    reason: str = ""


GuestListEvent = FirmInvited | InvitationAnswered


@dataclass(frozen=True, slots=True)
class Invitation:
    """A firm's invitation; `answer` None: nothing was heard."""

    invited: FirmInvited
    answer: InvitationAnswered | None = None


@dataclass(frozen=True, slots=True)
class GuestList:
    """The invitations of a ceremony by firm."""

    invitations: Mapping[str, Invitation] = field(default_factory=dict)


INITIAL = GuestList()


def stream(ceremony: str) -> str:
    """The stream of the firms invited to one ceremony."""
    return f"guests:{ceremony}"


def evolve(state: GuestList, event: GuestListEvent) -> GuestList:
    """The state after a stored fact."""
    match event:
        case FirmInvited():
            return GuestList({**state.invitations, event.firm: Invitation(event)})
        case InvitationAnswered():
            known = replace(state.invitations[event.firm], answer=event)
            return GuestList({**state.invitations, event.firm: known})
        case _:
            assert_never(event)
