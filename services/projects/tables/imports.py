"""Imports of spreadsheets: what waits to be carried out (staging, not in the log), and what was."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSON

from services.projects.tables.base import metadata

import_job = Table(
    "import_job",
    metadata,
    Column("import", Text, primary_key=True, key="job"),
    Column("kind", Text),
    Column("file_name", Text),
    Column("sha256", Text),
    Column("actor", JSON),
    Column("subject", Text),
    Column("heading", JSON),
    Column("reading", JSON),
    Column("rows", Integer),
    Column("received", Integer),
    Column("standing", Text),
    Column("mode", Text),
    Column("done", Integer),
    Column("faulty", Integer),
    Column("changing", Integer),
    Column("created", Integer),
    Column("changed", Integer),
    Column("unchanged", Integer),
    Column("refused", Integer),
    Column("opened_at", DateTime(timezone=True)),
    Column("lease", Text),
    Column("lease_until", DateTime(timezone=True)),
    Column("attempt", BigInteger),
    Column("reason", Text),
)
import_row = Table(
    "import_row",
    metadata,
    Column("import", Text, primary_key=True, key="job"),
    Column("row", Integer, primary_key=True),
    Column("cells", JSON),
    Column("faults", JSON),
    Column("changes", JSON),
    Column("outcome", Text),
)
file_imported = Table(
    "file_imported",
    metadata,
    Column("import", Text, primary_key=True, key="job"),
    Column("kind", Text),
    Column("file_name", Text),
    Column("sha256", Text),
    Column("mode", Text),
    Column("rows", Integer),
    Column("created", Integer),
    Column("changed", Integer),
    Column("unchanged", Integer),
    Column("refused", Integer),
    Column("on", Date),
    Column("imported_by", Text),
)

INLINE = (file_imported,)
