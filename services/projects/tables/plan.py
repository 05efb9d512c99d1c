"""What a plan brought to this service, as SQLAlchemy Core sees it."""

from sqlalchemy import JSON, Boolean, Column, Date, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.tables.base import metadata

region = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text),
    Column("level", Text),
    Column("parent", Text),
    Column("administered", Boolean),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("relations", JSON),
)
programme = Table(
    "programme",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text),
)
register = Table(
    "register",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("name", Text),
    Column("term", Text),
    Column("level", Text),
)
duty = Table(
    "duty",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("duty", Text, primary_key=True),
    Column("duty_data", JSON),
)
rule = Table(
    "rule",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("rule_data", JSON),
)
tag = Table(
    "tag",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("programme", Text),
    Column("name", Text),
    Column("term", Text),
    Column("rows", ARRAY(Text)),
    Column("parent", Text),
)

INLINE = (region, programme, register, duty, rule, tag)
