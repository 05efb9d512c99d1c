"""Saved views of lists."""

from sqlalchemy import Column, DateTime, Table, Text
from sqlalchemy.dialects.postgresql import JSON

from services.projects.tables.base import metadata

saved_view = Table(
    "saved_view",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("view", Text, primary_key=True),
    Column("list", Text),
    Column("query", JSON),
    Column("saved_at", DateTime(timezone=True)),
    Column("shared", Text),
    Column("role", Text),
    Column("area", Text),
    Column("organisation", Text),
)
