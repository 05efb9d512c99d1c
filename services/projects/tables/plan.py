"""What a plan brought to this service, as SQLAlchemy Core sees it."""

from sqlalchemy import JSON, Boolean, Column, Date, Table, Text

from services.projects.tables.base import metadata

region = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text),
    Column("level", Text),
    Column("parent", Text),
    Column("administered", Boolean),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("relations", JSON),
)
programme = Table(
    "programme",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text),
)
register = Table(
    "register",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("name", Text),
    Column("term", Text),
    Column("level", Text),
)
duty = Table(
    "duty",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("duty", Text, primary_key=True),
    Column("duty_data", JSON),
)

INLINE = (region, programme, register, duty)
