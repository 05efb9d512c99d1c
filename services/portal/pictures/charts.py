"""Bars against a schedule, and lines over time, with their gaps left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from services.portal.pictures import svg

_BAR_WIDTH, _BAR_HEIGHT = 220, 18
_W, _H, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 280, 64, 16, 24, 36


def bar(name: str, percent: float | None, schedule: float | None, light: str) -> Markup:
    """A bar from 0 to 100 percent (longer is cut) with a tick where it should be. Beside its number: not spoken."""
    track = svg.el("rect", width=_BAR_WIDTH, height=_BAR_HEIGHT, fill=svg.TRACK)
    parts = [track]
    if percent is not None:
        width = _BAR_WIDTH * min(max(percent, 0.0), 100.0) / 100
        parts.append(svg.el("rect", width=width, height=_BAR_HEIGHT, fill=svg.fill(name, light)))
    if schedule is not None:
        x = min(_BAR_WIDTH * min(max(schedule, 0.0), 100.0) / 100, _BAR_WIDTH - 2.0)
        parts.append(svg.el("rect", x=x, y=-2, width=3, height=_BAR_HEIGHT + 4, fill=svg.INK))
    return svg.el(
        "svg",
        svg.patterns(name),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 -3 {_BAR_WIDTH} {_BAR_HEIGHT + 6}",
        aria_hidden="true",
        focusable="false",
        class_="bar",
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a value per place on the axis, None where nothing is known. `dashed` for what is meant to be."""

    label: str
    values: Sequence[float | None]
    dashed: bool = False
    colour: str = svg.BLUE


def lines(name: str, label: str, axis: Sequence[str], drawn: Sequence[Line], suffix: str = "") -> Markup:
    """Lines over a shared axis, from 0 up. A value between two gaps is a dot; a gap is never bridged."""
    known = [value for line in drawn for value in line.values if value is not None]
    top = _nice(max(known, default=1.0))
    parts = [_grid(top, suffix), _axis(axis)]
    for number, line in enumerate(drawn):
        parts += [*_runs(line, len(axis), top), _name(line, number)]
    return svg.picture(name, label, _W, _H, *parts)


def _nice(highest: float) -> float:
    """The end of the axis: the next of 1, 2, 2.5, 5 × 10ⁿ that all values fit under."""
    if highest <= 0:
        return 1.0
    step = 1.0
    while step * 10 < highest:
        step *= 10
    while step > highest:
        step /= 10
    return next(step * factor for factor in (1, 1.25, 1.5, 2, 2.5, 4, 5, 8, 10) if step * factor >= highest)


def _y(value: float, top: float) -> float:
    return _H - _BOTTOM - (_H - _BOTTOM - _TOP) * value / top


def _x(place: int, places: int) -> float:
    return _LEFT + (_W - _LEFT - _RIGHT) * (place / (places - 1) if places > 1 else 0.5)


def _grid(top: float, suffix: str) -> Markup:
    made = []
    for quarter in range(5):
        value = top * quarter / 4
        y = _y(value, top)
        made.append(svg.el("path", d=f"M{_LEFT} {y:.1f}H{_W - _RIGHT}", stroke=svg.LINE))
        words = f"{value:,.10g}" if top >= 8 else f"{value:,.3g}"
        made.append(svg.text(_LEFT - 8, y + 4, words + suffix, size=12, fill=svg.MUTED, text_anchor="end"))
    return svg.el("g", *made, aria_hidden="true")


def _axis(names: Sequence[str]) -> Markup:
    """Every name where there is room, else every second, third …"""
    every = max(1, -(-len(names) // 12))
    return svg.el(
        "g",
        *(
            svg.text(_x(place, len(names)), _H - 12, words, size=12, fill=svg.MUTED, text_anchor="middle")
            for place, words in enumerate(names)
            if place % every == 0
        ),
        aria_hidden="true",
    )


def _runs(line: Line, places: int, top: float) -> list[Markup]:
    """The pieces between the gaps."""
    made = []
    spots = [(place, value) for place, value in enumerate(line.values)]
    for there, run in groupby(spots, key=lambda spot: spot[1] is not None):
        if not there:
            continue
        points = [(_x(place, places), _y(value, top)) for place, value in run if value is not None]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        if len(points) > 1:
            made.append(
                svg.el(
                    "path",
                    d=path,
                    fill="none",
                    stroke=line.colour,
                    stroke_width=2.5,
                    stroke_dasharray="6 4" if line.dashed else None,
                )
            )
        if not line.dashed and (len(points) == 1 or places <= 31):
            made += [svg.el("circle", cx=x, cy=y, r=3.5, fill=line.colour) for x, y in points]
    return made


def _name(line: Line, number: int) -> Markup:
    """Which line is which, above the picture; a dash is drawn dashed there too."""
    x = _LEFT + number * 190
    stroke = svg.el(
        "path",
        d=f"M{x} 10h24",
        stroke=line.colour,
        stroke_width=2.5,
        stroke_dasharray="6 4" if line.dashed else None,
    )
    return svg.el("g", stroke, svg.text(x + 30, 14, line.label, size=12, fill=svg.MUTED), aria_hidden="true")
