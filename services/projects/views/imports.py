"""Imports as answers."""

from collections.abc import Iterator
from typing import Any

from services.projects.imports.columns import Place
from services.projects.models.imports import ImportFault, ImportView


def import_view(row: Any) -> ImportView:
    """A row of the table `import_job`."""
    return ImportView.model_validate({**row._mapping, "import": row.job})


def faults(row: Any, places: list[Place]) -> Iterator[ImportFault]:
    """What is wrong with a row of the table `import_row`."""
    index = {place.column.field: place.index for place in places}
    for fault in row.faults:
        at = index.get(fault.get("field", ""), -1)
        value = row.cells[at] if 0 <= at < len(row.cells) else ""
        yield ImportFault(
            row=row.row,
            column=fault.get("column", ""),
            field=fault.get("field", ""),
            value=value[:100],
            why=fault["why"],
            remedy=fault["remedy"],
        )
