"""What a value must be and what is said of it, as metadata of `Annotated`: plain records of the standard library.

    Name = Annotated[str, Text(min_length=1, max_length=200, description="name", example="示例机床厂")]

pydantic asks them when it builds what checks a request (`shared.rpc`). A misspelt limit is a TypeError here; one that
stands where it would limit nothing (outside of `X | None`, or on another kind of value) is one when the check is built.
Inside the domain nothing is checked: what doesn't come from a request is right already.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, ClassVar, Literal

from shared.numerals import plain_text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Says:
    """What the documentation says of a value. It limits nothing, so it may stand on anything, also on `X | None`.

    `examples`: where one can't show what is meant.
    """

    description: str | None = None
    example: Any = None
    examples: tuple[Any, ...] = ()

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        said = dict(handler(schema))
        if self.description is not None:
            said["description"] = self.description
        if self.example is not None:
            said["examples"] = [self.example]
        if self.examples:
            said["examples"] = list(self.examples)
        return said


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Limits(Says):
    """Puts its own fields into the checks of the kinds of value that it is for."""

    kinds: ClassVar[frozenset[str]]
    unlimited: ClassVar[frozenset[str]] = frozenset({"description", "example", "examples"})

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        limits = {
            each.name: value
            for each in fields(self)
            if each.name not in self.unlimited and (value := getattr(self, each.name)) is not None
        }
        return self._limited(handler(source), limits, source)

    def _limited(self, schema: Any, limits: dict[str, Any], source: Any) -> Any:
        if schema["type"] in (
            "function-before",
            "function-after",
        ):  # the value between them is what is limited
            return {**schema, "schema": self._limited(schema["schema"], limits, source)}
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
class Time(_Limits):
    """A moment. `tz_constraint` aware: it must say its offset from UTC."""

    kinds = frozenset({"datetime"})

    tz_constraint: Literal["aware"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked(Says):
    """A value that `check` gives back as it is kept. Its ValueError for a wrong one is what the caller reads."""

    check: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.check, handler(source))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exact(Number):
    """A decimal as people write it: ASCII digits and a point, read exactly; 1E+3 becomes 1000, as events say it."""

    kinds = frozenset({"decimal"})

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        from shared.numerals import plain_text

        limited = Number.__get_pydantic_core_schema__(self, source, handler)
        plain = core_schema.no_info_after_validator_function(_plain, limited)
        return core_schema.no_info_before_validator_function(plain_text, plain)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Many(_Limits):
    """A list or mapping: how many it holds. `beyond`: what is said where there are more; {limit} and {count} in it."""

    kinds = frozenset({"list", "tuple", "dict"})
    unlimited = _Limits.unlimited | {"beyond"}

    min_length: int | None = None
    max_length: int | None = None
    beyond: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        limited = _Limits.__get_pydantic_core_schema__(self, source, handler)
        if self.beyond is None:
            return limited
        return core_schema.no_info_before_validator_function(self._not_beyond, limited)

    def _not_beyond(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) > (self.max_length or 0):
            raise ValueError(str(self.beyond).format(limit=self.max_length, count=len(value)))
        return value


def _plain(value: Decimal) -> Decimal:
    return Decimal(f"{value:f}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plain(Says):
    """A decimal that may come as a text of a number, kept with the exponent it was written with, unlike `Exact`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        check = {"type": "no-info", "function": plain_text}
        return {"type": "function-before", "function": check, "schema": handler(source)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Json(Says):
    """Whatever JSON can say, on `Any`: what it means is up to who reads it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic import JsonValue

        return handler.generate_schema(JsonValue)
