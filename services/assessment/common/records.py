"""Records made of the fields of others."""

from dataclasses import fields
from typing import Any


def members(record: Any, kind: type[Any] | None = None) -> dict[str, Any]:
    """The fields of a record by name; with a `kind`, those that a record of that kind has."""
    return {each.name: getattr(record, each.name) for each in fields(kind or record)}
