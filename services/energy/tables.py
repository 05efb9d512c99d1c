"""The registry's inline tables, as SQLAlchemy sees them. Their meaning stands in `migrations/0003_registry.py`."""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSON

metadata = MetaData()

measured_day = Table(
    "measured_day",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("revision", Integer),
    Column("measured_at", DateTime(timezone=True)),
    Column("figures", JSON),
)

feed_state = Table(
    "feed_state",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("version", Integer),
    Column("silent_since", DateTime(timezone=True)),
)

coverage_day = Table(
    "coverage_day",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("region", Text),
    Column("online", Boolean),
    Column("reason", Text),
    Column("version", Integer),
)

INLINE = (
    measured_day,
    feed_state,
    coverage_day,
)
"""In an order that foreign keys allow."""
