"""Problems of projects (困难和问题)."""

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.tables.base import metadata

project_problem = Table(
    "project_problem",
    metadata,
    Column("problem", Text, primary_key=True),
    Column("project", Text),
    Column("region", Text),
    Column("enterprise", Text),
    Column("programmes", ARRAY(Text)),
    Column("kind", Text),
    Column("text", Text),
    Column("level", Text),
    Column("owner", Text),
    Column("standing", Text),
    Column("major", Boolean),
    Column("raised_on", Date),
    Column("due_on", Date),
    Column("last_on", Date),
    Column("escalations", Integer),
    Column("answer", Text),
    Column("meeting", Text),
    Column("decision", Text),
    Column("resolution", Text),
)

INLINE = (project_problem,)
