"""FileImport (表格导入): rows of a spreadsheet carried out as commands. What is a fact is that it was done, and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, assert_never

Mode = Literal["all", "good"]
"""all: every row or none. good: the rows that can be carried out; the others are reported."""


@dataclass(frozen=True, slots=True)
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


FileImportEvent = FileImported


@dataclass(frozen=True, slots=True)
class NotImported:
    """The import has not been carried out."""


FileImportState = NotImported | FileImported
INITIAL: FileImportState = NotImported()


def decide(command: FileImported, state: FileImportState) -> Sequence[FileImportEvent]:
    """The event, or none: an import is recorded once."""
    match state:
        case NotImported():
            return [command]
        case FileImported():
            return []
        case _:
            assert_never(state)


def evolve(_state: FileImportState, event: FileImportEvent) -> FileImportState:
    """The state after a stored fact."""
    return event
