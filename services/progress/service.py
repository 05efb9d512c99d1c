"""The features of this service, and their operations. The service decides nothing, so it has no commands."""

from services.progress.board.app import App
from services.progress.board.feature import FEATURE as BOARD
from services.progress.evidence.feature import FEATURE as EVIDENCE
from services.progress.measures.feature import FEATURE as MEASURES
from shared.feature import Features
from shared.rpc import Operations

FEATURES = Features(MEASURES, EVIDENCE, BOARD)
ops = Operations("progress")
_app: App | None = None


def serve(app: App | None) -> Operations:
    """Bind the operations to this App; returns their registry, which a broker then serves."""
    global _app
    _app = app
    return ops


def _current() -> App:
    if _app is None:
        raise RuntimeError("progress is not set up: call service.serve first")
    return _app


FEATURES.register(ops, _current)
