"""Technology diagnoses as lists show them."""

from sqlalchemy import Column, Date, Integer, Table, Text

from services.projects.tables.base import metadata

diagnosis = Table(
    "diagnosis",
    metadata,
    Column("diagnosis", Text, primary_key=True),
    Column("enterprise", Text),
    Column("enterprise_name", Text),
    Column("region", Text),
    Column("industry", Text),
    Column("institute", Text),
    Column("held_on", Date),
    Column("findings", Integer),
    Column("needs", Integer),
    Column("projects", Integer),
    Column("dismissed", Integer),
)

INLINE = (diagnosis,)
