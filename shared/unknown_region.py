"""The one answer to a code that is no region's: the same mistake is told in the same words at every public endpoint."""

from shared.areas import AreaTree
from shared.language import Language, Said
from shared.problems import Problem


def check_region(tree: AreaTree, given: str | None, where: str = "region") -> None:
    """Raises Problem 422 for what is no region's code: an empty list would look like a region that has nothing."""
    if given and given not in tree:
        raise unknown_region(tree, given, where)


def unknown_region(tree: AreaTree, given: str, where: str = "region", language: Language = "en") -> Problem:
    """422: not the code of a region. One answer for all public endpoints; a caller who gave a region's name is told its
    code."""
    meant = tree.named(given)[:5]
    codes = ", ".join(f"{area.name} {area.code}" for area in meant)
    if meant:
        remedy = Said(f"Give the code: {codes}.", f"请填写代码：{codes}。")
    else:
        remedy = Said(
            "Give the code that the plan's regions carry, e.g. 350181: GET /regions lists them.",
            "请填写规划所列的行政区划代码，如 350181；可用 GET /regions 查询。",
        )
    return Problem(
        422,
        "unknown-region",
        "Unknown region",
        Said(f"There is no region {given[:100]!r}.", f"没有代码为“{given[:100]}”的地区。").to(language),
        where=where,
        remedy=remedy.to(language),
    )
