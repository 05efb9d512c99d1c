"""What is known of an import: that it was done, and how. What its rows led to stands in other streams."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Mode = Literal["all", "good"]
"""all: every row or none. good: the rows that can be carried out; the others are reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImported:
    """The rows of a file were carried out: what each led to stands in the streams of what it is about.

    `sha256` is the file's. `created` rows led to something new, `changed` ones corrected what was known
    (for `reason`), `unchanged` said what was known, `refused` couldn't be.
    """

    file_import: str
    kind: str
    file_name: str
    sha256: str
    mode: Mode
    rows: int
    created: int
    unchanged: int
    refused: int
    on: date
    imported_by: str
    region: str | None = None
    changed: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NotImported:
    """The import has not been carried out."""


FileImportState = NotImported | FileImported
INITIAL: FileImportState = NotImported()


def stream(file_import: str) -> str:
    """The stream of one import of a spreadsheet."""
    return f"import:{file_import}"


def evolve(_state: FileImportState, event: FileImported) -> FileImportState:
    """The state after a stored fact."""
    return event
