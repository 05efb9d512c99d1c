"""Commands on figures: authorises the reporter, and reads what the decision needs."""

from services.assessment import access
from services.assessment.regions.queries import regions
from services.assessment.statistics.decisions import Known, ReportStatistic, ReviseStatistic
from services.assessment.statistics.facts import StatisticState
from services.assessment.statistics.indicators import find
from shared.areas import AreaTree
from shared.feature import At
from shared.identity import Actor
from shared.problems import not_found
from shared.unknown_region import check_region


async def report(at: At, command: ReportStatistic, state: StatisticState) -> Known:
    """A figure (统计数) for an indicator, a region and a period. The same figure again changes nothing.

    Another figure for the same thing is refused: send a revision. Unit and price base must be the
    indicator's; a figure for a period that isn't over is marked as provisional.
    """
    return await _known(at, command)


async def revise(at: At, command: ReviseStatistic, state: StatisticState) -> Known:
    """A later vintage (修订; X-16, X-24): bulletin, yearbook, census. What was known before is kept."""
    return await _known(at, command)


async def _known(at: At, command: ReportStatistic) -> Known:
    definition = find(command.indicator, command.period)
    if definition is None:
        raise not_found("indicator", command.indicator, remedy="List the indicators and name one of them.")
    known = await regions(at.conn)
    tree = AreaTree.of(known)
    if known:  # else the decision says to load the plan first
        check_region(tree, command.region)
    check_statistic_write(at.actor, tree, command.region)
    return Known(
        today=at.today,
        by=at.actor.subject,
        indicator=definition,
        region=next((region for region in known if region.code == command.region), None),
    )


def check_statistic_write(actor: Actor, tree: AreaTree, region: str) -> None:
    """A city reports for itself and the regions below it, the province for all. Raises Problem 403."""
    if actor.role in access.ALL:
        return
    if actor.role == "city" and actor.area and tree.covers(actor.area, region):
        return
    raise access.not_yours(actor, f"Statistics of {region} are reported by its city or the province.")
