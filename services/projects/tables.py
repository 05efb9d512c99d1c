"""The tables of this service, as SQLAlchemy Core sees them. They are made by migrations/0002_projects.py."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData()
_money = Numeric(18, 2)

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
project = Table(
    "project",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text),
    Column("region", Text),
    Column("enterprise", Text),
    Column("enterprise_name", Text),
    Column("industry", Text),
    Column("total_investment", _money),
    Column("equipment_investment", _money),
    Column("programmes", ARRAY(Text)),
    Column("stage", Text),
    Column("stage_on", Date),
    Column("registered_on", Date),
)
project_register = Table(
    "project_register",
    metadata,
    Column("project", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
)
monthly_report = Table(
    "monthly_report",
    metadata,
    Column("region", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("investment", _money),
    Column("projects", Integer),
    Column("due_on", Date),
    Column("reported_on", Date),
    Column("late", Boolean),
    Column("corrections", Integer),
    Column("last_reported_on", Date),
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

INLINE = (region, programme, register, duty, project, project_register, monthly_report)
"""What is written with the events and can be rebuilt from the own log, in an order that keys allow."""
