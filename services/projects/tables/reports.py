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
report_line = Table(
    "report_line",
    metadata,
    Column("month", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("city", Text, primary_key=True),
    Column("region", Text),
    Column("investment", MONEY),
    Column("progress_percent", Numeric(6, 3)),
    Column("note", Text),
)
report_line_sum = Table(
    "report_line_sum",
    metadata,
    Column("month", Text, primary_key=True),
    Column("city", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("lines", Integer),
    Column("investment", MONEY),
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

INLINE = (monthly_report, report_line, report_line_sum, reporting_month)
