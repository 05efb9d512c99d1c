"""Projects and their stays in registers, as lists show them."""

from sqlalchemy import Column, Date, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.tables.base import MONEY, metadata

project = Table(
    "project",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text),
    Column("region", Text),
    Column("enterprise", Text),
    Column("enterprise_name", Text),
    Column("industry", Text),
    Column("total_investment", MONEY),
    Column("equipment_investment", MONEY),
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

INLINE = (project, project_register)
