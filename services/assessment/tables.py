"""The tables of this service, as SQLAlchemy Core sees them. They are made by the migrations."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData()

plan = Table(
    "plan",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("header", JSON),
)
region = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("plan", Text),
    Column("name", Text),
    Column("level", Text),
    Column("parent", Text),
    Column("administered", Boolean),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("relations", JSON),
)
target = Table(
    "target",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("ordinal", Integer),  # the order of the plan; a part follows its decomposed target
    Column("row", Text),
    Column("programme", Text),
    Column("region", Text),
    Column("level", Text),
    Column("measure", Text),
    Column("part_of", Text),  # for a county's part: the decomposed target
    Column("facts", JSON),
)
appraisal = Table(
    "appraisal",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("measure", Text),
    Column("opened_on", Date),
    Column("self_due_on", Date),
    Column("verify_due_on", Date),
    Column("cities", Integer),
    Column("own", ARRAY(Text)),
    Column("verified", ARRAY(Text)),
    Column("edition", Integer),
)

INLINE = (plan, region, target, appraisal)
"""The tables written with the events and rebuilt from this service's log."""
