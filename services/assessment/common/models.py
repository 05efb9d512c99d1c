"""Base classes and field types of this service's queries and answers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

Cursor = Annotated[
    str | None,
    Field(
        default=None, max_length=400, description="`next_cursor` of the page before; absent: the first page."
    ),
]
NextCursor = Annotated[str | None, Field(description="Cursor of the next page; null: this is the last.")]
Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A timestamp, written with its UTC offset: +00:00, never Z."""


class Request(BaseModel):
    """A request: unknown fields are refused, so that a misspelt one can't pass in silence."""

    model_config = ConfigDict(extra="forbid")
