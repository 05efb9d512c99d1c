"""Closed cohorts of contract years and their members."""

from sqlalchemy import Column, Date, Integer, Table, Text

from services.projects.tables.base import MONEY, metadata

cohort = Table(
    "cohort",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("closed_on", Date),
    Column("members", Integer),
)
cohort_member = Table(
    "cohort_member",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("region", Text),
    Column("contracted_on", Date),
    Column("amount", MONEY),
)
cohort_late = Table(
    "cohort_late",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("region", Text),
    Column("contracted_on", Date),
    Column("amount", MONEY),
    Column("found_on", Date),
)

INLINE = (cohort, cohort_member, cohort_late)
