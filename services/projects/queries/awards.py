"""Questions about awards and their payment."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, func, select

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.money.award import AwardPayment
from services.projects.domain.money.fund import is_about_award
from services.projects.events import CATALOGUE, fund_stream
from services.projects.models import awards as models
from services.projects.queries import paging
from services.projects.views.awards import award_entry, award_view
from shared.problems import not_found
from shared.rpc import Call

_A, _P = tables.award.c, tables.award_payment.c
_ZERO = Decimal(0)


class _Completion(models.OutdatedCompletion):
    """One with the appraisal that it is of."""

    plan: str
    year: int


class _Outdated(BaseModel):
    """What the door brought along: verified completions that are known otherwise by now. None: it could not look."""

    items: list[_Completion] | None = None

    def of(self, award: Any) -> list[models.OutdatedCompletion] | None:
        """Those that an award's ranking rests on."""
        if self.items is None:
            return None
        return [
            models.OutdatedCompletion.model_validate(each.model_dump(exclude={"plan", "year"}))
            for each in self.items
            if (each.plan, each.year) == (award.plan, award.year)
        ]

    def count(self, award: Any) -> int | None:
        """How many they are."""
        found = self.of(award)
        return None if found is None else len(found)


def _outdated(call: Call) -> _Outdated:
    return _Outdated.model_validate(call.attached)


async def get_award(app: App, call: Call, body: models.GetAward) -> models.AwardDetails:
    """An award with the lines of the ledger that are about it; 404 too where its city isn't the actor's to see."""
    async with app.snapshots.connect() as conn:
        row = (await conn.execute(_awards().where(_A.award == body.award))).one_or_none()
        visible = scope.visible_regions(call.actor, await reference.area_tree(conn))
        if row is None or (visible is not None and row.region not in visible):
            raise not_found("award", body.award)
        history = [] if row.fund is None else await app.log.load(conn, fund_stream(row.fund))
    events = [(CATALOGUE.decode(each), each) for each in history]
    entries = [award_entry(event, each) for event, each in events if is_about_award(body.award, event)]
    known = _outdated(call)
    marks = {"outdated": known.of(row), "outdated_figures": known.count(row)}
    return models.AwardDetails(
        **{**_view(row).model_dump(), **marks, "version": len(entries), "entries": entries},
    )


async def list_awards(app: App, call: Call, body: models.ListAwards) -> models.AwardPage:
    """A page of awards in order of their ids, with the sums of all that the filters leave."""
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        where: list[ColumnElement[bool]] = []
        visible = scope.visible_regions(call.actor, tree)
        if visible is not None:
            where.append(_A.region.in_(visible))
        if body.region:
            where.append(_A.region.in_(scope.asked_regions(call.actor, tree, body.region)))
        if body.year:
            where.append(_A.year == body.year)
        if body.fund:
            where.append(_P.fund == body.fund)
        if body.settled is not None:
            paid = func.coalesce(_P.paid, 0) == _A.amount
            where.append(paid if body.settled else ~paid)
        sums = _awards(func.count(), func.sum(_A.amount), func.sum(_P.paid)).where(*where)
        count, granted, paid_sum = (await conn.execute(sums)).one()
        query = _awards().where(*where)
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(_A.award > after)
        rows = (await conn.execute(query.order_by(_A.award).limit(body.limit + 1))).all()
    page, known = rows[: body.limit], _outdated(call)
    return models.AwardPage(
        items=[
            models.AwardSummary.model_validate(
                _view(row).model_dump() | {"outdated_figures": known.count(row)}
            )
            for row in page
        ],
        next_cursor=paging.cursor(page[-1].award) if len(rows) > body.limit else None,
        count=count,
        granted=granted or _ZERO,
        paid=paid_sum or _ZERO,
    )


def _awards(*columns: Any) -> Select[Any]:
    """Awards with what a fund holds or has paid for them."""
    wanted = columns or (tables.award, _P.fund, _P.reserved, _P.committed, _P.paid, _P.last_on)
    return select(*wanted).select_from(tables.award.outerjoin(tables.award_payment, _P.award == _A.award))


def _view(row: Any) -> models.AwardView:
    if row.fund is None:
        return award_view(row, None, None)
    payment = AwardPayment(
        award=row.award,
        region=row.region,
        last_on=row.last_on,
        reserved=row.reserved,
        committed=row.committed,
        paid=row.paid,
    )
    return award_view(row, row.fund, payment)
