"""The tables of this service, as SQLAlchemy Core sees them: one module per slice, one metadata."""

from services.projects.tables import imports
from services.projects.tables.awards import appraised_city, award
from services.projects.tables.base import metadata
from services.projects.tables.imports import file_imported, import_job, import_row
from services.projects.tables.reports import investment_target

INLINE = imports.INLINE
"""The tables written with the events and rebuilt from this service's log, in an order that foreign keys allow."""

__all__ = [
    "INLINE",
    "appraised_city",
    "award",
    "file_imported",
    "import_job",
    "import_row",
    "investment_target",
    "metadata",
]
