"""Pictures are pure functions: the same values make the same SVG, kept in `golden/`."""

import os
from pathlib import Path

import pytest
from markupsafe import Markup

from services.portal.pictures import svg
from services.portal.pictures.areas import Area, borders_map, tile_grid
from services.portal.pictures.charts import Line, bar, lines

GOLDEN = Path(__file__).parent / "golden"
CITIES = [
    Area("350100", "福州市", "95.6%", "green", "福州市 95.6% 绿灯", "/zh/regions/350100"),
    Area("350200", "厦门市", "83.7%", "red", "厦门市 83.7% 红灯", "/zh/regions/350200"),
    Area("350300", "莆田市", "87.5%", "yellow", "莆田市 87.5% 黄灯", "/zh/regions/350300"),
    Area("350900", "<宁德>", "—", "grey", 'a "quoted" name & more', "/zh/regions/350900"),
    Area("999999", "nowhere", "1%", "green", "nowhere", "/zh/regions/999999"),
]
PICTURES = {
    "map": lambda: borders_map(CITIES, "the map"),
    "tiles": lambda: tile_grid(CITIES, "the tiles"),
    "bar": lambda: bar("b1", 79.1, 75.0, "green"),
    "bar-over": lambda: bar("b2", 140.0, 100.0, "yellow"),
    "bar-unknown": lambda: bar("b3", None, None, "grey"),
    "lines-with-gaps": lambda: lines(
        "l",
        "a line with a gap, and a dot between two",
        ["1", "2", "3", "4", "5", "6"],
        [
            Line("done", [10.0, 20.0, None, 45.5, None, 60.0]),
            Line("schedule", [8.3, 16.7, 25.0, 33.3, 41.7, 50.0], dashed=True, colour="#44546a"),
        ],
        "%",
    ),
    "lines-of-nothing": lambda: lines("n", "nothing is known", ["1", "2"], [Line("done", [None, None])]),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_it_was(name: str) -> None:
    """GOLDEN=write writes them anew; look at them before they are committed."""
    file, made = GOLDEN / f"{name}.svg", str(PICTURES[name]())
    if os.environ.get("GOLDEN") == "write":
        file.write_text(made + "\n", "utf-8")
    assert file.read_text("utf-8") == made + "\n"


def test_a_gap_is_never_bridged() -> None:
    drawn = lines("l", "", list("12345"), [Line("x", [1.0, 2.0, None, 2.0, 1.0])])
    assert str(drawn).count('fill="none"') == 2


def test_what_comes_from_outside_is_escaped() -> None:
    made = svg.el("text", '<script>alert("1")</script>', x='"><b>')
    assert "<script>" not in made
    assert "<b>" not in made
    assert svg.el("g", Markup("<b/>")) == "<g><b/></g>"


def test_a_value_above_the_axis_does_not_exist() -> None:
    for highest in (0.003, 0.9, 1.0, 1.1, 7.0, 99.0, 101.0, 2_600.0, 123_456.0):
        drawn = str(lines("l", "", ["1"], [Line("x", [highest])]))
        y = float(drawn.split('cy="')[-1].split('"')[0])
        assert 24 <= y <= 244
