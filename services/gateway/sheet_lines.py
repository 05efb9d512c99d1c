"""Lines of cells, which both CSV and XLSX are read into, and the exception that refuses a file."""

from dataclasses import dataclass, field

from shared.language import Said

MOST_ROWS = 20_000
MOST_COLUMNS = 100


@dataclass(slots=True)
class Cell:
    """A cell's text. `formula`: the cell holds a formula, so the text isn't its value."""

    text: str = ""
    formula: bool = False


@dataclass(slots=True)
class Line:
    """A row: number in the spreadsheet, and cells. `merged`: columns whose cell is merged with cells of other rows."""

    number: int
    cells: list[Cell]
    hidden: bool = False
    merged: list[int] = field(default_factory=list)

    def trim(self) -> None:
        """Drops trailing empty cells."""
        while self.cells and not self.cells[-1].text:
            self.cells.pop()

    def text(self, index: int) -> str:
        return self.cells[index].text if index < len(self.cells) else ""


class NotRead(Exception):
    """Why a file can't be read and what to do, in both languages. `status` and `code` are the problem's."""

    def __init__(self, status: int, code: str, why: Said, remedy: Said) -> None:
        super().__init__(why.en)
        self.status, self.code, self.why, self.remedy = status, code, why, remedy


def unreadable(why: Said, remedy: Said, status: int = 422) -> NotRead:
    """The refusal of a file whose type isn't supported (415) or whose content can't be parsed (422)."""
    return NotRead(status, "unsupported-media-type" if status == 415 else "unreadable-file", why, remedy)


def damaged() -> NotRead:
    return unreadable(
        Said("It is damaged.", "文件已损坏。"),
        Said("Open it in a spreadsheet program and save it again.", "请用表格软件打开后重新保存，再上传。"),
    )


def too_large(why: Said) -> NotRead:
    return NotRead(
        413,
        "file-too-large",
        why,
        Said(
            f"Split it: at most {MOST_ROWS} rows and {MOST_COLUMNS} columns a file; "
            "delete what is empty or formatted only.",
            f"请拆分：每个文件不超过 {MOST_ROWS} 行、{MOST_COLUMNS} 列；并删除只有格式、没有内容的行列。",
        ),
    )
