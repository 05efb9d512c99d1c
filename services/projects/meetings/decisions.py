"""Decisions on meetings: convene, fix the agenda, conclude."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from services.projects.common.refusal import Refused
from services.projects.common.values import (
    Evidence,
    MeetingId,
    ProblemId,
    RegionCode,
    ReportedBy,
    SeenVersion,
    ShortText,
)
from services.projects.meetings.facts import (
    INITIAL,
    AgendaItem,
    Concluded,
    Convened,
    MeetingAgendaFixed,
    MeetingConcluded,
    MeetingConvened,
    MeetingEvent,
    MeetingKind,
    MeetingState,
    NotConvened,
    evolve,
)
from services.projects.problems.facts import Level, ProblemKind
from shared.command import Given, command, decider
from shared.values import Many, Says

_ID = {"meeting": "2013-04-dispatch"}


@command(
    example={
        **_ID,
        "kind": "dispatch",
        "name": "二季度项目调度会",
        "region": "350000",
        "held_on": "2013-04-10",
    }
)
class ConveneMeeting:
    """A meeting is called."""

    meeting: Annotated[
        MeetingId | None,
        Says(description="id of your choice; without it one is made from the Idempotency-Key"),
    ] = None
    kind: Annotated[
        MeetingKind,
        Says(
            description="dispatch 项目调度会: problems of its own level; "
            "starts 集中开工投产项目推进会: problems of every level"
        ),
    ]
    name: Annotated[ShortText, Says(description="name", example="二季度项目调度会")]
    region: Annotated[RegionCode, Says(description="province or city that calls it")]
    held_on: Annotated[date, Says(description="the day of the meeting")]
    kinds: Annotated[
        tuple[ProblemKind, ...],
        Many(
            max_length=20,
            description="kinds of problems that it takes; none: every kind, for starts land, environment and funds",
        ),
    ] = ()
    confirmed: Annotated[
        bool,
        Says(description="true: another one than the meeting that is asked about, although it says the same"),
    ] = False
    reported_by: ReportedBy = None


@command(example={**_ID, "problems": ["FZ-2013-017.1"]})
class FixAgenda:
    """The problems that the meeting takes."""

    meeting: MeetingId
    version: SeenVersion = None
    problems: Annotated[
        Annotated[tuple[ProblemId, ...], Many(max_length=2000)] | None,
        Says(description="these; null: all that are its to take today"),
    ] = None


@command(example={**_ID, "evidence": "闽经贸纪要〔2013〕3号"})
class ConcludeMeeting:
    """The meeting is over."""

    meeting: MeetingId
    version: SeenVersion = None
    evidence: Evidence


MeetingCommand = ConveneMeeting | FixAgenda | ConcludeMeeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling(Given):
    """What convening needs: the meeting's id, the level of its region, and the kinds of problem that it takes."""

    meeting: str
    level: Level
    kinds: tuple[ProblemKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Given):
    """What fixing the agenda needs: the problems that it takes."""

    items: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Given):
    """What concluding needs: the problems that the meeting decided, according to the problems' own streams."""

    problems: frozenset[str]


def decide(command: MeetingCommand, state: MeetingState, given: Given) -> Sequence[MeetingEvent]:
    """The events of a command, or Refused."""
    match (command, state, given):
        case (ConveneMeeting(), NotConvened(), Calling()):
            return [_convened(command, given)]
        case (ConveneMeeting(), Convened() | Concluded(), Calling()):
            return _convened_again(command, state, given)
        case (FixAgenda(), Convened(), Taken()):
            return _fixed(command, state, given)
        case (ConcludeMeeting(), Convened(convened, items), Decided()) if items is not None:
            return [_concluded(command, convened, items, given)]
        case (ConcludeMeeting(), Concluded(), _) if state.concluded.evidence == command.evidence:
            return []
        case (FixAgenda() | ConcludeMeeting(), NotConvened(), _):
            raise Refused(
                f"There is no meeting {command.meeting!r}.",
                code="not-found",
                status=404,
                where="meeting",
                remedy="Convene it first, or check its id.",
            )
        case (FixAgenda() | ConcludeMeeting(), Concluded(concluded=over), _):
            raise Refused(
                f"The meeting was concluded on {over.on} ({over.evidence}): {over.decided} of its problems decided, "
                f"{len(over.left)} left.",
                code="wrong-state",
                status=409,
                where="meeting",
                remedy="Convene another one for what it left.",
            )
        case (ConcludeMeeting(), Convened(), _):
            raise Refused(
                f"{type(command).__name__} doesn't fit: the meeting is without an agenda.",
                code="wrong-state",
                status=409,
                where="meeting",
                remedy="Fix its agenda first.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} isn't decided on {type(given).__name__}")


MEETING = decider(INITIAL, decide, evolve)


def _convened(command: ConveneMeeting, given: Calling) -> MeetingConvened:
    if command.held_on < given.today:
        raise Refused(
            f"{command.held_on} is over; today is {given.today}.",
            code="past-date",
            where="held_on",
            remedy="Convene it for today or a day to come.",
        )
    return MeetingConvened(
        meeting=given.meeting,
        kind=command.kind,
        name=command.name,
        region=command.region,
        level=given.level,
        held_on=command.held_on,
        kinds=_sorted(given),
        convened_on=given.today,
        convened_by=command.reported_by or given.by,
    )


def _convened_again(
    command: ConveneMeeting, state: Convened | Concluded, given: Calling
) -> Sequence[MeetingEvent]:
    known = state.convened
    again = (command.kind, command.name, command.region, command.held_on, _sorted(given))
    if again == (known.kind, known.name, known.region, known.held_on, known.kinds):
        return []
    raise Refused(
        f"A meeting {given.meeting!r} is convened already, with other content.",
        code="exists",
        status=409,
        where="meeting",
        remedy="Another meeting needs an id of its own.",
    )


def _sorted(given: Calling) -> tuple[ProblemKind, ...]:
    return tuple(sorted(set(given.kinds)))


def _fixed(command: FixAgenda, state: Convened, given: Taken) -> Sequence[MeetingEvent]:
    if given.items == state.items:
        return []
    if not given.items:
        raise Refused(
            "There is no problem for this agenda.",
            code="empty-agenda",
            where="problems",
            remedy="Escalate problems to the meeting's level, or name them.",
        )
    return [
        MeetingAgendaFixed(
            meeting=command.meeting,
            region=state.convened.region,
            items=given.items,
            projects=len({item.project for item in given.items}),
            on=given.today,
        )
    ]


def _concluded(
    command: ConcludeMeeting, convened: MeetingConvened, items: tuple[AgendaItem, ...], given: Decided
) -> MeetingConcluded:
    if given.today < convened.held_on:
        raise Refused(
            f"The meeting is held on {convened.held_on}; today is {given.today}.",
            code="future-date",
            where="meeting",
            remedy="Conclude it when it has been held.",
        )
    left = tuple(item.problem for item in items if item.problem not in given.problems)
    return MeetingConcluded(
        meeting=command.meeting,
        region=convened.region,
        held_on=convened.held_on,
        decided=len(items) - len(left),
        left=left,
        evidence=command.evidence,
        on=given.today,
    )
