"""Pairs as answers, and as rows of their list."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Column, Date, Integer

from services.projects.common.models import Answer, Money, Name
from services.projects.common.tables import metadata
from services.projects.matching.listings.facts import MeetingPoint
from services.projects.matching.matches.decisions import MatchCommand
from services.projects.matching.matches.facts import (
    Apart,
    Concluded,
    Declined,
    Introduced,
    MatchConcluded,
    MatchDeclined,
    MatchEvent,
    MatchIntroduced,
    MatchNegotiationStarted,
    MatchReopened,
    MatchState,
    Negotiating,
)
from services.projects.matching.views import ReasonView, reasons
from shared.feature import Done
from shared.kept import Kept
from shared.table_of import table_of

Status = Literal["introduced", "negotiating", "matched", "declined"]
Met = Introduced | Negotiating | Concluded | Declined


class MatchStep(Answer):
    """One fact of a pair's history."""

    status: str = Field(description="introduced, negotiating, matched, declined, reopened")
    on: date
    words: str = Field(description="reason, evidence or note")
    amount: Money | None


class MatchSummary(Answer):
    """A pair as a list shows it."""

    need: str
    offer: str
    meeting: MeetingPoint
    region: str
    region_name: Name = None
    status: Status
    since: date
    score: Decimal | None = Field(description="on the day of the introduction")
    amount: Money | None
    reason: str = Field(description="why it was declined or reopened")


class MatchView(MatchSummary):
    """A pair with its history."""

    reasons: list[ReasonView] = Field(description="what the score was made of")
    steps: list[MatchStep]


TABLE = table_of(
    "listing_match",
    metadata,
    MatchSummary,
    key=("need", "offer"),
    without=("region_name",),
    more=(
        Column("need_revision", Integer),
        Column("offer_revision", Integer),
        Column("introduced_on", Date),
        Column("concluded_on", Date),
    ),
)


def row(known: Met) -> Mapping[str, Any]:
    """A pair as it stands in the list."""
    introduced = known.introduced
    first = known if isinstance(known, Declined) else known.introduced
    return {
        "need": first.pair.need,
        "offer": first.pair.offer,
        "meeting": first.pair.meeting,
        "region": first.pair.region,
        "status": _status(known),
        "since": known.since,
        "score": introduced.score.total if introduced else None,
        "amount": known.amount if isinstance(known, Concluded) else None,
        "reason": _reason(known),
        "need_revision": first.revisions.need,
        "offer_revision": first.revisions.offer,
        "introduced_on": introduced.introduced_on if introduced else None,
        "concluded_on": known.since if isinstance(known, Concluded) else None,
    }


def _status(known: Met) -> Status:
    match known:
        case Introduced():
            return "introduced"
        case Negotiating():
            return "negotiating"
        case Concluded():
            return "matched"
        case Declined():
            return "declined"


def _reason(known: Met) -> str:
    match known:
        case Introduced():
            return ""
        case Negotiating() | Concluded():
            return known.reopened
        case Declined():
            return known.reason


KEPT: Kept[MatchState, Met] = Kept(TABLE, lambda state: {} if isinstance(state, Apart) else {"": state}, row)


def summary(row: Mapping[str, Any]) -> MatchSummary:
    """A row of the list."""
    return MatchSummary.model_validate(row, extra="ignore")


def view(state: Met, events: Sequence[MatchEvent]) -> MatchView:
    """A pair with its history."""
    introduced = state.introduced
    return MatchView(
        **dict(summary(row(state))),
        reasons=reasons(introduced.score) if introduced else [],
        steps=[_step(event) for event in events],
    )


def answer(done: Done[MatchState, MatchCommand]) -> MatchSummary:
    """The answer to every command on a pair. Raises TypeError for one without any history."""
    if isinstance(done.state, Apart):
        raise TypeError("a pair without history")
    return summary(row(done.state))


def _step(event: MatchEvent) -> MatchStep:
    match event:
        case MatchIntroduced():
            return MatchStep(status="introduced", on=event.introduced_on, words=event.note, amount=None)
        case MatchNegotiationStarted():
            return MatchStep(status="negotiating", on=event.started_on, words=event.note, amount=None)
        case MatchConcluded():
            return MatchStep(
                status="matched", on=event.concluded_on, words=event.evidence, amount=event.amount
            )
        case MatchDeclined():
            words = f"{event.by}: {event.reason}"
            return MatchStep(status="declined", on=event.declined_on, words=words, amount=None)
        case MatchReopened():
            return MatchStep(status="reopened", on=event.reopened_on, words=event.reason, amount=None)
