"""The tables of this service, as SQLAlchemy Core sees them: one module per slice, one metadata."""

from services.projects.tables import (
    imports,
    projects,
    reserve,
)
from services.projects.tables.awards import appraised_city, award
from services.projects.tables.base import metadata
from services.projects.tables.imports import file_imported, import_job, import_row
from services.projects.tables.projects import (
    pre_review,
    project,
    project_milestone,
    project_register,
    signing,
)
from services.projects.tables.reports import investment_target
from services.projects.tables.reserve import reserve_drop, reserve_update, screening

INLINE = (
    *projects.INLINE,
    *reserve.INLINE,
    *imports.INLINE,
)
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
    "pre_review",
    "project",
    "project_milestone",
    "project_register",
    "reserve_drop",
    "reserve_update",
    "screening",
    "signing",
]
