"""The board as a terminal draws it: one row per region, narrowed to what fits."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from demo.outgoing import local
from demo.state import Situation

LIGHTS = {"green": "[green]●[/]", "yellow": "[yellow]▲[/]", "red": "[red]■[/]", "grey": "[bright_black]○[/]"}
"""Told apart without colour too."""
_PINYIN = {
    "350000": "Fujian", "350100": "Fuzhou", "350200": "Xiamen", "350300": "Putian", "350400": "Sanming",
    "350500": "Quanzhou", "350600": "Zhangzhou", "350700": "Nanping", "350800": "Longyan", "350900": "Ningde",
}  # fmt: skip
_WIDE, _MIDDLE = 108, 78
_MISSING = "[bright_black]–[/]"


def draw(situation: Situation, width: int, happenings: int = 6) -> RenderableType:
    """Headline, table, what was sent, what happened."""
    parts: list[RenderableType] = [headline(situation), table(situation.board, width), counts(situation)]
    recent = list(situation.happenings)[-happenings:]
    parts += [
        Text.from_markup(f"[bright_black]{_stamp(moment)}[/] {what}", overflow="ellipsis")
        for moment, what in recent
    ]
    if situation.trouble:
        parts.append(Text(situation.trouble, style="yellow"))
    return Group(*parts)


def headline(situation: Situation) -> Text:
    """Whose figures these are, and when it is in the demo."""
    when = f"{local(situation.clock):%Y-%m-%d %H:%M}" if situation.clock else "–"
    return Text.from_markup(
        f"[bold]Shengji 升级[/]  [black on yellow] 示例数据 · synthetic data [/]  "
        f"simulated time [bold]{when}[/]  [bright_black]{situation.pace}[/]"
    )


def table(board: dict[str, Any] | None, width: int) -> Table:
    """The province and its cities. A figure that isn't known is a dash, never a zero.

    Standard coal by equal value (当量): that of electricity by equivalent value (等价) is known only after a year ends.
    """
    wide, middle = width >= _WIDE, width >= _MIDDLE
    made = Table(padding=(0, 1), header_style="bold")
    made.add_column("city", no_wrap=True)
    heads = ["done %", "gap", "", "online", "tce"]
    if middle:
        heads = ["亿元", "of", "done %", "gap pp", "", "rank", "online", "tce today"]
    if wide:
        heads = ["invested 亿元", "target", "done %", "序时 %", "gap pp", "", "rank", "key users online"]
        heads += ["tce today 当量", "tce day before"]
    for head in heads:
        made.add_column(head, justify="right", no_wrap=not wide, min_width=1)
    for row in board["rows"] if board else []:
        made.add_row(*_row(row, wide, middle), style="bold" if row["level"] == "province" else "")
        if row["level"] == "province":
            made.add_section()
    return made


def _row(row: dict[str, Any], wide: bool, middle: bool) -> list[str]:
    figure = row["investment"] or {}
    name = f"{row['name'].removesuffix('市')} {_PINYIN.get(row['region'], '')}" if wide else row["name"]
    cells = [name]
    if middle:
        least = "≥" if figure.get("lower_bound") and figure.get("value") is not None else ""
        cells += [f"{least}{number(figure.get('value'), 1)}", number(figure.get("target_value"), 0)]
    cells.append(number(figure.get("completion"), 1))
    if wide:
        cells.append(number(figure.get("pro_rata"), 1))
    cells += [number(figure.get("gap_points"), 1, sign=True), LIGHTS[figure.get("light", "grey")]]
    if middle:
        cells.append(str(figure["rank"]) if figure.get("rank") else _MISSING)
    cells.append(online(row))
    today, closed = row["energy_today"], row["energy_closed_day"]
    cells.append(number(today and today["tce_equal"], 1))
    if wide:
        cells.append(number(closed and closed["tce_equal"], 1))
    return cells


def online(row: dict[str, Any]) -> str:
    """Key users (from 10,000 tce on) heard of now, of all. Red where some are silent."""
    if row["key_users"] is None:
        return _MISSING
    heard = row["online_now"]
    if heard is None:
        return f"–/{row['key_users']}"
    text = f"{heard}/{row['key_users']}"
    return text if heard == row["key_users"] else f"[red]{text}[/]"


def number(value: Any, digits: int, *, sign: bool = False) -> str:
    """A decimal as text; missing is a dash."""
    if value is None:
        return _MISSING
    return f"{Decimal(str(value)):{'+' if sign else ''},.{digits}f}"


def counts(situation: Situation) -> Text:
    """How fast it flows, how fresh the board is, what became of the readings."""
    tally, outcomes = situation.tally, situation.tally.outcomes
    age = situation.age
    return Text.from_markup(
        f"[bold]{tally.rate():,.0f}[/] readings/s · board's freshest figure "
        f"[bold]{'–' if age is None else f'{age:.1f} s'}[/] old · sent {tally.readings:,} in "
        f"{tally.posts:,} POSTs; receipts so far: accepted {outcomes['accepted']:,}, "
        f"duplicate {outcomes['duplicate']:,}, revised {outcomes['revised']:,}, "
        f"quarantined {outcomes['quarantined']:,}"
    )


def _stamp(moment: datetime | None) -> str:
    return f"{local(moment):%m-%d %H:%M}" if moment else "     –     "
