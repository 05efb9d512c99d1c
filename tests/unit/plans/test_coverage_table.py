"""docs/plan-coverage.md names every row of the plan, and every test it names exists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

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
    tests: tuple[str, ...]
    status: str


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    found = []
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| [A-Z]{1,2}-\d", text):
            row, content, where, tests, status = (cell.strip() for cell in text.strip("|").split("|"))
            found.append(Line(row, content, where, tuple(re.findall(r"`([^`]+)`", tests)), status))
    return found


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


def test_a_status_is_one_of_four_and_only_open_rows_go_without_a_test(lines: list[Line]) -> None:
    assert {line.status for line in lines} <= {"carried", "in part", "data", "open"}
    for line in lines:
        assert (line.status == "open") == (not line.tests), line.row
        assert (line.status == "open") == (not line.where), line.row
        assert line.content, line.row


def test_every_named_test_exists(lines: list[Line]) -> None:
    named = {(test, line.row) for line in lines for test in line.tests}
    assert named
    missing = sorted((test, row) for test, row in named if not (ROOT / test).is_file())
    assert missing == []


def test_every_named_test_is_a_test_file(lines: list[Line]) -> None:
    for line in lines:
        for test in line.tests:
            assert re.fullmatch(r"tests/[a-z0-9_/]+/test_[a-z0-9_]+\.py", test), (line.row, test)
