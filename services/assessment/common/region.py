"""Region (行政区划): a dated code, its place in the tree, and relations beside the tree (X-19).

平潭综合实验区 lies under the province and is at the same time part of 福州 for statistics: two dated relations.
A code that was replaced stays, with its last day; its successor begins on the day after.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

PROVINCE = "province"
PREFECTURE = "prefecture"
COUNTY = "county"
ZONE = "zone"
_PARENT_LEVELS: Mapping[str, tuple[str, ...]] = {
    PREFECTURE: (PROVINCE,),
    ZONE: (PROVINCE,),
    COUNTY: (PREFECTURE,),
}


@dataclass(frozen=True, slots=True)
class RegionRelation:
    """A relation of a region beside the tree: `part_of` (statistics) or `reports_to` (administration)."""

    kind: str
    to: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """One region; `valid_to` is the last day, None while it lasts. `administered` False: 金门县 (X-19)."""

    code: str
    name: str
    level: str
    parent: str | None = None
    administered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    relations: tuple[RegionRelation, ...] = ()

    def exists_between(self, first: date, last: date) -> bool:
        """Whether the code is valid on any day from `first` to `last`."""
        return (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or first <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in what was sent: where, and why."""

    where: str
    why: str


def faults(regions: Iterable[Region]) -> Iterator[Fault]:
    """The faults that keep these regions from forming a tree with dated codes; empty: none."""
    listed = list(regions)
    by_code = {region.code: region for region in listed}
    if not listed:
        yield Fault("regions", "there is none")
    if len(by_code) < len(listed):
        seen: set[str] = set()
        for index, region in enumerate(listed):
            if region.code in seen:
                yield Fault(f"regions.{index}.code", f"{region.code} is listed twice")
            seen.add(region.code)
    provinces = sorted(region.code for region in listed if region.level == PROVINCE)
    if len(provinces) > 1:
        yield Fault("regions", f"{', '.join(provinces)} are provinces: one has a plan here")
    for index, region in enumerate(listed):
        where = f"regions.{index}"
        yield from _parent_faults(where, region, by_code)
        if region.valid_from and region.valid_to and region.valid_to < region.valid_from:
            yield Fault(f"{where}.valid_to", f"{region.code} ends before it begins")
        for relation in region.relations:
            if relation.to not in by_code:
                yield Fault(
                    f"{where}.relations", f"{region.code} relates to {relation.to}, which isn't listed"
                )


def _parent_faults(where: str, region: Region, by_code: Mapping[str, Region]) -> Iterator[Fault]:
    allowed = _PARENT_LEVELS.get(region.level, ())
    if region.parent is None:
        if allowed:
            yield Fault(f"{where}.parent", f"{region.code}: a {region.level} lies under a {allowed[0]}")
        return
    parent = by_code.get(region.parent)
    if parent is None:
        yield Fault(f"{where}.parent", f"{region.code} lies under {region.parent}, which isn't listed")
    elif parent.level not in allowed:
        yield Fault(f"{where}.parent", f"{region.code}: a {region.level} can't lie under a {parent.level}")
