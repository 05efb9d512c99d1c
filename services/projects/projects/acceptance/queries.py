"""Question: how the acceptance of a register's built projects stands (TR-14)."""

from datetime import date, timedelta
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import func, or_, select

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Money, Name, Request
from services.projects.common.values import RegionCode, RegisterCode
from services.projects.plan import reference
from services.projects.projects.acceptance.decisions import AcceptanceRule
from services.projects.projects.registers.views import STAY
from services.projects.projects.stages.facts import Stage
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT
from shared import lists
from shared.rpc import Call
from shared.service import Service

_ORDER = lists.Order(MILESTONE.c.on_day, PROJECT.c.project)


class RegisterAcceptance(Request):
    """Ask how a register's projects stand with their acceptance; those built and not accepted are listed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"register": "national_plan"}]})

    register_: RegisterCode = Field(alias="register")
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    limit: Limit
    cursor: Cursor


class AwaitingAcceptance(Answer):
    """A project that is built and not accepted."""

    project: str
    name: str
    region: str
    region_name: Name = None
    total_investment: Money
    stage: Stage
    producing_on: date = Field(description="the day it was put into production (投产)")
    due_on: date = Field(description="by when it should be accepted, by the rule in force today")
    days_overdue: int | None = Field(description="days since then; null: not overdue")
    reminders: int = Field(description="reminders sent to its city")
    reminded_on: date | None


class AcceptanceView(Answer):
    """The register as a whole, and a page of what awaits acceptance, the longest first."""

    register_: str = Field(alias="register")
    as_of: date
    projects: int = Field(description="in the register today")
    total_investment: Money = Field(description="of those, CNY (yuan)")
    under_construction: int = Field(description="started and not yet producing (在建)")
    awaiting: int = Field(description="producing and not accepted (建成待验收)")
    accepted: int = Field(description="accepted (已验收)")
    overdue: int = Field(description="of those awaiting, past their due day")
    items: list[AwaitingAcceptance]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def register_acceptance(service: Service, call: Call, body: RegisterAcceptance) -> AcceptanceView:
    """What is under construction, built and accepted (TR-14), and who should have been accepted by now."""
    today = service.today()
    project, stay, built = PROJECT.c, STAY.c, MILESTONE.c
    async with service.snapshots.connect() as conn:
        rule = await reference.parameters(conn, "acceptance", today, AcceptanceRule)
        tree = await reference.area_tree(conn)
        inside = (
            select(stay.project)
            .where(
                stay.project == project.project,
                stay.register == body.register_,
                stay.valid_from <= today,
                or_(stay.valid_to.is_(None), stay.valid_to >= today),
            )
            .exists()
        )
        own = [inside, *access.conditions(call.actor, tree, project, body.region)]
        latest = today - timedelta(days=rule.due_days)
        counts = (await conn.execute(_counts(latest).where(*own))).one()
        query = (
            select(PROJECT, built.on_day.label("producing_on"))
            .join(MILESTONE, built.project == project.project)
            .where(built.stage == Stage.PRODUCING.value, project.stage == Stage.PRODUCING.value, *own)
        )
        page = await _ORDER.page(conn, query, body)
    return AcceptanceView(
        register_=body.register_,
        as_of=today,
        **counts._mapping,
        items=[_item(row, rule, today) for row in page.rows],
        next_cursor=page.next_cursor,
    )


def _counts(latest: date) -> Any:
    project, built = PROJECT.c, MILESTONE.c

    def count(*stages: Stage) -> Any:
        return func.count().filter(project.stage.in_([stage.value for stage in stages]))

    overdue = func.count().filter(project.stage == Stage.PRODUCING.value, built.on_day < latest)
    return (
        select(
            func.count().label("projects"),
            func.coalesce(func.sum(project.total_investment), 0).label("total_investment"),
            count(Stage.STARTED, Stage.PARTLY_PRODUCING).label("under_construction"),
            count(Stage.PRODUCING).label("awaiting"),
            count(Stage.ACCEPTED).label("accepted"),
            overdue.label("overdue"),
        )
        .select_from(PROJECT)
        .outerjoin(
            MILESTONE,
            (built.project == project.project) & (built.stage == Stage.PRODUCING.value),
        )
    )


def _item(row: Any, rule: AcceptanceRule, today: date) -> AwaitingAcceptance:
    due = row.producing_on + timedelta(days=rule.due_days)
    return AwaitingAcceptance(
        project=row.project,
        name=row.name,
        region=row.region,
        total_investment=row.total_investment,
        stage=row.stage,
        producing_on=row.producing_on,
        due_on=due,
        days_overdue=(today - due).days if today > due else None,
        reminders=row.reminders,
        reminded_on=row.reminded_on,
    )
