"""Documents as their list shows them; what they say stands in their events."""

from sqlalchemy import Column, Date, Integer, Table, Text

from services.projects.tables.base import metadata

document = Table(
    "document",
    metadata,
    Column("document", Text, primary_key=True),
    Column("kind", Text),
    Column("period", Text),
    Column("standing", Text),
    Column("as_of", Date),
    Column("region", Text),
    Column("year", Integer),
    Column("number", Integer),
    Column("label", Text),
    Column("issued_on", Date),
    Column("corrects", Text),
    Column("corrected_by", Text),
)

INLINE = (document,)
