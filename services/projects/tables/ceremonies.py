"""Firms invited to signing ceremonies."""

from sqlalchemy import Boolean, Column, Date, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.tables.base import metadata

invitation = Table(
    "invitation",
    metadata,
    Column("ceremony", Text, primary_key=True),
    Column("firm", Text, primary_key=True),
    Column("name", Text),
    Column("region", Text),
    Column("categories", ARRAY(Text)),
    Column("invited_on", Date),
    Column("attends", Boolean),
    Column("answered_on", Date),
    Column("reason", Text),
)

INLINE = (invitation,)
