"""The index of decisions names every decision, under its own title."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
ROW = re.compile(
    r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \| (accepted[^|]*|superseded by \d{4}) \| (\d{4}-\d\d-\d\d) \|$"
)


def test_the_index_has_every_decision_with_its_title_status_and_date() -> None:
    lines = (FOLDER / "README.md").read_text("utf-8").splitlines()
    rows = [ROW.match(line) for line in lines if line.startswith("| [")]
    assert all(rows), "a row is number, title, status (accepted, superseded by …), date"
    listed = {row[2]: f"# {row[1]} {row[3]}" for row in rows if row}
    decisions = sorted(FOLDER.glob("[0-9]*.md"))
    assert listed == {file.name: file.read_text("utf-8").split("\n", 1)[0] for file in decisions}
