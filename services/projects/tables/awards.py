"""Awards, as appraisals grant them."""

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text

from services.projects.tables.base import MONEY, metadata

appraised_city = Table(
    "appraised_city",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("self_on", Date),
    Column("evidence", Text),
    Column("verified_on", Date),
)
award = Table(
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
