"""Questions about duties: the rules, who owes what and how it stands, and one account with its history."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common.duty import Duty, Standing
from services.projects.common.models import Answer, Cursor, Limit, Name, Request
from services.projects.common.values import RegionCode
from services.projects.duties.decisions import DutyId
from services.projects.duties.facts import EDITS, stream
from services.projects.duties.obligations import (
    Obligation,
    all_duties,
    decided_days,
    obligations,
    owed,
    with_known,
)
from services.projects.duties.tables import CONSEQUENCES
from services.projects.duties.views import (
    AccountEvent,
    ConsequenceView,
    DutyView,
    ObligationView,
    account_event,
    duty_view,
    obligation_view,
)
from services.projects.plan import reference
from services.projects.plan.facts import Region
from shared import lists
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Call
from shared.service import Service


class ListDuties(Request):
    """Ask for the rules of the calendar."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "fujian-2013"}]})

    plan: str | None = Field(default=None, max_length=63, description="of this plan only")
    duty: DutyId | None = Field(default=None, description="this one only")
    limit: Limit
    cursor: Cursor


class DutyCalendar(Request):
    """Ask who owes what by when, and how it stands by the Clock."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_due": "2013-02-01", "last_due": "2013-03-31"}]}
    )

    region: RegionCode | None = Field(default=None, description="owed by it or what lies under it")
    duty: DutyId | None = Field(default=None, description="under this duty only")
    standing: Standing | None = Field(default=None, description="what stands so only")
    first_due: date | None = Field(default=None, description="due on this day or later")
    last_due: date | None = Field(default=None, description="due on this day or earlier")
    limit: Limit
    cursor: Cursor


class GetDutyAccount(Request):
    """Ask for all that is known of one duty of one region."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"duty": "TR-18", "region": "350100"}]})

    duty: DutyId
    region: RegionCode


class DutyPage(Answer):
    """A page of rules."""

    items: list[DutyView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class StandingCounts(Answer):
    """How many occasions of the whole list, not of the page, stand how."""

    received: int
    late: int
    missing: int
    waived: int
    not_due: int


class DutyCalendarPage(Answer):
    """A page of the calendar in order of due day, duty and region."""

    as_of: date = Field(description="today by the Clock")
    items: list[ObligationView]
    counts: StandingCounts | None = Field(description="of all pages; with the first page only")
    consequences: list[ConsequenceView] = Field(
        description="of the regions and duties asked for, newest first; with the first page only"
    )
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class DutyAccountView(Answer):
    """What a region owes under a duty, period by period, and all that was done about it."""

    duty: str
    region: str
    region_name: Name = None
    as_of: date
    obligations: list[ObligationView]
    history: list[AccountEvent]


async def list_duties(service: Service, call: Call, body: ListDuties) -> DutyPage:
    """Each duty of the loaded plans: who owes it, how its days are found, how it is followed up."""
    async with service.snapshots.connect() as conn:
        duties, days = await all_duties(conn), await decided_days(conn)
    wanted = [each for each in duties if body.plan in (None, each.plan) and body.duty in (None, each.duty)]
    page = lists.among(wanted, body, lambda each: (each.plan, each.duty), str, str)
    return DutyPage(
        items=[duty_view(each, days.get((each.plan, each.duty), ())) for each in page.rows],
        next_cursor=page.next_cursor,
    )


async def duty_calendar(service: Service, call: Call, body: DutyCalendar) -> DutyCalendarPage:
    """Received, late, missing, waived or not due yet, by the Clock; with the consequences drawn so far.

    What is missing is unknown, never zero. No due day rolls to a working day (X-23).
    """
    today = service.today()
    async with service.snapshots.connect() as conn:
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
            after = tuple(lists.read(body.cursor, str, str, str, str))
            wanted = await _some(conn, [each for each in bare if each.key > after], body, today)
        else:
            wanted = [each for each in await with_known(conn, bare) if _is_wanted(each, body, today)]
            counts = Counter(each.standing(today) for each in wanted)
            consequences = await _consequences(conn, regions, duties)
        page = lists.cut(wanted, body.limit, lambda each: each.key)
        items = await _views(service, conn, page.rows)
    return DutyCalendarPage(
        as_of=today,
        items=items,
        counts=None
        if counts is None
        else StandingCounts(
            received=counts["received"],
            late=counts["late"],
            missing=counts["missing"],
            waived=counts["waived"],
            not_due=counts["not_due"],
        ),
        consequences=consequences,
        next_cursor=page.next_cursor,
    )


async def _some(
    conn: AsyncConnection, bare: Sequence[Obligation], body: DutyCalendar, today: date
) -> list[Obligation]:
    """Enough matching obligations for a page and the first of the next; reads no further than needed."""
    found: list[Obligation] = []
    for start in range(0, len(bare), step := body.limit + 1):
        known = await with_known(conn, bare[start : start + step])
        found += [each for each in known if _is_wanted(each, body, today)]
        if len(found) > body.limit:
            break
    return found


def _is_wanted(one: Obligation, body: DutyCalendar, today: date) -> bool:
    return body.standing in (None, one.standing(today))


async def _consequences(
    conn: AsyncConnection, regions: Sequence[Region], duties: Sequence[Duty]
) -> list[ConsequenceView]:
    """The most recently drawn consequences."""
    table = CONSEQUENCES
    drawn = await conn.execute(
        select(table)
        .where(
            table.c.region.in_([each.code for each in regions]),
            table.c.duty.in_({each.duty for each in duties}),
        )
        .order_by(table.c.drawn_on.desc(), table.c.duty, table.c.region)
        .limit(200)
    )
    return [ConsequenceView.model_validate(dict(row._mapping)) for row in drawn]


async def get_account(service: Service, call: Call, body: GetDutyAccount) -> DutyAccountView:
    """Every period, and each receipt, waiver, reminder and miss with its position in the log."""
    async with service.snapshots.connect() as conn:
        known = await reference.regions(conn)
        codes = _codes(call.actor, AreaTree.of(known), body.region)
        regions = [
            each for each in known if each.code == body.region and (codes is None or each.code in codes)
        ]
        duties = [each for each in await all_duties(conn) if each.duty == body.duty]
        known_owed = await obligations(conn, duties, regions)
        if not known_owed:
            raise not_found("duty account", f"{body.duty} of {body.region}")
        history = await service.log.load(conn, stream(body.duty, body.region))
        items = await _views(service, conn, known_owed)
    return DutyAccountView(
        duty=body.duty,
        region=body.region,
        as_of=service.today(),
        obligations=items,
        history=[account_event(service.catalogue.decode(each), each) for each in history],
    )


async def _views(
    service: Service, conn: AsyncConnection, shown: Sequence[Obligation]
) -> list[ObligationView]:
    keys = [(each.duty.duty, each.region.code, each.period) for each in shown]
    at = await _versions(service, conn, keys)
    return [obligation_view(each, service.today(), version) for each, version in zip(shown, at, strict=True)]


def _codes(actor: Actor, tree: AreaTree, region: str | None) -> set[str] | None:
    """The codes of the wanted regions whose duties the actor may see; None: all. Raises Problem 403, 422."""
    if actor.role == "enterprise":
        raise forbidden("The duties of governments are read by governments; your role is enterprise.")
    visible = access.visible_regions(actor, tree)
    if region is None:
        return None if visible is None else set(visible)
    asked = set(access.asked_regions(actor, tree, region))
    return asked if visible is None else asked & set(visible)


async def _versions(
    service: Service, conn: AsyncConnection, keys: Sequence[tuple[str, str, str]]
) -> list[int]:
    """The versions of occasions of duties, each named by duty, region and period."""
    streams = list({stream(duty, region) for duty, region, _ in keys})
    found = await service.log.count(conn, streams, [each.__name__ for each in EDITS], "period")
    return [found.get((stream(duty, region), period), 0) for duty, region, period in keys]
