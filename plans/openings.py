"""What a plan opens one by one, each with a history of its own, once its parts are loaded."""

from dataclasses import dataclass
from typing import Any

from plans.model import Fund, Measure


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing to be opened by a POST to `path` below the API's root; `id` is its own among those of the path."""

    path: str
    id: str
    body: dict[str, Any]


def fund(row: Fund) -> Opening:
    """A special fund with its terms."""
    return Opening("/funds", row.fund, row.model_dump(mode="json", exclude={"confidence", "note"}))


def measure(row: Measure) -> Opening:
    """A promise without a figure."""
    return Opening("/measures", row.measure, row.model_dump(mode="json", exclude={"confidence", "note"}))
