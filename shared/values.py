"""What a value must be and what is said of it, as metadata of `Annotated`: plain records of the standard library.

    Name = Annotated[str, Text(min_length=1, max_length=200, description="name", example="示例机床厂")]

pydantic asks them when it builds what checks a request (`shared.rpc`). A misspelt limit is a TypeError here; one that
stands where it would limit nothing (outside of `X | None`, or on another kind of value) is one when the check is built.
Inside the domain nothing is checked: what doesn't come through the door is right already.
"""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Says:
    """What the documentation says of a value. It limits nothing, so it may stand on anything, also on `X | None`."""

    description: str | None = None
    example: Any = None

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        said = dict(handler(schema))
        if self.description is not None:
            said["description"] = self.description
        if self.example is not None:
            said["examples"] = [self.example]
        return said


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Limits(Says):
    """Puts its own fields into the checks of the kinds of value that it is for."""

    kinds: ClassVar[frozenset[str]]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        schema = handler(source)
        limits = {
            each.name: value
            for each in fields(self)
            if each.name not in ("description", "example") and (value := getattr(self, each.name)) is not None
        }
        if limits and schema["type"] not in self.kinds:
            raise TypeError(f"{self!r} would limit nothing on {source}: put it on the value inside")
        return {**schema, **limits}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Text(_Limits):
    """A text: its length in characters; `pattern` in Rust's syntax; `strip_whitespace` at both ends, before all."""

    kinds = frozenset({"str"})

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    strip_whitespace: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number(_Limits):
    """A number: its bounds, and for a decimal its digits."""

    kinds = frozenset({"int", "decimal"})

    ge: int | Decimal | None = None
    gt: int | Decimal | None = None
    le: int | Decimal | None = None
    lt: int | Decimal | None = None
    max_digits: int | None = None
    decimal_places: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Many(_Limits):
    """A list: how many it holds."""

    kinds = frozenset({"list", "tuple"})

    min_length: int | None = None
    max_length: int | None = None
