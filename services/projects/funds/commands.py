"""Who may set money aside, and change what is."""

from services.projects.common import checks
from services.projects.funds.decisions import ChangeAppropriation, ChangeFundTerms, OpenFund
from services.projects.funds.facts import Fund, FundState
from services.projects.plan import reference
from shared.areas import AreaTree
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden, not_found


async def open_fund(at: At, command: OpenFund, state: FundState) -> Given:
    """A fund (专项资金) with its amount, its days, and what it pays for. The same content again changes nothing.

    Funds of the province, its cities and counties stand beside each other, and one project may have money of
    several (政策叠加, TR-21).
    """
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    check_fund_open(at.actor, tree, command.region)
    known = await reference.programme_codes(at.conn)
    for part in command.terms:
        reference.check_programmes(part.programmes, known)
    return at.given()


async def change(at: At, command: ChangeAppropriation | ChangeFundTerms, state: FundState) -> Given:
    """By the government whose fund it is."""
    await kept(at, command.fund, state)
    return at.given()


async def kept(at: At, fund: str, state: FundState) -> Fund:
    """The fund, which exists and is the actor's own government's. Raises Problem 404 or 403."""
    if not isinstance(state, Fund):
        raise not_found("fund", fund)
    check_fund_write(at.actor, await reference.area_tree(at.conn), state.opened.region)
    return state


def check_fund_open(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that owns a fund's money, or one above it, opens the fund. Raises Problem 403."""
    if actor.role == "province" or (actor.area and tree.covers(actor.area, region)):
        return
    raise forbidden(f"The funds of {region} are not entered by {actor.area}.")


def check_fund_write(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that owns a fund's money decides on it, and none above it (TR-21). Raises Problem 403."""
    area = tree.get(region)
    provincial = area is not None and area.level == "province"
    if not (provincial if actor.role == "province" else actor.area == region):
        raise forbidden(f"The fund is {region}'s; your token is for {actor.area or actor.role}.")
