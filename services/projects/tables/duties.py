"""How it stands with what is owed, as SQLAlchemy Core sees it."""

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text

from services.projects.tables.base import metadata

duty_day = Table(
    "duty_day",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("duty", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("due_on", Date),
)
duty_entry = Table(
    "duty_entry",
    metadata,
    Column("duty", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("received_on", Date),
    Column("evidence", Text),
    Column("waived", Boolean),
    Column("waiver_reason", Text),
    Column("reminded_on", Date),
    Column("reminded_before", Integer),
    Column("missed_on", Date),
)
duty_consequence = Table(
    "duty_consequence",
    metadata,
    Column("duty", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("last_period", Text, primary_key=True),
    Column("first_period", Text),
    Column("periods", Integer),
    Column("consequence", Text),
    Column("drawn_on", Date),
    Column("carried_out_on", Date),
    Column("evidence", Text),
    Column("document_period", Text),
    Column("lifted_on", Date),
    Column("lift_reason", Text),
)

INLINE = (duty_day, duty_entry, duty_consequence)
