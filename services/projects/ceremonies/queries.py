"""How a ceremony stands as a whole."""

from datetime import date
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, FromClause, Table, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.ceremonies.guests.views import TABLE as INVITATION
from services.projects.common.investor import InvestorKind
from services.projects.common.models import Answer, Money, Request
from services.projects.common.values import Ceremony
from services.projects.plan.views import REGION
from services.projects.projects.counts import queries as counts
from services.projects.projects.counts.queries import CountProjectsBy
from services.projects.projects.signings import queries as signings
from services.projects.projects.signings.views import TABLE as SIGNING
from services.projects.projects.stages.views import MILESTONE
from shared.rpc import Call
from shared.service import Service


class SummariseCeremony(Request):
    """Ask how a ceremony stands, reporter by reporter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ceremony": "618-2013", "on": "2013-06-18"}]})

    ceremony: Ceremony
    on: date | None = Field(
        default=None, description="last day of the year's starts and productions counted; null: today"
    )


class ReporterSummary(Answer):
    """What a city or Pingtan brings to the ceremony, and how its private projects stand in the year."""

    region: str = Field(examples=["350100"])
    name: str = Field(examples=["福州市"])
    recommended: int = Field(description="projects it put on the signing list")
    approved: int = Field(description="of them let onto the stage, signed ones too")
    signed: int = Field(description="of them signed there")
    signed_amount: Money = Field(description="of those contracts, CNY (yuan)")
    firms: int = Field(description="key firms invited")
    attending: int = Field(description="of them those that come")
    contracts: int = Field(description="private projects with a contract signed in the year so far")
    started: int = Field(description="private projects started in the year so far")
    producing: int = Field(description="private projects put into production in the year so far")


class CeremonySummary(Answer):
    """The June event as a whole (PM-12): nine cities and Pingtan, and who has not named anything yet."""

    ceremony: str
    on: date
    items: list[ReporterSummary]
    without_projects: list[str] = Field(description="reporters with no project on the signing list")
    without_firms: list[str] = Field(description="reporters with no firm on the guest list")


async def summarise(app: Service, call: Call, body: SummariseCeremony) -> CeremonySummary:
    """Signing projects and invited firms of nine cities and Pingtan, and the year's contracts and starts (PM-15)."""
    on = body.on or app.today()
    year = CountProjectsBy(
        by="city", investor_kind=InvestorKind.PRIVATE, first_day=on.replace(month=1, day=1), last_day=on
    )
    signing, guest = SIGNING.c, INVITATION.c
    async with app.snapshots.connect() as conn:
        counted = await counts.counted_by(app, conn, call, year)
        listed = await _by_city(
            conn,
            SIGNING,
            body.ceremony,
            recommended=func.count(),
            approved=func.count().filter(signing.approved),
            signed=func.count(signing.signed_on),
            signed_amount=func.coalesce(func.sum(MILESTONE.c.amount), 0),
            of=signings.with_contracts(),
        )
        invited = await _by_city(
            conn,
            INVITATION,
            body.ceremony,
            firms=func.count(),
            attending=func.count().filter(guest.attends),
        )
    nothing: dict[str, Any] = {"recommended": 0, "approved": 0, "signed": 0, "signed_amount": 0}
    nobody: dict[str, Any] = {"firms": 0, "attending": 0}
    items = [
        ReporterSummary(
            region=each.key,
            name=each.name,
            contracts=each.contracts,
            started=each.started,
            producing=each.producing,
            **listed.get(each.key, nothing),
            **invited.get(each.key, nobody),
        )
        for each in counted.items
    ]
    return CeremonySummary(
        ceremony=body.ceremony,
        on=on,
        items=items,
        without_projects=[each.region for each in items if not each.recommended],
        without_firms=[each.region for each in items if not each.firms],
    )


async def _by_city(
    conn: AsyncConnection,
    table: Table,
    ceremony: str,
    of: FromClause | None = None,
    **figures: ColumnElement[Any],
) -> dict[str, dict[str, Any]]:
    """The figures of a ceremony's rows by city: those of a county are its city's. `of`: the table with more joined."""
    region = REGION.c
    city = case((region.level == "county", region.parent), else_=region.code)
    rows = await conn.execute(
        select(city.label("city"), *(figure.label(name) for name, figure in figures.items()))
        .select_from((table if of is None else of).join(REGION, region.code == table.c.region))
        .where(table.c.ceremony == ceremony)
        .group_by(city)
    )
    return {row.city: {name: getattr(row, name) for name in figures} for row in rows}
