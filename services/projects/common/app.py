"""What the operations and policies of this service act on."""

from dataclasses import dataclass, field

from services.projects.documents.facts import Figure
from shared.service import Service


@dataclass(slots=True)
class App(Service):
    """The projects service of one process."""

    frozen: dict[str, tuple[Figure, ...]] = field(default_factory=dict, init=False)
    """Cache of the report figures of issued documents; an issued document never changes."""
