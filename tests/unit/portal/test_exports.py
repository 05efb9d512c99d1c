"""Sheets for people and files for programs, of one page."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from services.portal import exports
from services.portal.figures import Amount, Bar, Cell, Column, Figure, Light, Link, Page, Table, Tile
from services.portal.words import Words

COLUMNS = (
    Column("name", "名称"),
    Column("share", "完成率", "number", "percent"),
    Column("gap", "差", "points", "points"),
    Column("day", "日期", "day"),
    Column("light", "灯"),
    Column("amount", "数", "number"),
)
ROWS: list[tuple[Cell, ...]] = [
    (
        Link("=HYPERLINK(1)", "/zh/x"),
        Bar(Decimal("79.15"), Decimal(75), "green"),
        "-0.04",
        "2013-09-30",
        Light("green", "绿", "绿灯"),
        Amount("1.234", "CNY_1e8"),
    ),
    ("b", None, None, None, Light("grey", "灰", "未判定"), Amount("3", "count")),
]
PAGE = Page(
    "题/目",
    "province",
    tiles=[Tile("累计", "1,974.5", "亿元"), Tile("名", "@x")],
    figures=[
        Figure("a", "同名: [表]*?", table=Table(COLUMNS, ROWS)),
        Figure("b", "同名  表", "句子", table=Table(COLUMNS, ROWS)),
        Figure("c", "x" * 40, table=Table(COLUMNS, [])),
        Figure("d", "x" * 40, table=Table(COLUMNS, [])),
    ],
)


def test_a_workbook_has_numbers_as_numbers_and_no_formula() -> None:
    book = load_workbook(BytesIO(exports.as_xlsx(PAGE, Words("zh"), "/zh/x")))
    assert len(book.sheetnames) == 5
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len({name.casefold() for name in book.sheetnames}) == 5
    sheet = book.worksheets[0]
    name, share, gap, day, light, amount = (cell.value for cell in sheet[4])
    assert (name, share, gap, light, amount) == ("=HYPERLINK(1)", 79.2, 0, "绿灯", 1.2)
    assert sheet["A4"].data_type == "s"
    assert str(day) == "2013-09-30 00:00:00"
    assert [cell.value for cell in sheet[5]][1:4] == [None, None, None]
    assert sheet["F5"].number_format == "#,##0"


def test_the_same_page_is_the_same_workbook() -> None:
    made = [exports.as_xlsx(PAGE, Words("zh"), "/zh/x") for _ in range(2)]
    assert made[0] == made[1]


def test_a_csv_can_not_run() -> None:
    text = exports.as_csv(PAGE, Words("zh")).decode("utf-8-sig")
    assert "'=HYPERLINK(1),79.2,0.0,2013年9月30日,绿灯,1.2" in text
    assert '累计,"1,974.5",亿元' in text
    assert "名,'@x," in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_missing_is_null_in_json(language: str) -> None:
    import json

    told = json.loads(exports.as_json(PAGE, "zh" if language == "zh" else "en"))
    row = told["figures"][0]["rows"][1]
    assert row["share"] is None
    assert row["amount"] == "3"
    assert told["figures"][0]["columns"][1]["unit"] == "%"
