"""A new plan's folder with one example of each row that a plan needs: `shengji plan new`.

The texts stand in plans/skeleton; what is written loads as it is, so that an author changes one row at a time.
"""

from pathlib import Path
from string import Template

from plans.loader import COMMON, HOME
from plans.model import Region
from plans.source import Located, PlanError, Reader

TEXTS = HOME / "skeleton"


class Occupied(Exception):
    """The folder is there already and not empty."""


def write(folder: Path, province: str, year: int) -> list[Path]:
    """Write the files of a new plan; their paths. Raises Occupied where something stands already.

    `province`: code by GB/T 2260, six digits that end in 0000. Its regions are taken from the country's list
    where that has them; else three examples are written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Occupied(f"{folder} is not empty. Choose another folder; nothing was written.")
    known = [row.item for row in _regions() if row.item.parent == province and row.item.level == "prefecture"]
    codes = [region.code for region in known[:2]]
    first, second = codes if len(codes) == 2 else (f"{province[:2]}0100", f"{province[:2]}0200")
    values = {
        "plan": folder.name,
        "province": province,
        "year": str(year),
        "city_a": first,
        "city_b": second,
        "county": f"{first[:4]}21",
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for text in sorted(TEXTS.glob("*.in")):
        if text.name == "regions.csv.in" and known:
            continue
        path = folder / text.name.removesuffix(".in")
        path.write_text(Template(text.read_text("utf-8")).substitute(values), encoding="utf-8")
        written.append(path)
    return written


def _regions() -> list[Located[Region]]:
    reader = Reader(COMMON)
    found = reader.table("regions.csv", Region)
    if reader.faults:
        raise PlanError(COMMON.name, reader.faults)
    return found
