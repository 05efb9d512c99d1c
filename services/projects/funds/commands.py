"""Who may set money aside, and change what is."""

from services.projects import reference, scope
from services.projects.common import checks
from services.projects.funds.decisions import ChangeAppropriation, ChangeFundTerms, OpenFund
from services.projects.funds.facts import Fund, FundState
from shared.command import Given
from shared.feature import At
from shared.problems import not_found


async def open_fund(at: At, command: OpenFund, state: FundState) -> Given:
    """A fund (专项资金) with its amount, its days, and what it pays for. The same content again changes nothing.

    Funds of the province, its cities and counties stand beside each other, and one project may have money of
    several (政策叠加, TR-21).
    """
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    scope.check_fund_open(at.actor, tree, command.region)
    known = await reference.programme_codes(at.conn)
    for part in command.terms:
        checks.check_programmes(part.programmes, known)
    return at.given()


async def change(at: At, command: ChangeAppropriation | ChangeFundTerms, state: FundState) -> Given:
    """By the government whose fund it is."""
    await kept(at, command.fund, state)
    return at.given()


async def kept(at: At, fund: str, state: FundState) -> Fund:
    """The fund, which exists and is the actor's own government's. Raises Problem 404 or 403."""
    if not isinstance(state, Fund):
        raise not_found("fund", fund)
    scope.check_fund_write(at.actor, await reference.area_tree(at.conn), state.opened.region)
    return state
