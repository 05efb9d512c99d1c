"""What all operations share: the register of operations, and what they act on."""

from services.projects.app.context import App
from services.projects.domain.refusal import Refused
from shared.rpc import Operations

ops = Operations("projects", Refused)


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    app: App


def serve(app: App) -> Operations:
    """Let the operations act on this; answers them, to be bound to a broker."""
    Serving.app = app
    return ops
