"""Targets for detecting amounts in the wrong unit; they come from assessment's stream, so a rebuild leaves them."""

from sqlalchemy import Column, Integer, Numeric, Table, Text

from services.projects.tables.base import metadata

investment_target = Table(
    "investment_target",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("region", Text),
    Column("year", Integer),
    Column("value", Numeric(20, 2)),
)
