"""Finds the listings that may fit one: a short list by words and one by figures, then scored in full.

Words are ranked with BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) over the terms of the other side's texts.
A term in more than a twentieth of the texts is ignored: it would cost most of the work, and the ranking is better
without it. Inverse document frequencies count the texts of both sides: a need is prose (一条线, 有没有) and an offer
a noun, so that the filler words of needs are rare among offers although they carry no meaning (docs/adr/0150).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Text, any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.rules import in_force
from services.projects.matching import words
from services.projects.matching.listings.facts import MeetingPoint, Side, Terms
from services.projects.matching.listings.index import corpus
from services.projects.matching.listings.views import TABLE
from services.projects.matching.scoring import Candidate, Criterion, Weights
from services.projects.matching.thesaurus import thesaurus
from services.projects.plan import reference

SHORTLIST = 200
"""The length of each of the two short lists; a listing beyond both is near neither in words nor in figures."""

_BY_WORDS = text("""
    WITH searched AS (
        SELECT count(*)::float AS texts, coalesce(avg(length), 1)::float AS mean,
               greatest(50, count(*) / 20) AS common
        FROM listing WHERE meeting = :meeting AND side = :side AND open
    ), asking AS (
        SELECT count(*)::float AS texts, greatest(50, count(*) / 20) AS common
        FROM listing WHERE meeting = :meeting AND side = :own_side AND open
    ), telling AS MATERIALIZED (
        SELECT asked.term, asked.times, counted.documents
        FROM unnest(CAST(:terms AS text[]), CAST(:times AS smallint[])) AS asked (term, times)
        CROSS JOIN LATERAL (
            SELECT count(*) AS documents FROM (
                SELECT FROM listing_term
                WHERE corpus = :corpus AND term = asked.term
                LIMIT (SELECT common + 1 FROM searched)
            ) AS found
        ) AS counted
        WHERE counted.documents BETWEEN 1 AND (SELECT common FROM searched)
    ), weighed AS (
        SELECT term, least(times, 2)
            * ln(1 + (searched.texts + asking.texts - documents - own.documents_own + 0.5)
                     / (documents + own.documents_own + 0.5)) AS weight
        FROM searched, asking, telling
        CROSS JOIN LATERAL (
            SELECT count(*) AS documents_own FROM (
                SELECT FROM listing_term
                WHERE corpus = :own_corpus AND term = telling.term
                LIMIT (SELECT common + 1 FROM asking)
            ) AS found
        ) AS own
    )
    SELECT listing, sum(
        weight * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / (SELECT mean FROM searched)))
    ) AS strength
    FROM weighed CROSS JOIN LATERAL (
        SELECT listing, frequency, length FROM listing_term
        WHERE corpus = :corpus AND term = weighed.term LIMIT (SELECT common FROM searched)
    ) AS posting
    WHERE CAST(:only AS text) IS NULL OR listing = :only
    GROUP BY listing ORDER BY strength DESC, listing LIMIT :many
""")

_BY_FIGURES = text("""
    SELECT listing FROM listing
    WHERE meeting = :meeting AND side = :side AND open AND (valid_to IS NULL OR valid_to >= :today)
    ORDER BY
        (divisions && CAST(:divisions AS text[]))::int
        + (coalesce(amount_min <= :most, true) AND coalesce(amount_max >= :least, true))::int
        + (regions = '{}' OR CAST(:regions AS text[]) = '{}' OR regions && CAST(:regions AS text[]))::int DESC,
        changed_on DESC, listing
    LIMIT :many
""")


async def by_words(
    conn: AsyncConnection, meeting: MeetingPoint, side: Side, asked: str, only: str | None = None
) -> Mapping[str, float]:
    """The BM25 scores of that side's listings nearest to a text; `only`: of this listing alone."""
    found = words.terms(thesaurus().read(asked))
    rows = await conn.execute(
        _BY_WORDS,
        {
            "meeting": meeting.value,
            "side": side.value,
            "corpus": corpus(meeting, side),
            "own_side": side.other.value,
            "own_corpus": corpus(meeting, side.other),
            "terms": list(found),
            "times": list(found.values()),
            "only": only,
            "many": SHORTLIST,
        },
    )
    return {row.listing: float(row.strength) for row in rows}


async def by_figures(
    conn: AsyncConnection, one: Candidate, meeting: MeetingPoint, regions: Sequence[str], today: date
) -> list[str]:
    """The other side's listings nearest by industry, amount and region; `regions`: those of `one`, on all levels."""
    rows = await conn.execute(
        _BY_FIGURES,
        {
            "meeting": meeting.value,
            "side": one.side.other.value,
            "today": today,
            "divisions": sorted({industry[:2] for industry in one.terms.industries}),
            "most": one.terms.amount_max,
            "least": one.terms.amount_min,
            "regions": list(regions),
            "many": SHORTLIST,
        },
    )
    return list(rows.scalars())


async def weights(conn: AsyncConnection, meeting: MeetingPoint, on: date) -> Weights:
    """The weights of a meeting point in force on that day. Raises Refused without such a rule."""
    name = f"matching_{meeting}"
    rule = in_force(await reference.rules(conn, name), name, on)
    shares = reference.read(rule, dict[str, Decimal])
    return Weights(
        weight={criterion: shares[criterion.value] for criterion in Criterion},
        unknown=shares["unknown"],
        half_words=shares["half_words"],
        valid_from=rule.valid_from,
        source=rule.source,
    )


def shared(one: Candidate, other: Candidate) -> tuple[str, ...]:
    """The longest phrases that the two have in common, as the thesaurus reads them."""
    read = thesaurus().read
    return words.shared_phrases(read(one.terms.text), read(other.terms.text))


async def load(conn: AsyncConnection, listings: Collection[str], lock: bool = False) -> list[Any]:
    """The rows of these listings. `lock`: locks them until the transaction ends."""
    # One array parameter: a parameter per id would make a different statement for each number of ids.
    named = literal(list(listings), ARRAY(Text))
    query = select(TABLE).where(TABLE.c.listing == any_(named))
    if lock:
        query = query.order_by(TABLE.c.listing).with_for_update(read=True)
    return list((await conn.execute(query)).all())


def candidate(row: Any) -> Candidate:
    """A row of the table `listing` as scoring needs it."""
    return Candidate(
        row.listing,
        Side(row.side),
        row.region,
        row.party,
        msgspec.convert(row.terms, Terms),
        row.revision,
    )
