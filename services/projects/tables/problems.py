"""Problems of projects (困难和问题), and the meetings that decide them."""

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
meeting = Table(
    "meeting",
    metadata,
    Column("meeting", Text, primary_key=True),
    Column("kind", Text),
    Column("name", Text),
    Column("region", Text),
    Column("level", Text),
    Column("held_on", Date),
    Column("kinds", ARRAY(Text)),
    Column("standing", Text),
    Column("problems", Integer),
    Column("decided", Integer),
)
meeting_item = Table(
    "meeting_item",
    metadata,
    Column("meeting", Text, primary_key=True),
    Column("problem", Text, primary_key=True),
    Column("project", Text),
)

INLINE = (project_problem, meeting, meeting_item)
