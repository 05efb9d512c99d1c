"""The board as text: nothing invented, nothing that doesn't fit."""

import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from demo import summary
from demo.board import draw
from demo.faults import FAULTS
from demo.outgoing import china
from demo.state import Situation
from demo.tally import Journal, Tally


def _row(region: str, name: str, **given: Any) -> dict[str, Any]:
    return {
        "region": region,
        "name": name,
        "level": "province" if region == "350000" else "prefecture",
        "investment": {
            "value": "102.4",
            "target_value": "660",
            "completion": "15.52",
            "pro_rata": "16.16",
            "gap_points": "-0.64",
            "light": "yellow",
            "rank": 2,
            "lower_bound": False,
        },
        "key_users": 3,
        "online_now": 3,
        "energy_today": {"tce_equal": "71.25"},
        "energy_closed_day": {"tce_equal": "171.05"},
        **given,
    }


BOARD: dict[str, Any] = {
    "fresh": {"age_seconds": 0.4},
    "rows": [
        _row("350000", "福建省"),
        _row("350100", "福州市", online_now=2),
        _row("350200", "厦门市", investment=None, key_users=None, energy_today=None, energy_closed_day=None),
    ],
}


def _text(width: int, situation: Situation) -> str:
    console = Console(width=width, file=StringIO(), force_terminal=False)
    console.print(draw(situation, width))
    out = console.file
    assert isinstance(out, StringIO)
    return out.getvalue()


def _situation(board: dict[str, Any] | None = None) -> Situation:
    situation = Situation(Tally(), clock=china(2013, 2, 28, 8))
    if board is not None:
        situation.show(board)
    situation.happened("350100 reports 2013-01")
    return situation


@pytest.mark.parametrize("width", [50, 80, 108, 140])
def test_it_fits_and_says_that_it_is_synthetic(width: int) -> None:
    text = _text(width, _situation(BOARD))
    assert "synthetic data" in text
    assert "示例数据" in text
    assert max(Console().render_str(line).cell_len for line in text.splitlines()) <= width
    for wanted in ("2013-02-28 08:00", "福州", "15.5", "-0.6", "2/3", "71.2"):
        assert wanted in text, wanted
    assert re.search(r"freshest figure \d+\.\d s old", " ".join(text.split()))


def test_what_is_not_known_is_a_dash_and_never_a_zero() -> None:
    line = next(line for line in _text(140, _situation(BOARD)).splitlines() if "厦门" in line)
    cells = [cell.strip() for cell in line.strip("│").split("│")][1:]
    assert [cell for cell in cells if cell not in ("–", "○")] == []


def test_before_the_first_answer_there_is_an_empty_board() -> None:
    assert "readings/s" in _text(100, _situation())


def test_a_lower_bound_is_marked() -> None:
    row = _row("350700", "南平市")
    row["investment"]["lower_bound"] = True
    assert "≥102.4" in _text(120, _situation({"fresh": {"age_seconds": None}, "rows": [row]}))


def test_the_balance_says_when_readings_have_no_outcome() -> None:
    tally = Tally(posts=3, readings=10)
    tally.outcomes["accepted"] = 8
    assert "+2 readings without an outcome" in summary.balance(tally)
    tally.outcomes["duplicate"] = 2
    assert "every reading has one outcome" in summary.balance(tally)


def test_the_journal_comes_back_as_it_was_saved(tmp_path: Any) -> None:
    journal = Journal(tmp_path / "demo")
    assert not journal.found
    journal.credentials["demo-FZ01"] = "secret"
    journal.verdicts["late"] = {"ok": True, "text": "whole", "on": "2013-01-08"}
    journal.tally.sent(192)
    journal.tally.outcomes["accepted"] = 192
    journal.save()
    assert (tmp_path / "demo" / "journal.json").stat().st_mode & 0o077 == 0
    again = Journal(tmp_path / "demo")
    assert again.found
    assert again.credentials == journal.credentials
    assert again.verdicts == journal.verdicts
    assert again.tally.readings == 192
    assert again.tally.balanced


def test_the_fault_table_shows_what_came_of_each_and_what_is_yet_to_come(tmp_path: Any) -> None:
    journal = Journal(tmp_path)
    journal.verdicts["late"] = {"ok": False, "text": "20 of 24 readings accepted", "on": "2013-01-08"}
    console = Console(width=160, file=StringIO())
    console.print(summary.fault_table(FAULTS, journal))
    out = console.file
    assert isinstance(out, StringIO)
    assert "✗" in out.getvalue()
    assert "20 of 24 readings accepted" in out.getvalue()
    assert out.getvalue().count("not played yet") == len(FAULTS) - 1
