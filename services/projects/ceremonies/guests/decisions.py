"""Decisions on a guest list: invite a firm, record its answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, assert_never

from services.projects.ceremonies.guests.facts import (
    INITIAL,
    FirmInvited,
    GuestList,
    GuestListEvent,
    Invitation,
    InvitationAnswered,
    evolve,
)
from services.projects.common.asking import not_in_future
from services.projects.common.investor import InvestorCategory
from services.projects.common.refusal import Refused
from services.projects.common.values import (
    ID_PATTERN,
    Ceremony,
    DayOfIt,
    Note,
    RegionCode,
    ReportedBy,
    ShortText,
)
from shared.command import Given, command, decider
from shared.values import Many, Says, Text

FirmId = Annotated[
    str,
    Text(
        pattern=ID_PATTERN,
        description="firm, by an id of the inviting region's choice",
        example="FZ-HENGYI",
    ),
]


@command(
    example={
        "ceremony": "618-2013",
        "firm": "FZ-HENGYI",
        "name": "示例集团",
        "region": "350100",
        "categories": ["top_500_private"],
    }
)
class InviteFirm:
    """A key private firm (重点民营企业) is put on a ceremony's guest list."""

    ceremony: Ceremony
    firm: FirmId
    name: Annotated[ShortText, Says(description="name of the firm", example="示例集团")]
    region: Annotated[RegionCode, Says(description="who invites it: a city, Pingtan, or a county of theirs")]
    categories: Annotated[
        tuple[InvestorCategory, ...],
        Many(max_length=7, description="what it is known as (PM-8)", example=["top_500_private"]),
    ] = ()
    on: DayOfIt = None
    reported_by: ReportedBy = None


@command(example={"ceremony": "618-2013", "firm": "FZ-HENGYI", "attends": True})
class AnswerInvitation:
    """A firm comes, or not. The last answer holds."""

    ceremony: Ceremony
    firm: FirmId
    attends: Annotated[bool, Says(description="whether it comes", example=True)]
    reason: Annotated[Note, Says(description="why not")] = ""
    on: DayOfIt = None
    reported_by: ReportedBy = None


GuestListCommand = InviteFirm | AnswerInvitation


def decide(command: GuestListCommand, state: GuestList, given: Given) -> Sequence[GuestListEvent]:
    """The events of a command, or Refused."""
    not_in_future(command.on or given.today, given.today)
    known = state.invitations.get(command.firm)
    match command:
        case InviteFirm():
            return _invited(command, known, given)
        case AnswerInvitation():
            if known is None:
                raise Refused(
                    f"{command.firm} is not on the list of {command.ceremony}.",
                    code="not-found",
                    status=404,
                    where="firm",
                    remedy="Invite it first, or check its id.",
                )
            return _answered(command, known, given)
        case _:
            assert_never(command)


GUEST_LIST = decider(INITIAL, decide, evolve)


def _invited(command: InviteFirm, known: Invitation | None, given: Given) -> Sequence[FirmInvited]:
    """A repeated invitation of the same firm and region changes nothing, whoever sends it and when."""
    event = FirmInvited(
        ceremony=command.ceremony,
        firm=command.firm,
        name=command.name,
        region=command.region,
        on=command.on or given.today,
        reported_by=command.reported_by or given.by,
        categories=tuple(sorted(set(command.categories))),
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


def _answered(command: AnswerInvitation, known: Invitation, given: Given) -> Sequence[InvitationAnswered]:
    if not command.attends and not command.reason:
        raise Refused(
            "Why doesn't it come?", code="no-reason", where="reason", remedy="Say it in a few words."
        )
    before, on = known.answer, command.on or given.today
    if before is not None and (before.attends, before.reason) == (command.attends, command.reason):
        return []
    if on < known.invited.on:
        raise Refused(
            f"{on} is before the invitation of {known.invited.on}.", code="before-invitation", where="on"
        )
    return [
        InvitationAnswered(
            ceremony=command.ceremony,
            firm=command.firm,
            region=known.invited.region,
            attends=command.attends,
            on=on,
            reported_by=command.reported_by or given.by,
            reason=command.reason,
        )
    ]
