"""The map of the nine cities, and the tile grid that says the same without borders."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from services.portal.pictures import svg

PINGTAN = "350128"
_BESIDE = {"350200": (600, 990)}
"""Labels that don't fit onto their area, and where they stand instead."""
_TILES = {
    "350700": (1, 0), "350900": (2, 0), "350400": (0, 1), "350300": (2, 2), "350100": (2, 1),
    "350800": (0, 2), "350500": (1, 2), "350600": (0, 3), "350200": (1, 3),
}  # fmt: skip
_TILE, _GAP = 180, 10


@dataclass(frozen=True, slots=True)
class Area:
    """One city as it is drawn: `value` is the number on it, `spoken` what a screen reader says."""

    code: str
    name: str
    value: str
    light: str
    spoken: str
    href: str


def borders_map(areas: Sequence[Area], label: str) -> Markup:
    """The map. Areas first, texts after, so that none is covered."""
    drawn = _borders()
    shapes, texts = [], []
    for area in areas:
        place = drawn["areas"].get(area.code)
        if place is None:
            continue
        shapes.append(_linked(area, _shape(place["path"], svg.fill("map", area.light))))
        if area.code == "350100":  # Pingtan belongs to it, and is an area of its own besides
            shapes.append(_shape(drawn["areas"][PINGTAN]["path"], svg.fill("map", area.light)))
        texts.append(_label(area, place["label"]))
    without = _shape(drawn["without_figures"], svg.fill("map", "grey"))
    return svg.picture("map", label, drawn["width"], drawn["height"], *shapes, without, *texts)


def tile_grid(areas: Sequence[Area], label: str) -> Markup:
    """A square per city, about where it lies."""
    made = []
    for area in areas:
        if area.code not in _TILES:
            continue
        column, row = _TILES[area.code]
        x, y = column * (_TILE + _GAP), row * (_TILE + _GAP)
        square = svg.el("rect", x=x, y=y, width=_TILE, height=_TILE, rx=8, fill=svg.fill("tiles", area.light))
        middle = x + _TILE / 2
        words = svg.over(middle, y + 80, area.name, size=30, text_anchor="middle", font_weight="bold")
        value = svg.over(middle, y + 120, area.value, size=28, text_anchor="middle")
        made.append(_linked(area, square, words, value))
    width, height = 3 * _TILE + 2 * _GAP, 4 * _TILE + 3 * _GAP
    return svg.picture("tiles", label, width, height, *made)


def _linked(area: Area, *inside: Markup) -> Markup:
    return svg.el("a", svg.el("title", area.spoken), *inside, href=area.href, aria_label=area.spoken)


def _shape(path: str, fill: str) -> Markup:
    return svg.el("path", d=path, fill=fill, stroke=svg.PAPER, stroke_width=2, stroke_linejoin="round")


def _label(area: Area, place: Sequence[int]) -> Markup:
    x, y = _BESIDE.get(area.code, (place[0], place[1]))
    line = Markup("")
    if area.code in _BESIDE:
        line = svg.el("path", d=f"M{place[0]} {place[1]}L{x - 40} {y - 30}", stroke=svg.INK, stroke_width=2)
    return svg.el(
        "g",
        line,
        svg.over(x, y, area.name, size=28, text_anchor="middle", font_weight="bold"),
        svg.over(x, y + 32, area.value, size=26, text_anchor="middle"),
        aria_hidden="true",
        pointer_events="none",
    )


@cache
def _borders() -> dict[str, Any]:
    file = resources.files("services.portal.borders").joinpath("fujian.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found
