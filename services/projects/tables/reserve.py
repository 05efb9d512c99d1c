"""The newest update of each stay in the reserve library, the screenings, and the drops."""

from sqlalchemy import Boolean, Column, Date, Table, Text

from services.projects.tables.base import MONEY, metadata

reserve_update = Table(
    "reserve_update",
    metadata,
    Column("project", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("quarter", Text),
    Column("action", Text),
    Column("on_day", Date),
    Column("reason", Text),
    Column("total_investment", MONEY),
)
screening = Table(
    "screening",
    metadata,
    Column("project", Text, primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("recommended", Boolean),
    Column("on_day", Date),
)

reserve_drop = Table(
    "reserve_drop",
    metadata,
    Column("project", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("on_day", Date, primary_key=True),
    Column("region", Text),
    Column("total_investment", MONEY),
    Column("reason", Text),
    Column("by_rule", Boolean),
)

INLINE = (reserve_update, screening, reserve_drop)
