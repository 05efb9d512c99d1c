"""docs/plan-coverage.md names every row of the plan, and every rule and test that it names exists."""

import ast
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from plans.loader import load_plan

NO_LETTERS: Mapping[int, str] = {}
ROOT = Path(__file__).parents[3]
TABLE = ROOT / "docs" / "plan-coverage.md"


def numbered(prefix: str, last: int, lettered: Mapping[int, str] = NO_LETTERS) -> list[str]:
    """`prefix`-1 to `last`, those in `lettered` by their letters: numbered("A", 2, {2: "ab"}) is A-1, A-2a, A-2b."""
    rows: list[str] = []
    for number in range(1, last + 1):
        rows += [f"{prefix}-{number}{letter}" for letter in lettered.get(number, "")] or [
            f"{prefix}-{number}"
        ]
    return rows


PLAN_ROWS = [
    *numbered("GE", 4),
    *numbered("TR", 28, {6: "abcdefghi", 14: "abc", 19: "abc", 23: "abc", 25: "ab", 27: "ab"}),
    *numbered("PM", 21, {13: "ab"}),
    *numbered("EI", 22, {22: "abcdefgh"}),
    *numbered("EN", 26, {3: "abcdefghi", 4: "abcdefg", 13: "abcd", 15: "ab"}),
    *numbered("IN", 23),
    *numbered("DI", 15),
    *numbered("PR", 10),
    *numbered("X", 25),
    *numbered("G", 12),
]
"""Every row of the plan: the envelope, six programmes, price rules, traps, golden vectors."""


@dataclass(frozen=True, slots=True)
class Line:
    row: str
    content: str
    where: str
    rules: tuple[str, ...]
    tests: tuple[str, ...]
    status: str


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    found = []
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| [A-Z]{1,2}-\d", text):
            row, content, where, rules, tests, status = (cell.strip() for cell in text.strip("|").split("|"))
            found.append(Line(row, content, where, quoted(rules), quoted(tests), status))
    return found


def quoted(cell: str) -> tuple[str, ...]:
    """What stands between backticks."""
    return tuple(re.findall(r"`([^`]+)`", cell))


@cache
def names_in(file: str) -> frozenset[str]:
    """What a rule may name in a file: definitions of code, with methods as `Class.method`; keys and values of data."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".py":
            return frozenset(defined(ast.parse(text).body))
        case ".csv":
            return frozenset(cell for row in csv.reader(text.splitlines()) for cell in row)
        case ".yaml":
            return frozenset(scalars(yaml.safe_load(text)))
        case _:
            return frozenset()


def defined(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield prefix + name
            case ast.ClassDef(name=name, body=inner):
                yield prefix + name
                yield from defined(inner, f"{prefix}{name}.")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield prefix + name


def scalars(data: Any) -> Iterator[str]:
    match data:
        case dict():
            for key, value in data.items():
                yield str(key)
                yield from scalars(value)
        case list():
            for value in data:
                yield from scalars(value)
        case _:
            yield str(data)


def now_in(name: str) -> list[str]:
    """The files in which a definition of that name stands, for whoever has moved it."""
    return sorted(
        str(path.relative_to(ROOT))
        for folder in ("services", "plans")
        for path in (ROOT / folder).rglob("*.py")
        if name in names_in(str(path.relative_to(ROOT)))
    )


def test_every_row_of_the_plan_stands_in_the_table_once_in_order(lines: list[Line]) -> None:
    assert [line.row for line in lines] == PLAN_ROWS


def test_every_target_and_every_duty_of_the_data_stands_in_the_table(lines: list[Line]) -> None:
    plan = load_plan("fujian-2013")
    named = {line.row: line for line in lines}
    of_data = {target.target for target in plan.targets} | {row for duty in plan.duties for row in duty.rows}
    assert of_data <= set(named)
    # What the data hold is never called open.
    assert {row for row in of_data if named[row].status == "open"} == set()


def test_a_measured_target_is_carried_and_one_without_a_measure_is_not(lines: list[Line]) -> None:
    status = {line.row: line.status for line in lines}
    for target in load_plan("fujian-2013").targets:
        assert (status[target.target] == "carried") == (target.measure is not None), target.target


def test_a_status_is_one_of_four_and_only_open_rows_go_without_a_rule_and_a_test(lines: list[Line]) -> None:
    assert {line.status for line in lines} <= {"carried", "in part", "data", "open"}
    for line in lines:
        assert (line.status == "open") == (not line.tests), line.row
        assert (line.status == "open") == (not line.where), line.row
        assert (line.status == "open") == (not line.rules), line.row
        assert line.content, line.row


def test_every_named_rule_stands_in_its_file(lines: list[Line]) -> None:
    named = {(*rule.partition("::")[::2], line.row) for line in lines for rule in line.rules}
    assert named
    missing = sorted((row, file, name) for file, name, row in named if not name or name not in names_in(file))
    assert missing == [], {name: now_in(name) for _row, _file, name in missing}


def test_what_the_system_does_is_a_rule_in_its_code(lines: list[Line]) -> None:
    of_data = [
        line.row
        for line in lines
        if line.status == "carried" and not any(".py::" in rule for rule in line.rules)
    ]
    assert of_data == []


def test_every_named_test_exists(lines: list[Line]) -> None:
    named = {(test, line.row) for line in lines for test in line.tests}
    assert named
    missing = sorted((test, row) for test, row in named if not (ROOT / test).is_file())
    assert missing == []


def test_every_named_test_is_a_test_file(lines: list[Line]) -> None:
    for line in lines:
        for test in line.tests:
            assert re.fullmatch(r"tests/[a-z0-9_/]+/test_[a-z0-9_]+\.py", test), (line.row, test)
