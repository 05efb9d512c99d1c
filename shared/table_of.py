"""A table that is derived from the answer that its list gives: a column for each field, of the field's type.

Tables are made by migrations; this is how they are read and written.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from shared.naming import Beside


def table_of(
    name: str,
    metadata: MetaData,
    item: type[BaseModel],
    *,
    key: tuple[str, ...],
    without: Collection[str] = (),
    more: tuple[Column[Any], ...] = (),
) -> Table:
    """The table of a list of `item`s. `without`: fields that are made when it is read, as names
    beside references are anyway; `more`: columns it doesn't show.

    Raises TypeError for a field whose type no column has.
    """
    columns = [
        Column(field, _type(info.annotation), primary_key=field in key)
        for field, info in item.model_fields.items()
        if field not in without and Beside() not in info.metadata
    ]
    return Table(name, metadata, *columns, *more)


def _type(annotation: Any) -> TypeEngine[Any]:
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (each for each in get_args(annotation) if each is not NoneType)
    origin = get_origin(annotation)
    if origin is list:
        return ARRAY(_type(get_args(annotation)[0]))
    if origin is Literal or (isinstance(annotation, type) and issubclass(annotation, Enum)):
        return Text()
    if get_args(annotation):  # Annotated
        return _type(get_args(annotation)[0])
    for python, column in _TYPES.items():
        if annotation is python:
            return column()
    raise TypeError(f"no column is of the type {annotation}")


_TYPES: dict[type, Callable[[], TypeEngine[Any]]] = {
    str: Text,
    int: Integer,
    bool: Boolean,
    date: Date,
    datetime: partial(DateTime, timezone=True),
    Decimal: Numeric,
}
