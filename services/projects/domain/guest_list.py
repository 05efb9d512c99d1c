"""Guest list (参会重点民营企业名单) of a signing ceremony: key firms that cities and Pingtan invite (PM-12, PM-18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.projects.domain.checks import not_in_future
from services.projects.domain.investor import InvestorCategory
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class FirmInvited:
    """A key firm is invited by a region. `firm` is an id of the region's choice."""

    ceremony: str
    firm: str
    name: str
    region: str
    on: date
    reported_by: str
    categories: tuple[InvestorCategory, ...] = ()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class InviteFirm:
    """Put a firm on the list."""

    ceremony: str
    firm: str
    name: str
    region: str
    on: date
    reported_by: str
    today: date
    categories: tuple[InvestorCategory, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerInvitation:
    """Say whether it comes; not coming has a reason."""

    ceremony: str
    firm: str
    attends: bool
    on: date
    reported_by: str
    today: date
    reason: str = ""


GuestListCommand = InviteFirm | AnswerInvitation


def decide(command: GuestListCommand, state: GuestList) -> Sequence[GuestListEvent]:
    """The events of a command, or Refused."""
    not_in_future(command.on, command.today)
    known = state.invitations.get(command.firm)
    match command:
        case InviteFirm():
            return _invited(command, known)
        case AnswerInvitation():
            if known is None:
                raise Refused(
                    f"{command.firm} is not on the list of {command.ceremony}.",
                    code="not-found",
                    status=404,
                    where="firm",
                    remedy="Invite it first, or check its id.",
                )
            return _answered(command, known)
        case _:
            assert_never(command)


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


def _invited(command: InviteFirm, known: Invitation | None) -> Sequence[FirmInvited]:
    """Whoever repeats it and when: the same firm of the same region is invited once."""
    event = FirmInvited(
        command.ceremony,
        command.firm,
        command.name,
        command.region,
        command.on,
        command.reported_by,
        command.categories,
    )
    if known is None:
        return [event]
    if replace(known.invited, on=event.on, reported_by=event.reported_by) == event:
        return []
    raise Refused(
        f"{command.firm} is on the list already, with another name, region or kind.",
        code="exists",
        status=409,
        where="firm",
        remedy="Use another id for another firm.",
    )


def _answered(command: AnswerInvitation, known: Invitation) -> Sequence[InvitationAnswered]:
    if not command.attends and not command.reason:
        raise Refused(
            "Why doesn't it come?", code="no-reason", where="reason", remedy="Say it in a few words."
        )
    before = known.answer
    if before is not None and (before.attends, before.reason) == (command.attends, command.reason):
        return []
    if command.on < known.invited.on:
        raise Refused(
            f"{command.on} is before the invitation of {known.invited.on}.",
            code="before-invitation",
            where="on",
        )
    return [
        InvitationAnswered(
            command.ceremony,
            command.firm,
            known.invited.region,
            command.attends,
            command.on,
            command.reported_by,
            command.reason,
        )
    ]
