"""Decision on an import that was carried out: it is recorded once."""

from collections.abc import Sequence

from services.projects.imports.facts import INITIAL, FileImported, FileImportState, NotImported, evolve
from shared.command import Decider


def decide(done: FileImported, state: FileImportState) -> Sequence[FileImported]:
    """The event, or none where it is recorded already."""
    return [done] if isinstance(state, NotImported) else []


FILE_IMPORT = Decider(INITIAL, decide, evolve)
