"""Listings, suggestions and pairs as answers."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from services.projects.domain.matching.listing import Listed, ListingState, Terms, Withdrawn
from services.projects.domain.matching.match import (
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
    Pair,
)
from services.projects.domain.matching.scoring import Candidate, Score
from services.projects.models.matching import (
    ListingSummary,
    ListingView,
    MatchStep,
    MatchSummary,
    MatchView,
    ReasonView,
    Status,
    SuggestionView,
)


def listing_summary(row: Any) -> ListingSummary:
    """A row of the table `listing`."""
    return ListingSummary.model_validate(dict(row._mapping), extra="ignore")


def listing_row_view(row: Any) -> ListingView:
    """A row of the table `listing`, as a whole."""
    known = dict(row._mapping)
    return ListingView.model_validate({**known, **_terms(msgspec.convert(row.terms, Terms))}, extra="ignore")


def listing_view(state: ListingState) -> ListingView:
    """A registered listing. Raises TypeError for one that isn't."""
    if not isinstance(state, Listed | Withdrawn):
        raise TypeError("not a registered listing")
    known = state.registered
    return ListingView(
        listing=known.listing,
        meeting=known.meeting,
        side=known.side,
        region=known.region,
        party=known.party,
        enterprise=known.enterprise,
        project=known.project,
        revision=state.revision,
        open=isinstance(state, Listed),
        registered_on=known.registered_on,
        changed_on=state.changed_on,
        **_terms(state.terms),
    )


def suggestion(one: Candidate, score: Score, declined_before: bool) -> SuggestionView:
    """A listing with its score in words."""
    return SuggestionView(
        listing=one.listing,
        title=one.terms.title,
        party=one.party,
        region=one.region,
        revision=one.revision,
        score=score.total,
        reasons=reasons(score),
        declined_before=declined_before,
    )


def reasons(score: Score) -> list[ReasonView]:
    """What a score is made of."""
    return [
        ReasonView(criterion=each.criterion, share=each.share, weight=each.weight, words=each.words)
        for each in score.reasons
    ]


def match_summary(row: Any) -> MatchSummary:
    """A row of the table `listing_match`."""
    return MatchSummary.model_validate(dict(row._mapping), extra="ignore")


def match_state(state: MatchState) -> MatchSummary:
    """A pair as it stands. Raises TypeError for one without any history."""
    match state:
        case Introduced():
            return _summary(state.introduced.pair, state.introduced, "introduced", state.since)
        case Negotiating():
            pair = state.introduced.pair
            return _summary(pair, state.introduced, "negotiating", state.since, reason=state.reopened)
        case Concluded():
            pair = state.introduced.pair
            return _summary(pair, state.introduced, "matched", state.since, amount=state.amount)
        case Declined():
            return _summary(state.pair, state.introduced, "declined", state.since, reason=state.reason)
        case Apart():
            raise TypeError("a pair without history")


def match_view(state: MatchState, events: Sequence[MatchEvent]) -> MatchView:
    """A pair with its history."""
    introduced = None if isinstance(state, Apart) else state.introduced
    return MatchView(
        **dict(match_state(state)),
        reasons=reasons(introduced.score) if introduced else [],
        steps=[_step(event) for event in events],
    )


def _summary(
    pair: Pair,
    introduced: MatchIntroduced | None,
    status: Status,
    since: date,
    amount: Decimal | None = None,
    reason: str = "",
) -> MatchSummary:
    return MatchSummary(
        need=pair.need,
        offer=pair.offer,
        meeting=pair.meeting,
        region=pair.region,
        status=status,
        since=since,
        score=introduced.score.total if introduced else None,
        amount=amount,
        reason=reason,
    )


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


def _terms(terms: Terms) -> dict[str, Any]:
    return {each.name: getattr(terms, each.name) for each in fields(terms)}
