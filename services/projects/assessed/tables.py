"""What assessment says, as it is kept here. It comes from another stream: a rebuild of this log leaves it."""

from sqlalchemy import BigInteger, Column, Date, Integer, Numeric, Table, Text

from services.projects.common.tables import MONEY, metadata

APPRAISED = Table(
    "appraised_city",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("self_on", Date),
    Column("evidence", Text),
    Column("verified_on", Date),
)
AWARD = Table(
    "award",
    metadata,
    Column("award", Text, primary_key=True),
    Column("plan", Text),
    Column("year", Integer),
    Column("region", Text),
    Column("edition", Integer),
    Column("rank", Integer),
    Column("amount", MONEY),
    Column("granted_on", Date),
    Column("evidence", Text),
    Column("position", BigInteger),
)
TARGET = Table(
    "investment_target",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("region", Text),
    Column("year", Integer),
    Column("value", Numeric(20, 2)),
)
