"""Spans in questions: what begins after it ends is told so, in one form, instead of an empty answer."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from shared.problems import bad_span


def check_spans(request: Any) -> None:
    """Raises Problem 422 for a request whose `last_…` is before its `first_…`; so `from` and `to`, `…_from` and `…_to`,
    `since` and `before`."""
    for first, last in _pairs(type(request)) if isinstance(request, BaseModel) else ():
        begins, ends = getattr(request, first[1]), getattr(request, last[1])
        if begins is not None and ends is not None and ends < begins:
            raise bad_span(f"{ends} is before {begins}.", last[0], f"Give the smaller one as {first[0]}.")


@cache
def _pairs(model: type[BaseModel]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """The fields that begin and end a span, each by its public name and its own."""
    fields = {field.alias or name: name for name, field in model.model_fields.items()}
    return [
        ((first, fields[first]), (last, fields[last]))
        for first in fields
        for last in _ends(first)
        if last in fields
    ]


def _ends(first: str) -> Iterator[str]:
    if first == "since":
        yield "before"
    if first.startswith("first_"):
        yield f"last_{first.removeprefix('first_')}"
    if first == "from" or first.endswith("_from"):
        yield f"{first.removesuffix('from')}to"
