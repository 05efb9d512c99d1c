"""What all operations share: the registry of operations, and the App that they act on."""

from typing import Any

from services.assessment.app import App, Assessment
from services.assessment.domain.refusal import Refused
from services.assessment.people import People
from services.assessment.queries import Queries
from shared.rpc import Operations

Json = dict[str, Any]
ops = Operations("assessment", Refused)


class Serving:
    """The App that the operations act on: set once by `serve`, before the first call can arrive."""

    app: App
    assessment: Assessment
    queries: Queries
    people: People
