"""Base classes and field types of this service's queries and answers.

Quantities are decimal strings in answers, so that nothing is lost on the way; requests take numbers or strings.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, PlainSerializer


def _text(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Figure = Annotated[Decimal, PlainSerializer(_text, return_type=str)]
Limit = Annotated[int, Field(default=50, ge=1, le=500, description="items on a page")]
Cursor = Annotated[
    str | None,
    Field(default=None, max_length=200, description="`next_cursor` of the page before; none: the first page"),
]


class Request(BaseModel):
    """Strict at the door: a field that isn't known is an error, so that a misspelt one can't pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


def example(**fields: JsonValue) -> ConfigDict:
    """A request's configuration with one example, as the API's documentation shows it."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [fields]})


def span_example(**fields: JsonValue) -> ConfigDict:
    """That of a request with `first` and `last`, which callers know as `from` and `to`: `from` is a word of Python."""
    days: dict[str, JsonValue] = {"from": "2013-01-01", "to": "2013-12-31"}
    return ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        json_schema_extra={"examples": [{**days, **fields}]},
    )
