"""Match (对接): a need and an offer brought together, from the introduction to a result or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never

from services.projects.domain.matching.listing import MeetingPoint
from services.projects.domain.matching.scoring import Score
from services.projects.domain.refusal import Refused

DeclinedBy = Literal["need", "offer", "office"]
"""Who said no: one of the two sides, or the office that keeps the need."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Which two, at which meeting point. `region` is that of the need: the match counts there."""

    need: str
    offer: str
    meeting: MeetingPoint
    region: str


@dataclass(frozen=True, slots=True)
class Revisions:
    """What the two listings said: a later revision of either is news (新情况)."""

    need: int
    offer: int


@dataclass(frozen=True, slots=True)
class MatchIntroduced:
    """The two sides were brought together (撮合), with the score of the day and its reasons."""

    pair: Pair
    revisions: Revisions
    score: Score
    introduced_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class MatchNegotiationStarted:
    """They talk (洽谈)."""

    pair: Pair
    started_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class MatchConcluded:
    """They agreed (对接成功). `amount` in CNY (yuan) as the evidence says; None where none was agreed."""

    pair: Pair
    concluded_on: date
    evidence: str
    amount: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MatchDeclined:
    """One of them said no (未成). Not suggested again until one of the two listings is revised."""

    pair: Pair
    revisions: Revisions
    by: DeclinedBy
    reason: str
    declined_on: date


@dataclass(frozen=True, slots=True)
class MatchReopened:
    """A result that did not hold was taken back: what counted on `concluded_on` counts no more."""

    pair: Pair
    reason: str
    reopened_on: date
    concluded_on: date
    amount: Decimal | None = None


MatchEvent = MatchIntroduced | MatchNegotiationStarted | MatchConcluded | MatchDeclined | MatchReopened


@dataclass(frozen=True, slots=True)
class Apart:
    """The pair has no history yet."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """Brought together."""

    introduced: MatchIntroduced
    since: date


@dataclass(frozen=True, slots=True)
class Negotiating:
    """In talks; `reopened` says why, when they had agreed before."""

    introduced: MatchIntroduced
    since: date
    reopened: str = ""


@dataclass(frozen=True, slots=True)
class Concluded:
    """Agreed."""

    introduced: MatchIntroduced
    since: date
    evidence: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Declined:
    """Said no. `introduced` None: a suggestion was declined before anybody was brought together."""

    pair: Pair
    introduced: MatchIntroduced | None
    since: date
    by: DeclinedBy
    reason: str
    revisions: Revisions


MatchState = Apart | Introduced | Negotiating | Concluded | Declined
INITIAL: MatchState = Apart()


@dataclass(frozen=True, slots=True)
class Introduce:
    """Bring the two together. `excluded` says in words why they must not be;"""

    pair: Pair
    revisions: Revisions
    score: Score
    excluded: tuple[str, ...]
    on: date
    today: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class StartNegotiation:
    """They have begun to talk."""

    pair: Pair
    on: date
    today: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conclude:
    """They have agreed."""

    pair: Pair
    on: date
    today: date
    evidence: str
    amount: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decline:
    """One of them says no, to an introduction or already to a suggestion."""

    pair: Pair
    revisions: Revisions
    by: DeclinedBy
    reason: str
    on: date
    today: date


@dataclass(frozen=True, slots=True)
class Reopen:
    """What was agreed did not hold."""

    pair: Pair
    reason: str
    on: date
    today: date


MatchCommand = Introduce | StartNegotiation | Conclude | Decline | Reopen


def decide(command: MatchCommand, state: MatchState) -> Sequence[MatchEvent]:
    """The events of a command, or Refused."""
    _check_day(command, state)
    match (command, state):
        case (Introduce(), Apart() | Declined()):
            return [_introduced(command, state)]
        case (Introduce(), Introduced() | Negotiating() | Concluded()):
            return []
        case (StartNegotiation(), Introduced()):
            return [MatchNegotiationStarted(command.pair, command.on, command.note)]
        case (StartNegotiation(), Negotiating()):
            return []
        case (Conclude(), Introduced() | Negotiating()):
            return [_concluded(command)]
        case (Conclude(), Concluded()) if (command.evidence, command.amount) == (
            state.evidence,
            state.amount,
        ):
            return []
        case (Decline(), Apart() | Introduced() | Negotiating()):
            return [MatchDeclined(command.pair, command.revisions, command.by, command.reason, command.on)]
        case (Decline(), Declined()) if command.revisions == state.revisions:
            return []
        case (Decline(), Declined()):  # suggested again after a revision
            return [MatchDeclined(command.pair, command.revisions, command.by, command.reason, command.on)]
        case (Reopen(), Concluded()):
            return [MatchReopened(command.pair, command.reason, command.on, state.since, state.amount)]
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: {_WHAT_FITS[type(state)]}",
                code="match-step",
                status=409,
                where="step",
            )


def evolve(state: MatchState, event: MatchEvent) -> MatchState:
    """The state after a stored fact."""
    match event:
        case MatchIntroduced():
            return Introduced(event, event.introduced_on)
        case MatchNegotiationStarted():
            return Negotiating(_introduction(state), event.started_on)
        case MatchConcluded():
            return Concluded(_introduction(state), event.concluded_on, event.evidence, event.amount)
        case MatchDeclined():
            introduced = None if isinstance(state, Apart) else state.introduced
            return Declined(
                event.pair, introduced, event.declined_on, event.by, event.reason, event.revisions
            )
        case MatchReopened():
            return Negotiating(_introduction(state), event.reopened_on, event.reason)
        case _:
            assert_never(event)


_WHAT_FITS: dict[type, str] = {
    Apart: "the two have not been introduced; introduce or decline them.",
    Introduced: "they are introduced; they may negotiate, conclude or decline.",
    Negotiating: "they negotiate; they may conclude or decline.",
    Concluded: "they have agreed; if that did not hold, reopen it with the reason.",
    Declined: "it was declined; introduce them again when there is news.",
}


def _introduced(command: Introduce, state: Apart | Declined) -> MatchIntroduced:
    if command.excluded:
        raise Refused(
            f"{command.pair.need} and {command.pair.offer} exclude each other: "
            f"{'; '.join(command.excluded)}.",
            code="excluded",
            where="offer",
            remedy="If that no longer holds, revise the listing that says so.",
        )
    if isinstance(state, Declined) and command.revisions == state.revisions:
        raise Refused(
            f"It was declined on {state.since} by the {state.by}: {state.reason}. Nothing has changed since.",
            code="declined-before",
            status=409,
            where="offer",
            remedy="Revise the need or the offer: what is new is a reason to ask again.",
        )
    return MatchIntroduced(command.pair, command.revisions, command.score, command.on, command.note)


def _concluded(command: Conclude) -> MatchConcluded:
    if command.pair.meeting is MeetingPoint.FINANCE and command.amount is None:
        raise Refused(
            "A match of a project and a bank needs its amount.",
            code="amount-missing",
            where="amount",
            remedy="Give the loan agreed on, in yuan.",
        )
    return MatchConcluded(command.pair, command.on, command.evidence, command.amount, command.note)


def _check_day(command: MatchCommand, state: MatchState) -> None:
    if command.on > command.today:
        raise Refused(
            f"{command.on} has not come yet; today is {command.today}.",
            code="future-date",
            where="on",
            remedy="Report what has happened, when it has.",
        )
    if not isinstance(state, Apart) and command.on < state.since:
        raise Refused(
            f"{command.on} lies before {state.since}, the day of the step before.",
            code="date-order",
            where="on",
        )


def _introduction(state: MatchState) -> MatchIntroduced:
    if isinstance(state, Apart) or state.introduced is None:
        raise TypeError("a match begins with MatchIntroduced")
    return state.introduced
