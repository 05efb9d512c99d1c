"""What all operations share: the register of operations, and what they act on."""

from services.projects.app.context import App
from services.projects.domain.refusal import Refused
from shared.rpc import Operations

ops = Operations("projects", Refused)


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    app: App
