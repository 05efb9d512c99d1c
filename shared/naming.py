"""Names beside references, as far as their reader may know them: one mechanism for the answers of all operations.

A model that has `thing_name: Name` beside `thing` says that it is to be filled in. A service says by `Naming` which
fields are references, of which kind, and how names of a kind are looked up: all that an answer needs with one look-up a
kind. Names that an answer has already stay. Answers of commands come as plain data, those of queries as models.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.identity import Actor
from shared.rpc import Call, Encoded, Reply


@dataclass(frozen=True, slots=True)
class Beside:
    """Marks a field that stands beside a reference, and in no table."""


Name = Annotated[
    str | None,
    Field(default=None, description="what it is called; null: not known, or not the reader's to know"),
    Beside(),
]
"""The name of the field before it."""

Lookup = Callable[[AsyncConnection, Actor, set[str]], Awaitable[Mapping[str, str]]]
"""The names of the ids of one kind, of those that the actor may know."""


class Naming:
    """`fields`: the kind of what a field refers to. `lookups`: how names of a kind are found."""

    def __init__(self, fields: Mapping[str, str], lookups: Mapping[str, Lookup]) -> None:
        self._fields = dict(fields)
        self._lookups = dict(lookups)
        self._open = cache(self._pairs)
        self._within = cache(self._holding)

    async def named(self, snapshots: AsyncEngine, call: Call, answer: Any) -> Any:
        """The answer with the names that its reader may know."""
        if isinstance(answer, Encoded):
            return answer
        data = answer.data if isinstance(answer, Reply) else answer
        wanted: dict[str, set[str]] = defaultdict(set)
        for part in self._parts(data):
            for field in self._of(part):
                wanted[self._fields[field]].add(_value(part, field))
        if not wanted:
            return answer
        async with snapshots.connect() as conn:
            known = {kind: await self._lookups[kind](conn, call.actor, ids) for kind, ids in wanted.items()}
        filled = self._filled(data, known)
        return replace(answer, data=filled) if isinstance(answer, Reply) else filled

    def _of(self, part: BaseModel | dict[str, Any]) -> list[str]:
        """The references of a part that have no name yet."""
        if isinstance(part, dict):
            fields, told = self._among(part), part
        else:
            fields, told = self._open(type(part)), part.__dict__
        return [each for each in fields if isinstance(told[each], str) and told[f"{each}_name"] is None]

    def _pairs(self, model: type[BaseModel]) -> list[str]:
        return self._among(model.model_fields)

    def _among(self, fields: Mapping[str, Any]) -> list[str]:
        return [each for each in self._fields if each in fields and f"{each}_name" in fields]

    def _filled(self, part: Any, known: Mapping[str, Mapping[str, str]]) -> Any:
        """A copy with names, because a part may belong to another answer too; itself where it needs none."""
        if isinstance(part, list):
            return [self._filled(each, known) if _holds(each) else each for each in part]
        changes = {
            f"{field}_name": known[self._fields[field]].get(_value(part, field)) for field in self._of(part)
        }
        for name, value in self._items(part):
            if _holds(value) and value:
                changes[name] = self._filled(value, known)
        if not changes:
            return part
        return {**part, **changes} if isinstance(part, dict) else part.model_copy(update=changes)

    def _parts(self, data: Any) -> Iterator[BaseModel | dict[str, Any]]:
        """Everything in an answer that may have names, or hold what has."""
        waiting = [data] if _holds(data) else []
        while waiting:
            part = waiting.pop()
            if isinstance(part, list):
                waiting += [each for each in part if _holds(each)]
            else:
                yield part
                waiting += [value for _, value in self._items(part) if _holds(value)]

    def _items(self, part: BaseModel | dict[str, Any]) -> Iterable[tuple[str, Any]]:
        if isinstance(part, dict):
            return part.items()
        return [(name, part.__dict__.get(name)) for name in self._within(type(part))]

    def _holding(self, model: type[BaseModel]) -> list[str]:
        """The fields in which there may be names: thousands of figures need not be walked through for a few names."""
        return [name for name, field in model.model_fields.items() if self._reaches(field.annotation, set())]

    def _reaches(self, annotation: Any, through: set[type]) -> bool:
        """Whether a value of this type may have names in it; `through`: models that are being asked already."""
        if get_origin(annotation) is Literal:
            return False
        if parts := get_args(annotation):
            of = parts[:1] if get_origin(annotation) is Annotated else parts
            return any(self._reaches(each, through) for each in of)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation in through:
                return False
            fields, inner = annotation.model_fields.values(), {*through, annotation}
            return bool(self._open(annotation)) or any(self._reaches(f.annotation, inner) for f in fields)
        return annotation in (Any, object, list, dict) or not isinstance(annotation, type)


_PLAIN = {str, int, bool, type(None), date, datetime, Decimal}


def _holds(value: Any) -> bool:
    """Whether there may be fields in it. Most values are plain, and to ask pydantic of each is slow."""
    return type(value) not in _PLAIN and isinstance(value, list | dict | BaseModel)


def _value(part: BaseModel | dict[str, Any], field: str) -> Any:
    return part.get(field) if isinstance(part, dict) else getattr(part, field)
