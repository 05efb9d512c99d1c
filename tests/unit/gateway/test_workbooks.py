"""Workbooks written as they go, read back by a library that didn't write them."""

import io
import tracemalloc
from datetime import date

from openpyxl import load_workbook

from services.gateway.workbooks import Cell, Workbook


def read(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_texts_and_numbers_come_back_as_they_were() -> None:
    book = Workbook(["名称", "金额"])
    rows: list[list[Cell]] = [
        ['<纺织> & "化工"\t一', 120_000_000.5],
        [" 前后 ", 0],
        ["", None],
        ["a\x00\x0bb\ud800", -1e15],
    ]
    content = book.heading() + book.rows(rows) + book.rows([["长" * 40_000, 1]]) + book.end()
    (sheet,) = read(content).values()
    assert sheet[0] == ("名称", "金额")
    assert sheet[1:4] == [('<纺织> & "化工"\t一', 120_000_000.5), (" 前后 ", 0), (None, None)]
    assert sheet[4] == ("ab", -1e15), "what XML can't hold is left out"
    assert len(str(sheet[5][0])) == 32_767, "as long as a cell may be"


def test_a_workbook_without_rows_has_its_heading() -> None:
    book = Workbook(["名称"])
    assert read(book.heading() + book.end()) == {"list": [("名称",)]}


def test_rows_that_a_sheet_does_not_hold_go_into_the_next_with_the_heading() -> None:
    book = Workbook(["n"], most_rows=4)
    content = book.heading() + book.rows([[number] for number in range(7)]) + book.end()
    assert read(content) == {
        "list": [("n",), (0,), (1,), (2,)],
        "list 2": [("n",), (3,), (4,), (5,)],
        "list 3": [("n",), (6,)],
    }


def test_a_long_list_takes_no_more_memory_than_a_part_of_it() -> None:
    many = 60_000
    book = Workbook(["编号", "名称", "日期", "金额"])
    sent = len(book.heading())
    day = date(2013, 1, 10).isoformat()
    tracemalloc.start()
    try:
        for first in range(0, many, 200):
            page: list[list[Cell]] = [
                [f"P-{n}", f"{n * 7919 % many}技改项目", day, n * 1.01] for n in range(first, first + 200)
            ]
            sent += len(book.rows(page))
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    sent += len(book.end())
    assert held < sent, "although what is sent is compressed, and what is held is not"
