"""The cities' monthly reports, and the targets that tell an amount in the wrong unit."""

from sqlalchemy import Boolean, Column, Date, Integer, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSON

from services.projects.tables.base import MONEY, metadata

monthly_report = Table(
    "monthly_report",
    metadata,
    Column("region", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("investment", MONEY),
    Column("projects", Integer),
    Column("due_on", Date),
    Column("reported_on", Date),
    Column("late", Boolean),
    Column("corrections", Integer),
    Column("last_reported_on", Date),
)
reporting_month = Table(
    "reporting_month",
    metadata,
    Column("month", Text, primary_key=True),
    Column("closed_on", Date),
    Column("reason", Text),
    Column("reopenings", JSON),
)
investment_target = Table(
    "investment_target",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("region", Text),
    Column("year", Integer),
    Column("value", Numeric(20, 2)),
)

INLINE = (monthly_report, reporting_month)
