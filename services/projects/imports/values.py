"""Field types of requests about imports."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict

from services.projects.common.values import ProjectId
from shared.values import Says, Text

KindName = Annotated[
    str, Text(pattern=r"^[a-z]{1,20}$", description="kind of spreadsheet", example="projects")
]
ImportId = Annotated[ProjectId, Says(description="import id", example="I-0123456789abcdef")]
Cell = Annotated[str, Text(max_length=20_000)]
Words = Annotated[str, Text(max_length=300)]
Standing = Literal["receiving", "checking", "checked", "running", "finished", "failed"]
MOST_ROWS = 20_000
ONE: dict[str, Any] = {"import": "I-0123456789abcdef"}
"""An import in an example."""


def example(**body: Any) -> ConfigDict:
    """The configuration of a request that is documented with this example."""
    return ConfigDict(json_schema_extra={"examples": [body]})
