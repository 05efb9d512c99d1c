"""Needs and offers, the words they are found by, and what came of each pair."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, Numeric, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.tables.base import MONEY, metadata

listing = Table(
    "listing",
    metadata,
    Column("listing", Text, primary_key=True),
    Column("meeting", Text),
    Column("side", Text),
    Column("region", Text),
    Column("party", Text),
    Column("enterprise", Text),
    Column("project", Text),
    Column("title", Text),
    Column("terms", JSON),
    Column("divisions", ARRAY(Text)),
    Column("regions", ARRAY(Text)),
    Column("amount_min", MONEY),
    Column("amount_max", MONEY),
    Column("tags", ARRAY(Text)),
    Column("valid_to", Date),
    Column("revision", Integer),
    Column("open", Boolean),
    Column("length", SmallInteger),
    Column("registered_on", Date),
    Column("changed_on", Date),
)
listing_term = Table(
    "listing_term",
    metadata,
    Column("corpus", Text, primary_key=True),
    Column("term", Text, primary_key=True),
    Column("listing", Text, primary_key=True),
    Column("frequency", SmallInteger),
    Column("length", SmallInteger),
)
listing_match = Table(
    "listing_match",
    metadata,
    Column("need", Text, primary_key=True),
    Column("offer", Text, primary_key=True),
    Column("meeting", Text),
    Column("region", Text),
    Column("status", Text),
    Column("since", Date),
    Column("score", Numeric(4, 3)),
    Column("need_revision", Integer),
    Column("offer_revision", Integer),
    Column("introduced_on", Date),
    Column("concluded_on", Date),
    Column("amount", MONEY),
    Column("reason", Text),
)

INLINE = (listing, listing_term, listing_match)


def corpus(meeting: str, side: str) -> str:
    """The name of the texts that are searched together: one side of one meeting point."""
    return f"{meeting}/{side}"
