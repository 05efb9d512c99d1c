"""Measures as lists show them."""

from sqlalchemy import Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.tables.base import metadata

measure = Table(
    "measure",
    metadata,
    Column("measure", Text, primary_key=True),
    Column("kind", Text),
    Column("name", Text),
    Column("region", Text),
    Column("rows", ARRAY(Text)),
    Column("owner", Text),
    Column("due_on", Date),
    Column("follow_ups", Integer),
    Column("item_count", Integer),
    Column("items_done", Integer),
    Column("last_on", Date),
    Column("completed_on", Date),
    Column("tag", Text),
    Column("industries", ARRAY(Text)),
)

INLINE = (measure,)
