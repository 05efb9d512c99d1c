"""The history of imports, which the worker writes."""

from services.projects.imports.decisions import FILE_IMPORT
from services.projects.imports.facts import FileImported, stream
from services.projects.imports.views import KEPT
from shared.feature import History

HISTORY = History(FileImported, FILE_IMPORT, lambda done: stream(done.file_import), (KEPT,))
