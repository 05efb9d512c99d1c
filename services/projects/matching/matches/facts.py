"""What is known of a pair: that it was introduced, negotiates, has agreed or was declined."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never

from services.projects.matching.listings.facts import MeetingPoint
from services.projects.matching.scoring import Score

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchIntroduced:
    """The two sides were brought together (撮合), with the score of the day and its reasons."""

    pair: Pair
    revisions: Revisions
    score: Score
    introduced_on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchNegotiationStarted:
    """They talk (洽谈)."""

    pair: Pair
    started_on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchConcluded:
    """They agreed (对接成功). `amount` in CNY (yuan) as the evidence says; None where none was agreed."""

    pair: Pair
    concluded_on: date
    evidence: str
    amount: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDeclined:
    """One of them said no (未成). Not suggested again until one of the two listings is revised."""

    pair: Pair
    revisions: Revisions
    by: DeclinedBy
    reason: str
    declined_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
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
    """Agreed; `reopened` says why it was taken back before, when they had agreed once already."""

    introduced: MatchIntroduced
    since: date
    evidence: str
    amount: Decimal | None
    reopened: str = ""


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


def stream(need: str, offer: str) -> str:
    """The stream of one pair."""
    return f"match:{need}:{offer}"


def evolve(state: MatchState, event: MatchEvent) -> MatchState:
    """The state after a stored fact."""
    match event:
        case MatchIntroduced():
            return Introduced(event, event.introduced_on)
        case MatchNegotiationStarted():
            return Negotiating(_introduction(state), event.started_on)
        case MatchConcluded():
            reopened = state.reopened if isinstance(state, Negotiating) else ""
            return Concluded(_introduction(state), event.concluded_on, event.evidence, event.amount, reopened)
        case MatchDeclined():
            introduced = None if isinstance(state, Apart) else state.introduced
            return Declined(
                event.pair, introduced, event.declined_on, event.by, event.reason, event.revisions
            )
        case MatchReopened():
            return Negotiating(_introduction(state), event.reopened_on, event.reason)
        case _:
            assert_never(event)


def _introduction(state: MatchState) -> MatchIntroduced:
    if isinstance(state, Apart) or state.introduced is None:
        raise TypeError("a match begins with MatchIntroduced")
    return state.introduced
