"""Reads plan files and keeps, for every value, the line it stands on: a wrong value is named by its place.

CSV for tables, YAML for trees. Numbers of a tree become Decimal, never float; a key written twice is refused.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Row = TypeVar("Row", bound=BaseModel)
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a plan file: where it stands, what is wrong, and what to do."""

    file: str
    line: int | None
    field: str | None
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        named = f", {self.field}" if self.field else ""
        return f"{place}{named}: {self.problem}. {self.remedy}."


class PlanError(Exception):
    """The plan's data cannot be used. `faults` lists everything found, not just the first."""

    def __init__(self, plan: str, faults: list[Fault]) -> None:
        self.plan = plan
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"plan {plan!r}: {count}\n" + "\n".join(f"  {fault}" for fault in faults))


@dataclass(frozen=True, slots=True)
class Located(Generic[Row]):
    """A validated row and where it was read."""

    file: str
    line: int
    item: Row

    def place(self, seen_from: str) -> str:
        """Where it stands, said to a reader of the file `seen_from`."""
        return f"line {self.line}" if self.file == seen_from else f"line {self.line} of {self.file}"


@dataclass(frozen=True, slots=True)
class Tree:
    """A YAML file as plain values, and the line of every key and item in it."""

    file: str
    data: dict[str, Any]
    lines: dict[Steps, int]


@dataclass(slots=True)
class Reader:
    """Reads the files of one plan folder and collects the faults found on the way.

    What holds in the whole country stands in `common` under the same names: its rows come first, then the plan's own.
    Either file may be missing. A row of `common` is named as common/FILE in a fault.
    """

    folder: Path
    common: Path | None = None
    faults: list[Fault] = field(default_factory=list)

    def table(self, name: str, model: type[Row], *, needed: bool = False) -> list[Located[Row]]:
        """The rows of a CSV file; rows with a fault are left out (and reported). A line that begins with # says why."""
        found: list[Located[Row]] = []
        for file, text in self._texts(name, needed):
            rows = csv.reader(io.StringIO(text, newline=""), strict=True)
            try:
                self._rows(file, rows, model, found)
            except csv.Error as error:
                self.fault(file, rows.line_num, None, f"not CSV: {error}", "Check the quotes of this row")
        return found

    def _rows(self, name: str, rows: Any, model: type[Row], found: list[Located[Row]]) -> None:
        told = (cells for cells in rows if not (cells and cells[0].startswith("#")))
        header: list[str] = next(told, [])
        if not self._header_fits(name, header, model):
            return
        for cells in told:
            line = rows.line_num
            if len(cells) != len(header):
                self.fault(
                    name,
                    line,
                    None,
                    f"{len(cells)} cells where the header has {len(header)}",
                    "Quote cells with commas",
                )
                continue
            # An empty cell is a missing value, never an empty text or a zero.
            values = {key: cell for key, cell in zip(header, cells, strict=True) if cell != ""}
            item = self._validated(name, model, values, {(): line})
            if item is not None:
                found.append(Located(name, line, item))

    def trees(self, name: str, *, needed: bool = False) -> list[Tree]:
        """The mappings of a YAML file: the country's first, then the plan's own."""
        found = (self._tree(file, text) for file, text in self._texts(name, needed))
        return [tree for tree in found if tree is not None]

    def _tree(self, name: str, text: str) -> Tree | None:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            self.fault(
                name, line, None, f"not YAML: {error.problem}", "Check indentation, quotes and brackets"
            )
            return None
        lines: dict[Steps, int] = {}
        data = self._plain(name, node, (), lines) if node is not None else None
        if not isinstance(data, dict):
            self.fault(name, 1, None, "the file is not a mapping of keys", "Begin with key: value lines")
            return None
        return Tree(name, data, lines)

    def items(
        self, trees: Iterable[Tree], key: str, model: type[Row], *, needed: bool = False
    ) -> list[Located[Row]]:
        """The items of the list `key` of a file's trees, validated; a list that isn't needed may be missing."""
        found: list[Located[Row]] = []
        for tree in trees:
            raw = tree.data.get(key, [])
            if not isinstance(raw, list) or (needed and not raw):
                problem = "the list is missing or empty"
                self.fault(tree.file, tree.lines.get((key,)), key, problem, f"Write the items under {key}:")
                continue
            for index, values in enumerate(raw):
                at: Steps = (key, index)
                within = {steps[2:]: line for steps, line in tree.lines.items() if steps[:2] == at}
                item = self._validated(tree.file, model, values, within)
                if item is not None:
                    found.append(Located(tree.file, within[()], item))
        return found

    def fault(self, file: str, line: int | None, name: str | None, problem: str, remedy: str) -> None:
        self.faults.append(Fault(file, line, name, problem, remedy))

    def one(self, name: str, model: type[Row], values: dict[str, Any], lines: dict[Steps, int]) -> Row | None:
        """A mapping as one validated item; None when it has a fault (reported)."""
        return self._validated(name, model, values, {(): 1, **lines})

    def _texts(self, name: str, needed: bool) -> Iterator[tuple[str, str]]:
        """What stands under this name, each with the name it has in a fault."""
        places = [(f"{self.common.name}/{name}", self.common / name)] if self.common else []
        found = False
        for file, path in [*places, (name, self.folder / name)]:
            try:
                text = path.read_text(encoding="utf-8-sig")
            except FileNotFoundError:
                continue
            except UnicodeDecodeError as error:
                self.fault(file, None, None, f"not UTF-8 (byte {error.start})", "Save the file as UTF-8")
                found = True
                continue
            found = True
            yield file, text
        if needed and not found:
            self.fault(name, None, None, "the file is missing", f"Put {name} into the plan's folder")

    def _header_fits(self, name: str, header: list[str], model: type[BaseModel]) -> bool:
        known = {info.alias or key for key, info in model.model_fields.items()}
        required = {info.alias or key for key, info in model.model_fields.items() if info.is_required()}
        wanted = "Columns are: " + ", ".join(info.alias or key for key, info in model.model_fields.items())
        before = len(self.faults)
        for column in header:
            if column not in known:
                self.fault(name, 1, column, "unknown column", wanted)
            elif header.count(column) > 1:
                self.fault(name, 1, column, "the column stands twice", "Keep one of them")
        for column in sorted(required - set(header)):
            self.fault(name, 1, column, "the column is missing", wanted)
        return len(self.faults) == before

    def _validated(self, name: str, model: type[Row], values: Any, lines: dict[Steps, int]) -> Row | None:
        try:
            return model.model_validate(values)
        except ValidationError as error:
            for one in error.errors():
                steps = one["loc"]
                shown = ".".join(str(step) for step in steps) or None
                remedy = (
                    f"It says {one['input']!r}" if one["type"] not in ("missing", "extra_forbidden") else ""
                )
                if one["type"] == "missing":
                    remedy = "Write a value; every row needs it"
                elif one["type"] == "extra_forbidden":
                    remedy = "Remove it or correct its name; known: " + ", ".join(
                        info.alias or key for key, info in model.model_fields.items()
                    )
                elif isinstance(one["input"], dict):
                    remedy = "Correct the row"
                self.fault(
                    name, _nearest(steps, lines), shown, one["msg"].removeprefix("Value error, "), remedy
                )
            return None

    def _plain(self, name: str, node: yaml.Node, at: Steps, lines: dict[Steps, int]) -> Any:
        lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value)
                if key in found:
                    self.fault(
                        name, key_node.start_mark.line + 1, key, "the key stands twice", "Keep one of them"
                    )
                found[key] = self._plain(name, value_node, (*at, key), lines)
                lines[(*at, key)] = key_node.start_mark.line + 1
            return found
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(name, child, (*at, index), lines) for index, child in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:float":
            return Decimal(node.value)
        try:
            return yaml.SafeLoader("").construct_object(node)
        except ValueError as error:  # such as 2013-02-30
            self.fault(
                name, lines[at], str(at[-1]), f"{node.value!r} is no value: {error}", "Correct the value"
            )
            return None


def _nearest(steps: Steps, lines: dict[Steps, int]) -> int | None:
    for length in range(len(steps), -1, -1):
        if steps[:length] in lines:
            return lines[steps[:length]]
    return None
