"""`python -m bench.shape`: what the code costs to read and to add to, counted from the code itself.

Per service: files, lines, operations and lines for each; classes that stand twice under one name, and the fields they
share; in how many files a command's class or operation is named. `--json` prints the numbers alone. Give it another
checkout's folder to compare with an earlier release.
"""

import argparse
import ast
import json
import re
import statistics
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

_ROOT = Path(__file__).parent.parent
_NOT_WRITTEN_BY_HAND = {"__pycache__", "migrations"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One service in numbers. `files_a_command`: the median of the files that name a command."""

    service: str
    files: int
    lines: int
    commands: int
    queries: int
    classes_twice: int
    fields_twice: int
    fields_of_those: int
    files_a_command: float

    @property
    def lines_an_operation(self) -> float:
        """Lines of the service for each of its commands and queries; 0 where it has none."""
        operations = self.commands + self.queries
        return self.lines / operations if operations else 0.0


@dataclass(frozen=True, slots=True)
class _Class:
    file: Path
    fields: frozenset[str]
    validated: bool


def shape(root: Path, service: str) -> Shape:
    """The numbers of one service of a checkout."""
    folder = root / "services" / service
    files = sorted(file for file in folder.rglob("*.py") if not _NOT_WRITTEN_BY_HAND & set(file.parts))
    texts = {file: file.read_text("utf-8") for file in files}
    twice, shared, all_fields = _twins(texts)
    kinds = _operations(root, service)
    return Shape(
        service=service,
        files=len(files),
        lines=sum(text.count("\n") for text in texts.values()),
        commands=sum(kind == "command" for kind in kinds.values()),
        queries=sum(kind == "query" for kind in kinds.values()),
        classes_twice=twice,
        fields_twice=shared,
        fields_of_those=all_fields,
        files_a_command=_files_a_command(root, texts, [n for n, kind in kinds.items() if kind == "command"]),
    )


def _operations(root: Path, service: str) -> dict[str, str]:
    """command or query, by the operation's name."""
    contract = root / "shared" / "contracts" / service / "operations.json"
    if not contract.exists():
        return {}
    operations = json.loads(contract.read_text("utf-8"))["operations"]
    return {name: operation["kind"] for name, operation in operations.items()}


def _twins(texts: dict[Path, str]) -> tuple[int, int, int]:
    """Classes of one name in several files, one plain and one validated; fields both have, fields of the plain ones."""
    found: dict[str, list[_Class]] = defaultdict(list)
    for file, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and (fields := _fields(node)):
                found[node.name].append(_Class(file, fields, not _is_dataclass(node)))
    classes = shared = every = 0
    for same in found.values():
        plain = [each for each in same if not each.validated]
        validated = [each for each in same if each.validated]
        if plain and validated:
            classes += 1
            every += len(plain[0].fields)
            shared += len(plain[0].fields & validated[0].fields)
    return classes, shared, every


def _fields(node: ast.ClassDef) -> frozenset[str]:
    return frozenset(
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    )


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.dump(each) for each in node.decorator_list)


def _files_a_command(root: Path, texts: dict[Path, str], commands: list[str]) -> float:
    """Hand-written files of the service and the gateway that a command's operation, class or function is named in."""
    gateway = {
        file: file.read_text("utf-8")
        for file in (root / "services" / "gateway").rglob("*")
        if file.suffix in {".py", ".csv", ".yaml"} and "__pycache__" not in file.parts
    }
    words = {
        file: Counter(re.findall(r"[A-Za-z][\w-]*", text)) for file, text in {**texts, **gateway}.items()
    }
    counts = []
    for name in commands:
        spellings = {name, name.replace("-", "_"), "".join(part.title() for part in name.split("-"))}
        counts.append(sum(any(spelling in each for spelling in spellings) for each in words.values()))
    return statistics.median(counts) if counts else 0.0


def show(shapes: list[Shape], console: Console) -> None:
    """Print them as a table."""
    table = Table(
        *("service", "files", "lines", "commands", "queries", "lines an operation"),
        *("classes twice", "fields twice", "of", "files naming a command"),
    )
    for each in shapes:
        table.add_row(
            *(each.service, str(each.files), f"{each.lines:,}", str(each.commands), str(each.queries)),
            f"{each.lines_an_operation:.0f}" if each.lines_an_operation else "–",
            *(str(each.classes_twice), str(each.fields_twice), str(each.fields_of_those)),
            f"{each.files_a_command:g}" if each.files_a_command else "–",
        )
    console.print(table)


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.shape", description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=_ROOT, help="a checkout; default: this one")
    parser.add_argument("--json", action="store_true", help="numbers alone")
    options = parser.parse_args()
    services = sorted(
        each.name for each in (options.root / "services").iterdir() if (each / "__init__.py").exists()
    )
    shapes = [shape(options.root, service) for service in services]
    if options.json:
        print(json.dumps([asdict(each) for each in shapes], indent=1))
    else:
        show(shapes, Console())


if __name__ == "__main__":
    main()
