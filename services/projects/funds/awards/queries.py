"""Questions about awards and their payment."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, func, select

from services.projects import access
from services.projects.assessed.tables import AWARD
from services.projects.common.models import Answer, Cursor, Limit, Money, Request
from services.projects.common.values import RegionCode
from services.projects.funds.awards.facts import AwardPayment
from services.projects.funds.awards.views import (
    TABLE,
    AwardEntry,
    AwardSummary,
    AwardView,
    award_entry,
    award_view,
)
from services.projects.funds.facts import is_about_award, stream
from services.projects.funds.values import AwardId, FundId
from services.projects.plan import reference
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_A, _P = AWARD.c, TABLE.c
_ORDER = lists.Order(_A.award)


class GetAward(Request):
    """Ask for one award."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"award": "fujian-2013.2013.350100"}]})

    award: AwardId


class ListAwards(Request):
    """Ask for awards; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"year": 2013, "settled": False}]})

    region: RegionCode | None = Field(default=None, description="to this city")
    year: int | None = Field(default=None, ge=1949, le=2199, description="the assessed year")
    fund: FundId | None = Field(default=None, description="paid out of this fund")
    settled: bool | None = Field(
        default=None, description="true: paid as it was granted; false: something is to be done"
    )
    limit: Limit
    cursor: Cursor


class OutdatedCompletion(Answer):
    """A verified completion that the ranking rests on, as it was and as it is known now."""

    region: str
    target: str
    unit: str
    verified: Decimal | None = Field(description="null: nothing was known")
    now: Decimal | None = Field(description="null: nothing is known")
    difference: Decimal | None = Field(description="now less verified; null: one of them isn't known")
    correct_with: str = Field(description="the requests that set it right")


class AwardPage(Answer):
    """A page of awards, and the sums of all that the filters leave."""

    items: list[AwardSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    granted: Money
    paid: Money


class AwardDetails(AwardView):
    """An award with the lines of the ledger of the fund that pays it."""

    entries: list[AwardEntry]
    outdated: list[OutdatedCompletion] | None = Field(
        default=None,
        description="what its ranking rests on, of the cities that you may see, and is known otherwise by now; null: "
        "not looked at",
    )


class _Completion(OutdatedCompletion):
    """An outdated completion with the appraisal that it belongs to."""

    plan: str
    year: int


class _Outdated(BaseModel):
    """Attached by the gateway: verified completions that have changed since. None: the gateway couldn't ask."""

    items: list[_Completion] | None = None

    def of(self, award: Any) -> list[OutdatedCompletion] | None:
        """The outdated completions behind the ranking of an award."""
        if self.items is None:
            return None
        return [
            OutdatedCompletion.model_validate(each.model_dump(exclude={"plan", "year"}))
            for each in self.items
            if (each.plan, each.year) == (award.plan, award.year)
        ]

    def count(self, award: Any) -> int | None:
        """The number of outdated completions behind an award."""
        found = self.of(award)
        return None if found is None else len(found)


def _outdated(call: Call) -> _Outdated:
    return _Outdated.model_validate(call.attached)


async def get_award(service: Service, call: Call, body: GetAward) -> AwardDetails:
    """From the decision of the appraisal to the lines of the ledger of the fund that pays it."""
    async with service.snapshots.connect() as conn:
        row = (await conn.execute(_awards().where(_A.award == body.award))).one_or_none()
        visible = access.visible_regions(call.actor, await reference.area_tree(conn))
        if row is None or (visible is not None and row.region not in visible):
            raise not_found("award", body.award)
        history = [] if row.fund is None else await service.log.load(conn, stream(row.fund))
    events = [(service.catalogue.decode(each), each) for each in history]
    entries = [award_entry(event, each) for event, each in events if is_about_award(body.award, event)]
    known = _outdated(call)
    marks = {"outdated": known.of(row), "outdated_figures": known.count(row)}
    return AwardDetails(
        **{**_view(row).model_dump(), **marks, "version": len(entries), "entries": entries},
    )


async def list_awards(service: Service, call: Call, body: ListAwards) -> AwardPage:
    """What was granted, how it stands with its payment, and what is to be done next; a city sees its own."""
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        where: list[ColumnElement[bool]] = []
        visible = access.visible_regions(call.actor, tree)
        if visible is not None:
            where.append(_A.region.in_(visible))
        if body.region:
            where.append(_A.region.in_(access.asked_regions(call.actor, tree, body.region)))
        if body.year:
            where.append(_A.year == body.year)
        if body.fund:
            where.append(_P.fund == body.fund)
        if body.settled is not None:
            paid = func.coalesce(_P.paid, 0) == _A.amount
            where.append(paid if body.settled else ~paid)
        query = _awards().where(*where)
        page = await _ORDER.page(conn, query, body)
        sums = {"granted": func.sum(_A.amount), "paid": func.sum(_P.paid)}
        sums = await lists.totals(conn, query, count=func.count(), **sums)
    known = _outdated(call)
    return AwardPage(
        items=[
            AwardSummary.model_validate(_view(row).model_dump() | {"outdated_figures": known.count(row)})
            for row in page.rows
        ],
        next_cursor=page.next_cursor,
        **sums,
    )


def _awards() -> Select[Any]:
    """The join of awards with what a fund holds or has paid for them."""
    held = (_P.fund, _P.reserved, _P.committed, _P.paid, _P.last_on)
    return select(AWARD, *held).select_from(AWARD.outerjoin(TABLE, _P.award == _A.award))


def _view(row: Any) -> AwardView:
    if row.fund is None:
        return award_view(row, None, None)
    payment = AwardPayment(
        award=row.award,
        fund=row.fund,
        region=row.region,
        last_on=row.last_on,
        reserved=row.reserved,
        committed=row.committed,
        paid=row.paid,
    )
    return award_view(row, row.fund, payment)
