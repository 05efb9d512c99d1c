"""Questions about duties: the rules, who owes what and how it stands, and one account with its history."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.duty import Duty
from services.projects.domain.plan import Region
from services.projects.events import CATALOGUE, duty_account_stream
from services.projects.models import duties as models
from services.projects.obligations import (
    Obligation,
    all_duties,
    decided_days,
    obligations,
    owed,
    with_known,
)
from services.projects.queries import paging, versions
from services.projects.views.duties import account_event, duty_view, obligation_view
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Call


async def list_duties(app: App, call: Call, body: models.ListDuties) -> models.DutyPage:
    """A page of the calendar's rules in order of plan and duty."""
    async with app.snapshots.connect() as conn:
        duties, days = await all_duties(conn), await decided_days(conn)
    if body.cursor:
        after = tuple(paging.read(body.cursor, 2))
        duties = [each for each in duties if (each.plan, each.duty) > after]
    wanted = [each for each in duties if body.plan in (None, each.plan) and body.duty in (None, each.duty)]
    page = wanted[: body.limit]
    return models.DutyPage(
        items=[duty_view(each, days.get((each.plan, each.duty), ())) for each in page],
        next_cursor=paging.cursor(page[-1].plan, page[-1].duty) if len(wanted) > len(page) else None,
    )


async def duty_calendar(app: App, call: Call, body: models.DutyCalendar) -> models.DutyCalendarPage:
    """A page of what is owed, as it stands today by the Clock; the first one with counts and consequences of all."""
    today = app.today()
    async with app.snapshots.connect() as conn:
        known = await reference.regions(conn)
        codes = _codes(call.actor, AreaTree.of(known), body.region)
        regions = [each for each in known if codes is None or each.code in codes]
        duties = [each for each in await all_duties(conn) if body.duty in (None, each.duty)]
        bare = [
            each
            for each in owed(duties, regions, await decided_days(conn))
            if (body.first_due is None or each.due_on >= body.first_due)
            and (body.last_due is None or each.due_on <= body.last_due)
        ]
        counts, consequences = None, []
        if body.cursor:
            after = tuple(paging.read(body.cursor, 4))
            wanted = await _some(conn, [each for each in bare if each.key > after], body, today)
        else:
            wanted = [each for each in await with_known(conn, bare) if _is_wanted(each, body, today)]
            counts = Counter(each.standing(today) for each in wanted)
            consequences = await _consequences(conn, regions, duties)
        page = wanted[: body.limit]
        items = await _views(app, conn, page)
    return models.DutyCalendarPage(
        as_of=today,
        items=items,
        counts=None
        if counts is None
        else models.StandingCounts(
            received=counts["received"],
            late=counts["late"],
            missing=counts["missing"],
            waived=counts["waived"],
            not_due=counts["not_due"],
        ),
        consequences=consequences,
        next_cursor=paging.cursor(*page[-1].key) if len(wanted) > len(page) else None,
    )


async def _some(
    conn: AsyncConnection, bare: Sequence[Obligation], body: models.DutyCalendar, today: date
) -> list[Obligation]:
    """Of the wanted ones as many as a page and the next one's beginning need, read no further than that."""
    found: list[Obligation] = []
    for start in range(0, len(bare), step := body.limit + 1):
        known = await with_known(conn, bare[start : start + step])
        found += [each for each in known if _is_wanted(each, body, today)]
        if len(found) > body.limit:
            break
    return found


def _is_wanted(one: Obligation, body: models.DutyCalendar, today: date) -> bool:
    return body.standing in (None, one.standing(today))


async def _consequences(
    conn: AsyncConnection, regions: Sequence[Region], duties: Sequence[Duty]
) -> list[models.ConsequenceView]:
    """The newest ones drawn."""
    table = tables.duty_consequence
    drawn = await conn.execute(
        select(table)
        .where(
            table.c.region.in_([each.code for each in regions]),
            table.c.duty.in_({each.duty for each in duties}),
        )
        .order_by(table.c.drawn_on.desc(), table.c.duty, table.c.region)
        .limit(200)
    )
    return [models.ConsequenceView.model_validate(dict(row._mapping)) for row in drawn]


async def get_account(app: App, call: Call, body: models.GetDutyAccount) -> models.DutyAccountView:
    """One duty of one region with its history; 404 where the region doesn't owe it."""
    async with app.snapshots.connect() as conn:
        known = await reference.regions(conn)
        codes = _codes(call.actor, AreaTree.of(known), body.region)
        regions = [
            each for each in known if each.code == body.region and (codes is None or each.code in codes)
        ]
        duties = [each for each in await all_duties(conn) if each.duty == body.duty]
        known_owed = await obligations(conn, duties, regions)
        if not known_owed:
            raise not_found("duty account", f"{body.duty} of {body.region}")
        history = await app.log.load(conn, duty_account_stream(body.duty, body.region))
        items = await _views(app, conn, known_owed)
    return models.DutyAccountView(
        duty=body.duty,
        region=body.region,
        as_of=app.today(),
        obligations=items,
        history=[account_event(CATALOGUE.decode(each), each) for each in history],
    )


async def _views(app: App, conn: AsyncConnection, shown: Sequence[Obligation]) -> list[models.ObligationView]:
    keys = [(each.duty.duty, each.region.code, each.period) for each in shown]
    at = await versions.of_occasions(app, conn, keys)
    return [obligation_view(each, app.today(), version) for each, version in zip(shown, at, strict=True)]


def _codes(actor: Actor, tree: AreaTree, region: str | None) -> set[str] | None:
    """The regions whose duties are asked for and may be seen; None: all. Raises Problem 403, 422."""
    if actor.role == "enterprise":
        raise forbidden("The duties of governments are read by governments; your role is enterprise.")
    visible = scope.visible_regions(actor, tree)
    if region is None:
        return None if visible is None else set(visible)
    asked = set(scope.asked_regions(actor, tree, region))
    return asked if visible is None else asked & set(visible)
