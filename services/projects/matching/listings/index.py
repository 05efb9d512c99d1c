"""The words of open needs and offers: what `suggest` ranks by (BM25)."""

from collections.abc import Sequence

from sqlalchemy import Column, SmallInteger, Table, Text, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.tables import metadata
from services.projects.matching import words
from services.projects.matching.listings.facts import Listed, Listing, ListingState, MeetingPoint, Side
from services.projects.matching.thesaurus import thesaurus
from shared.kept import Written

TABLE = Table(
    "listing_term",
    metadata,
    Column("corpus", Text, primary_key=True),
    Column("term", Text, primary_key=True),
    Column("listing", Text, primary_key=True),
    Column("frequency", SmallInteger),
    Column("length", SmallInteger),
)

_INSERT = text("""
    INSERT INTO listing_term (corpus, term, listing, frequency, length)
    SELECT corpus, term, listing, frequency, length
    FROM unnest(CAST(:corpora AS text[]), CAST(:terms AS text[]), CAST(:listings AS text[]),
                CAST(:frequencies AS smallint[]), CAST(:lengths AS smallint[]))
        AS t (corpus, term, listing, frequency, length)
""")


def corpus(meeting: MeetingPoint, side: Side) -> str:
    """The name of the texts that are searched together: one side of one meeting point."""
    return f"{meeting}/{side}"


def words_of(known: Listing) -> words.Terms:
    """How often each word occurs in a listing's text, as the thesaurus reads it."""
    return words.terms(thesaurus().read(known.terms.text))


async def _write(conn: AsyncConnection, changes: Sequence[tuple[ListingState, ListingState]]) -> None:
    """Writes the words of open listings whose terms are new with one statement, in place of the old ones."""
    stale: list[str] = []
    rows: list[tuple[str, str, str, int, int]] = []
    for before, after in changes:
        old = before if isinstance(before, Listed) else None
        new = after if isinstance(after, Listed) else None
        if old is not None and new is not None and old.terms == new.terms:
            continue
        if old is not None:
            stale.append(old.registered.listing)
        if new is not None:
            rows += _rows(new)
    if stale:
        await conn.execute(delete(TABLE).where(TABLE.c.listing.in_(stale)))
    if rows:
        names = ("corpora", "terms", "listings", "frequencies", "lengths")
        columns = (list(column) for column in zip(*rows, strict=True))
        await conn.execute(_INSERT, dict(zip(names, columns, strict=True)))


def _rows(known: Listed) -> list[tuple[str, str, str, int, int]]:
    first, found = known.registered, words_of(known)
    of, length = corpus(first.meeting, first.side), found.total()
    return [(of, term, first.listing, times, length) for term, times in found.items()]


WRITTEN = Written((TABLE,), _write, because="an index of words: thousands of rows with one statement")
