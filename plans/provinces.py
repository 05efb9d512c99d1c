"""The regions of one province, of those that the country's list and the plan's own hold."""

from collections.abc import Sequence

from plans.model import Region, RegionRelation
from plans.source import Located

Regions = list[Located[Region]]
Relations = list[Located[RegionRelation]]


def of(
    province: str, regions: Sequence[Located[Region]], relations: Sequence[Located[RegionRelation]]
) -> tuple[Regions, Relations]:
    """The province with everything under it, and the relations of these.

    A row that lies under no province at all is kept: the check of regions names it.
    """
    parents = {row.item.code: row.item.parent for row in regions}
    others = {row.item.code for row in regions if row.item.parent is None and row.item.code != province}
    within = [row for row in regions if _root(row.item.code, parents) not in others]
    codes = {row.item.code for row in within}
    known = {row.item.code for row in regions}
    return within, [row for row in relations if row.item.region in codes or row.item.region not in known]


def _root(code: str, parents: dict[str, str | None]) -> str:
    """The topmost region above a code; of regions that lie under each other, any."""
    seen = set()
    while (above := parents.get(code)) is not None and code not in seen:
        seen.add(code)
        code = above
    return code
