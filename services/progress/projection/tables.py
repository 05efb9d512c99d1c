"""The read-model's tables as SQLAlchemy sees them. The shape itself is `schema/read_model_v2.sql`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()


def _event_columns() -> list[Column[object]]:
    """What every row keeps of the event that made it: its place, its identity, its times."""
    return [
        Column("event_id", Text, nullable=False),
        Column("event_type", Text, nullable=False),
        Column("hash", Text, nullable=False),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("simulated", Boolean, nullable=False),
    ]


def _place(*, ordinal: bool = True) -> list[Column[object]]:
    columns: list[Column[object]] = [
        Column("source", Text, primary_key=True),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
    ]
    if ordinal:
        columns.append(Column("ordinal", Integer, primary_key=True, autoincrement=False))
    return columns


plan = Table(
    "plan", METADATA, *_place(ordinal=False), Column("plan", Text), Column("data", JSONB), *_event_columns()
)

region = Table(
    "region",
    METADATA,
    *_place(),
    Column("plan", Text),
    Column("code", Text),
    Column("data", JSONB),
    Column("recorded_at", DateTime(timezone=True)),
)

target = Table(
    "target",
    METADATA,
    *_place(),
    Column("plan", Text),
    Column("target", Text),
    Column("region", Text),
    Column("data", JSONB),
    *_event_columns(),
    Column("supersedes", BigInteger),
)

enterprise = Table(
    "enterprise",
    METADATA,
    *_place(ordinal=False),
    Column("enterprise", Text),
    Column("name", Text),
    Column("region", Text),
    Column("recorded_at", DateTime(timezone=True)),
)

contribution = Table(
    "contribution",
    METADATA,
    *_place(),
    Column("measure", Text),
    Column("region", Text),
    Column("period", Text),
    Column("key", Text),
    Column("subject", Text),
    Column("value", Numeric),
    Column("unit", Text),
    Column("detail", JSONB),
    *_event_columns(),
    Column("supersedes", BigInteger),
)

change = Table(
    "change",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text),
    Column("position", BigInteger),
    Column("ordinal", Integer),
    Column("measure", Text),
    Column("target", Text),
    Column("region", Text),
    Column("period", Text),
    Column("subject", Text),
    Column("event_type", Text),
    Column("event_id", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("recorded_at", DateTime(timezone=True)),
)

entry = Table(
    "entry",
    METADATA,
    *_place(),
    Column("counting", Integer),
    Column("sign", SmallInteger),
    Column("region", BigInteger),
    Column("thing", BigInteger),
    Column("day", Date),
    Column("until", Date),
    Column("member_from", Date),
    Column("member_to", Date),
    Column("amount", Numeric),
    Column("reached", Date),
    Column("mark", Integer),
    Column("recorded_at", DateTime(timezone=True)),
    Column("simulated", Boolean),
)

change_counter = Table("change_counter", METADATA, Column("only_row", Boolean), Column("seq", BigInteger))

COMPARED = (plan, region, target, enterprise, contribution, entry, change)
"""What a rebuilt version must hold exactly as the one before."""
