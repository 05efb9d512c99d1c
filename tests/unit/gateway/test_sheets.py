"""Spreadsheets as they are sent: XLSX, CSV of several makers, and files that one should not read."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from services.gateway import sheet_lines, sheets, xlsx
from services.gateway.sheet_lines import NotRead


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> sheets.Sheet:
    return sheets.read(io.BytesIO(content), frozenset({"名称", "金额", "日期", "编号"}))


def refused(content: bytes) -> NotRead:
    with pytest.raises(NotRead) as caught:
        read(content)
    assert all(caught.value.remedy)
    return caught.value


def test_a_workbook_is_read_as_text_with_the_numbers_of_its_rows() -> None:
    content = workbook(
        ["名称", "金额", "日期", "编号"],
        ["纺织", 12000, datetime(2013, 1, 10), "P-1"],  # noqa: DTZ001 - a workbook knows no time zones
        [],
        ["化工", 0.5, date(2013, 2, 1), 350181.0],
    )
    sheet = read(content)
    assert sheet.heading == ["名称", "金额", "日期", "编号"]
    assert [(row.row, row.cells) for row in sheet.rows] == [
        (2, ["纺织", "12000", "2013-01-10", "P-1"]),
        (4, ["化工", "0.5", "2013-02-01", "350181"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_whoever_made_it(encoding: str, delimiter: str) -> None:
    text = f'名称{delimiter}金额\r\n"纺织{delimiter}甲"{delimiter}12000\r\n\r\n化工{delimiter}5\r\n'
    sheet = read(text.encode(encoding))
    assert sheet.heading == ["名称", "金额"]
    assert [(row.row, row.cells) for row in sheet.rows] == [
        (2, [f"纺织{delimiter}甲", "12000"]),
        (4, ["化工", "5"]),
    ]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("=SUM(A1:A9)", "formula"),
        ("=cmd|' /C calc'!A0", "formula"),
        ("#REF!", "error"),
        ("长" * 10_000, "10000"),
    ],
)
def test_a_formula_an_error_a_text_without_end_are_faults_of_their_cells(cell: str, why: str) -> None:
    for content in (workbook(["甲", "乙"], ["x", cell]), f'甲,乙\nx,"{cell}"\n'.encode()):
        (row,) = read(content).rows
        (fault,) = row.faults
        assert (fault["index"], why in fault["why"], bool(fault["remedy"])) == (1, True, True)
        assert len(row.cells[1]) <= sheets.LONGEST_CELL


def test_macros_old_formats_and_damaged_files_are_refused() -> None:
    macros = io.BytesIO(workbook(["甲"]))
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert "macros" in refused(macros.getvalue()).why.en
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest").status == 415
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "x")
    assert "no workbook" in refused(other.getvalue()).why.en
    whole = workbook(["甲"], ["x"])
    assert refused(whole[: len(whole) // 2]).code == "unreadable-file"
    assert refused(b"\x89PNG\0\0\0").status == 415
    assert refused(b"").code == "unreadable-file"
    assert refused(b"\n\n").code == "unreadable-file"


def test_what_unpacks_to_too_much_is_stopped_before_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 1_000_000)
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 999_999)
    assert refused(bomb.getvalue()).status == 413
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert len(read(b"a\n1\n2\n3\n").rows) == 3
    assert refused(b"a\n1\n2\n3\n4\n").status == 413
    assert refused(("a" + ",b" * sheet_lines.MOST_COLUMNS + "\n").encode()).status == 413


def test_what_a_directory_hides_is_counted_while_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_UNPACKED", 10_000)
    content = workbook(["名称", "金额"], *[[f"项目{number}", number] for number in range(2_000)])
    assert refused(content).code == "file-too-large"


def test_a_workbook_of_hidden_sheets_only_says_so() -> None:
    book = Workbook()
    book.active.append(["名称", "金额"])  # type: ignore[union-attr]
    book.create_sheet("空")
    book.worksheets[0].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert "Unhide" in refused(out.getvalue()).remedy.en


@pytest.mark.parametrize(
    ("value", "form", "seen"),
    [
        ("0.35", "0%", "35%"),
        ("1", "0.00%", "100%"),
        ("0.125", "0.0%", "12.5%"),
        ("610", "0000", "0610"),
        ("2013.1", "0.00", "2013.10"),
        ("2013.1", "General", "2013.1"),
        ("12000", "#,##0.00", "12000.00"),
        ("0.1", '0.00"%"', "0.10"),
        ("1E-7", "General", "0.0000001"),
        ("350181.0", "General", "350181"),
    ],
)
def test_a_number_is_read_as_a_person_sees_it(value: str, form: str, seen: str) -> None:
    assert xlsx.shown(value, xlsx.shape_of(form)) == seen


@pytest.mark.parametrize(
    ("cells", "is_sum"),
    [
        (["合计", "", "12"], True),
        (["", "总 计：", "12"], True),
        (["福州市小计", "", "12"], True),
        (["Total", "", "12"], True),
        (["纺织合计量装置技改项目扩建工程", "", "12"], False),
        (["P-1", "示例项目", "合计量"], False),
    ],
)
def test_a_row_of_sums_is_known_by_its_words(cells: list[str], is_sum: bool) -> None:
    line = sheet_lines.Line(5, [sheet_lines.Cell(cell) for cell in cells])
    assert sheets.is_sum(line) is is_sum
