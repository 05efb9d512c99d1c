"""Writes the tables of needs and offers, of their search terms, and of pairs."""

from collections.abc import Sequence
from datetime import date
from typing import Any, assert_never

import msgspec
from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.matching import words
from services.projects.domain.matching.listing import (
    ListingEvent,
    ListingRegistered,
    ListingRevised,
    ListingWithdrawn,
    Side,
)
from services.projects.domain.matching.match import (
    MatchConcluded,
    MatchDeclined,
    MatchEvent,
    MatchIntroduced,
    MatchNegotiationStarted,
    MatchReopened,
    Pair,
)
from services.projects.tables.matching import corpus
from services.projects.thesaurus import thesaurus

_INDEX = text("""
    INSERT INTO listing_term (corpus, term, listing, frequency, length)
    SELECT corpus, term, listing, frequency, length
    FROM unnest(CAST(:corpora AS text[]), CAST(:terms AS text[]), CAST(:listings AS text[]),
                CAST(:frequencies AS smallint[]), CAST(:lengths AS smallint[]))
        AS t (corpus, term, listing, frequency, length)
""")


async def apply(conn: AsyncConnection, event: ListingEvent | MatchEvent) -> None:
    """Writes the rows that follow from the event."""
    match event:
        case ListingRegistered():
            await registered(conn, [event])
        case ListingRevised():
            await _revised(conn, event)
        case ListingWithdrawn():
            await conn.execute(
                update(tables.listing)
                .where(tables.listing.c.listing == event.listing)
                .values(open=False, changed_on=event.withdrawn_on)
            )
            await _forget_words(conn, event.listing)
        case MatchIntroduced():
            await _pair(
                conn,
                event.pair,
                "introduced",
                event.introduced_on,
                score=event.score.total,
                need_revision=event.revisions.need,
                offer_revision=event.revisions.offer,
                introduced_on=event.introduced_on,
                reason="",
            )
        case MatchNegotiationStarted():
            await _pair(conn, event.pair, "negotiating", event.started_on)
        case MatchConcluded():
            await _pair(
                conn,
                event.pair,
                "matched",
                event.concluded_on,
                concluded_on=event.concluded_on,
                amount=event.amount,
            )
        case MatchDeclined():
            await _pair(
                conn,
                event.pair,
                "declined",
                event.declined_on,
                need_revision=event.revisions.need,
                offer_revision=event.revisions.offer,
                reason=event.reason,
            )
        case MatchReopened():
            await _pair(
                conn,
                event.pair,
                "negotiating",
                event.reopened_on,
                concluded_on=None,
                amount=None,
                reason=event.reason,
            )
        case _:
            assert_never(event)


async def registered(conn: AsyncConnection, events: Sequence[ListingRegistered]) -> None:
    """Writes new needs and offers with their search terms."""
    found = [words.terms(thesaurus().read(event.terms.text)) for event in events]
    rows = [
        {
            "listing": event.listing,
            "meeting": event.meeting.value,
            "side": event.side.value,
            "region": event.region,
            "party": event.party,
            "enterprise": event.enterprise,
            "project": event.project,
            "revision": 1,
            "open": True,
            "registered_on": event.registered_on,
            "changed_on": event.registered_on,
            **_columns(event, terms.total()),
        }
        for event, terms in zip(events, found, strict=True)
    ]
    await conn.execute(insert(tables.listing), rows)
    await _index(conn, events, found)


async def _revised(conn: AsyncConnection, event: ListingRevised) -> None:
    found = words.terms(thesaurus().read(event.terms.text))
    await conn.execute(
        update(tables.listing)
        .where(tables.listing.c.listing == event.listing)
        .values(revision=event.revision, changed_on=event.revised_on, **_columns(event, found.total()))
    )
    await _forget_words(conn, event.listing)
    await _index(conn, [event], [found])


def _columns(event: ListingRegistered | ListingRevised, length: int) -> dict[str, Any]:
    terms = event.terms
    # A need without regions is wanted where it is registered; an offer without regions is for everywhere.
    regions = terms.regions or ((event.region,) if event.side is Side.NEED else ())
    return {
        "title": terms.title,
        "terms": msgspec.to_builtins(terms),
        "divisions": sorted({industry[:2] for industry in terms.industries}),
        "regions": list(regions),
        "amount_min": terms.amount_min,
        "amount_max": terms.amount_max,
        "tags": list(terms.tags),
        "valid_to": terms.valid_to,
        "length": length,
    }


async def _index(
    conn: AsyncConnection,
    events: Sequence[ListingRegistered | ListingRevised],
    found: Sequence[words.Terms],
) -> None:
    """Writes the search terms of all listings with one statement."""
    rows = [
        (corpus(event.meeting, event.side), term, event.listing, frequency, length)
        for event, terms in zip(events, found, strict=True)
        for length in (terms.total(),)
        for term, frequency in terms.items()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5
    names = ("corpora", "terms", "listings", "frequencies", "lengths")
    await conn.execute(_INDEX, dict(zip(names, columns, strict=True)))


async def _forget_words(conn: AsyncConnection, listing: str) -> None:
    await conn.execute(delete(tables.listing_term).where(tables.listing_term.c.listing == listing))


async def _pair(conn: AsyncConnection, pair: Pair, status: str, since: date, **changes: Any) -> None:
    values = {"status": status, "since": since, **changes}
    row = {"need": pair.need, "offer": pair.offer, "meeting": pair.meeting.value, "region": pair.region}
    if status in ("introduced", "declined"):  # the two events that a pair's history may begin with
        await conn.execute(
            upsert(tables.listing_match)
            .values(**row, **values)
            .on_conflict_do_update(index_elements=["need", "offer"], set_=values)
        )
        return
    key = tables.listing_match.c
    await conn.execute(
        update(tables.listing_match).where(key.need == pair.need, key.offer == pair.offer).values(**values)
    )
