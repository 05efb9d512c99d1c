"""The registry's inline tables, as SQLAlchemy sees them. Their meaning stands in `migrations/0003_registry.py`."""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSON

metadata = MetaData()

meter = Table(
    "meter",
    metadata,
    Column("meter", Text, primary_key=True),
    Column("enterprise", Text),
    Column("carrier", Text),
    Column("unit", Text),
    Column("carrier_unit", Text),
    Column("unit_factor", Numeric),
    Column("kind", Text),
    Column("serial", Text),
    Column("ratio", Numeric),
    Column("digits", Integer),
    Column("modulus", Numeric),
    Column("capacity", Numeric),
    Column("interval_minutes", Integer),
    Column("scope", SmallInteger),
    Column("direction", Text),
    Column("statistic_types", ARRAY(SmallInteger)),
    Column("calibrated_on", Date),
    Column("calibration_due", Date),
    Column("valid_from", DateTime(timezone=True)),
    Column("counting_since", DateTime(timezone=True)),
    Column("retired_at", DateTime(timezone=True)),
    Column("life", JSON),
)

meter_alias = Table(
    "meter_alias",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("meter", Text),
)

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
    meter,
    meter_alias,
    measured_day,
    feed_state,
    coverage_day,
)
"""In an order that foreign keys allow."""
