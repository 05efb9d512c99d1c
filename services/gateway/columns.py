"""The columns of an exported list: headings with units in the reader's language, and the type of each cell.

`headings.csv` beside this module gives each field's heading and the unit of its numbers; the operation's contract gives
the rest. A nested object becomes one column per field, under the object's heading.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from services.gateway.contracts import OperationContract
from shared.language import Said

Type = Literal["text", "number", "money", "date", "moment", "yes"]
_UNITS = {
    "CNY": Said("CNY", "元"),
    "percent": Said("%", "%"),
    "tce": Said("tce", "吨标准煤"),
    "minutes": Said("minutes", "分钟"),
}
_OF_A_FIGURE = (
    "value",
    "unit",
    "target_value",
    "completion",
    "pro_rata",
    "gap_points",
    "light",
    "rank",
    "period",
)
"""The fields of a nested figure that a sheet shows; the list of figures itself has the others."""
NAMED = {
    "region": "regions",
    "city": "regions",
    "industry": "industries",
    "programme": "programmes",
    "programmes": "programmes",
    "tag": "tags",
    "tags": "tags",
    "stage": "words",
}
"""Fields that hold codes, and the vocabulary list with the names of those codes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: path of its value in an item, heading, cell type; `names`: the vocabulary list to show names from."""

    path: tuple[str, ...]
    heading: Said
    type: Type
    names: str | None = None

    def value(self, item: Mapping[str, Any]) -> Any:
        """The value in an item; None if the field or its parent object is missing."""
        found: Any = item
        for name in self.path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found


def columns(operation: OperationContract) -> tuple[Column, ...] | None:
    """The columns of an operation that answers with rows; None for another."""
    answer = operation.resolve(operation.response).get("properties", {})
    key = rows_key(operation)
    if key is None:
        return None
    item = operation.resolve(answer[key].get("items", {}))
    return tuple(_columns(operation, item.get("properties", {}), (), Said("", "")))


def rows_key(operation: OperationContract) -> str | None:
    """The field of an answer that holds the rows: `items` for a page, `rows` for a board."""
    answer = operation.resolve(operation.response).get("properties", {})
    if {"items", "next_cursor"} <= answer.keys():
        return "items"
    return "rows" if answer.get("rows", {}).get("type") == "array" and operation.name == "board" else None


def heading(name: str) -> Said:
    """A field's heading without its unit. Raises KeyError if headings.csv doesn't list the field."""
    return _headings()[name][0]


def _columns(
    operation: OperationContract, fields: Mapping[str, Any], path: tuple[str, ...], above: Said
) -> Iterator[Column]:
    for name, raw in fields.items():
        schema = _plain(operation, raw)
        within = schema.get("properties")
        if within and path:
            continue
        title = _title(name, above)
        if within:
            if {"target", "light", "completion"} <= within.keys():
                within = {each: within[each] for each in _OF_A_FIGURE}
            yield from _columns(operation, within, (*path, name), title)
            continue
        kind, unit = _type(name, schema)
        shown = Said(f"{title.en} ({unit.en})", f"{title.zh}（{unit.zh}）") if unit else title
        yield Column((*path, name), shown, kind)
        if name in NAMED and f"{name}_name" not in fields:
            its_name = Said(f"{title.en} name", f"{title.zh.removesuffix('代码')}名称")
            yield Column((*path, name), its_name, "text", NAMED[name])


def _title(name: str, above: Said) -> Said:
    known = _headings().get(name)
    own = known[0] if known else Said(_words(name), _words(name))
    return Said(f"{above.en}: {own.en}", f"{above.zh}·{own.zh}") if above.en else own


def _type(name: str, schema: Mapping[str, Any]) -> tuple[Type, Said | None]:
    """The cell type of a field, and the unit of its numbers as the heading shows it."""
    unit = _headings().get(name, (None, ""))[1]
    if "CNY" in schema.get("description", ""):
        unit = "CNY"
    match schema.get("type"), schema.get("format"):
        case "string", "date":
            return "date", None
        case "string", "date-time":
            return "moment", None
        case "boolean", _:
            return "yes", None
        case (("integer" | "number"), _):
            return "number", _UNITS.get(unit)
        case "string", _ if unit:
            return ("money" if unit == "CNY" else "number"), _UNITS.get(unit)
        case _:
            return "text", None


def _plain(operation: OperationContract, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its reference resolved and the null alternative removed; the description is kept."""
    options = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    found = operation.resolve(options[0]) if options else {}
    return {**found, "description": schema.get("description", found.get("description", ""))}


@cache
def _headings() -> dict[str, tuple[Said, str]]:
    path = resources.files("services.gateway").joinpath("headings.csv")
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {row["field"]: (Said(row["en"] or _words(row["field"]), row["zh"]), row["unit"]) for row in rows}


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
