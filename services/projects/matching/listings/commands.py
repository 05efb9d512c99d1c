"""Who may put needs and offers forward, and what they may name."""

from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import select

from services.projects import access
from services.projects.common import checks
from services.projects.common.refusal import Refused
from services.projects.matching.listings.decisions import (
    Careful,
    ListingTerms,
    RegisterListing,
    ReviseListing,
    WithdrawListing,
)
from services.projects.matching.listings.facts import ListingState, Unlisted
from services.projects.matching.listings.views import TABLE
from services.projects.matching.listings.visible import may_see_listing
from services.projects.plan import reference
from services.projects.projects.views import TABLE as PROJECT
from shared.areas import AreaTree
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden, not_found, unavailable
from shared.rpc import Call
from shared.unknown_region import unknown_region


def named(command: RegisterListing, call: Call) -> RegisterListing:
    """With an id: the one that was chosen, or one that is made of the caller's key."""
    return replace(command, listing=command.listing or checks.made_id("L", call))


async def register(at: At, command: RegisterListing, state: ListingState) -> Careful:
    """One side of a meeting point: a project or an investor, a technology need or a research result, a need of
    financing or a bank's offer, a zone's need or a software firm's offer. The same content again changes nothing.
    """
    by_itself = at.actor.organisation if at.actor.role == "enterprise" else None
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    check_listing_write(at.actor, tree, command.region, command.enterprise or by_itself)
    if at.actor.role == "enterprise":
        _check_own(at.call, command)
    _check_regions(tree, command)
    if command.project is not None:
        await _check_project(at, tree, command.project)
    if at.call.body.get("listing") is None and not command.confirmed:
        await _ask_about_a_twin(at, command)
    return await _careful(at, command, by_itself)


async def revise(at: At, command: ReviseListing, state: ListingState) -> Careful:
    """The terms as a whole, with the reason. Whoever declined it may be asked again: it is news."""
    tree = await _kept(at, command, state)
    _check_regions(tree, command)
    return await _careful(at, command)


async def withdraw(at: At, command: WithdrawListing, state: ListingState) -> Careful:
    """It is suggested to nobody any more; pairs that it is in go on."""
    await _kept(at, command, state)
    return Careful(today=at.today, by=at.actor.subject)


async def _careful(at: At, command: ListingTerms, enterprise: str | None = None) -> Careful:
    for where in ("industries", "excluded_industries"):
        for industry in getattr(command, where):
            checks.check_industry(industry, at.today, where)
    return Careful(
        today=at.today,
        by=at.actor.subject,
        care=await reference.amount_care(at.conn, at.today),
        enterprise=enterprise,
    )


async def _ask_about_a_twin(at: At, command: RegisterListing) -> None:
    """Raises Refused if an open listing already says the same as this one without an id: was it sent twice?"""
    t = TABLE.c
    twin = select(t.listing, t.registered_on).where(
        t.open,
        t.meeting == command.meeting,
        t.side == command.side,
        t.region == command.region,
        t.party == command.party,
        t.title == command.title,
    )
    await checks.ask_about_a_twin(at.conn, "listing", f"{command.title} of {command.party}", twin)


@dataclass(frozen=True, slots=True)
class _Registered:
    """An enterprise as the registry of energy has it, attached to the command by the gateway."""

    name: str
    region: str


def _check_own(call: Call, command: RegisterListing) -> None:
    """An enterprise registers listings only in its own name and registered region. Raises Refused, or Problem 503."""
    if not call.attached:
        raise unavailable(
            "What the registry says of your enterprise is not known here yet.", where="enterprise"
        )
    own = msgspec.convert(call.attached, _Registered)
    if command.region != own.region:
        raise Refused(
            f"Your enterprise is registered in {own.region}, not in {command.region}.",
            code="not-your-region",
            where="region",
            status=403,
            remedy=f"Give the region {own.region}; a need of a plant elsewhere is registered by its county or city.",
        )
    if command.party != own.name:
        raise Refused(
            f"Your enterprise is registered as {own.name}, not as {command.party}.",
            code="not-your-name",
            where="party",
            status=403,
            remedy=f"Give {own.name}; what another party needs is registered by that party or its government.",
        )


async def _kept(at: At, command: ReviseListing | WithdrawListing, state: ListingState) -> AreaTree:
    """The regions, for a listing that exists and that the actor keeps. Raises Problem 404 or 403."""
    tree = await reference.area_tree(at.conn)
    if isinstance(state, Unlisted) or not may_see_listing(at.actor, tree, state.registered):
        raise not_found("listing", command.listing)
    check_listing_write(at.actor, tree, state.registered.region, state.registered.enterprise)
    return tree


def _check_regions(tree: AreaTree, command: ListingTerms) -> None:
    for name in ("regions", "excluded_regions"):
        for region in getattr(command, name):
            if region not in tree:
                raise unknown_region(tree, region, name)


async def _check_project(at: At, tree: AreaTree, project: str) -> None:
    table = PROJECT.c
    row = (
        await at.conn.execute(select(table.region, table.enterprise).where(table.project == project))
    ).one_or_none()
    if row is None or not access.may_see_project(at.actor, tree, row.region, row.enterprise):
        raise Refused(
            f"There is no project {project!r}.",
            code="unknown-project",
            where="project",
            remedy="Register it first, or leave it out.",
        )


def check_listing_write(actor: Actor, tree: AreaTree, region: str, enterprise: str | None) -> None:
    """Only the government of a listing's region, or its own enterprise, changes the listing."""
    if actor.role == "enterprise":
        if enterprise is None or enterprise != actor.organisation:
            raise forbidden(f"Your token is for enterprise {actor.organisation}, not for {enterprise!r}.")
        return
    access.check_project_write(actor, tree, region)
