"""Who may ask a fund for money and decide on it, and what both are judged by."""

from dataclasses import replace

from sqlalchemy import select

from services.projects.common import checks
from services.projects.funds.commands import kept
from services.projects.funds.facts import Fund, FundState
from services.projects.funds.rules import separation_of_duties
from services.projects.funds.subsidies.decisions.commands import (
    Asking,
    CloseSubsidy,
    Deciding,
    KnownProject,
    RequestSubsidy,
    SubsidyDecision,
)
from services.projects.funds.subsidies.facts import Application, Outcome
from services.projects.plan import reference
from services.projects.projects.kept import kept_project
from services.projects.projects.views import TABLE as PROJECT
from shared.command import Given
from shared.feature import At
from shared.problems import not_found
from shared.rpc import Call


def named(command: RequestSubsidy, call: Call) -> RequestSubsidy:
    """With an id: the one that was chosen, or one that is made of the caller's key."""
    return replace(command, application=command.application or checks.made_id("S", call))


async def request(at: At, command: RequestSubsidy, state: FundState) -> Given:
    """An application (申报) with its base: bank loan drawn or equipment bought, one of them (X-11).

    The answer says what the terms give: min(rate × base, cap). A project asks a fund once. A base that looks
    like one in the wrong unit is asked back once (problem code confirm-amount).
    """
    await kept_project(at.conn, at.call, command.project)
    return Asking(
        today=at.today,
        by=at.actor.subject,
        application=command.application or "",
        project=await _project(at, command.project, state),
        care=await reference.amount_care(at.conn, at.today),
    )


async def decide(at: At, command: SubsidyDecision, state: FundState) -> Given:
    """By the government whose fund it is; withdrawn by who keeps the project."""
    application = _known(command, state)
    project = application.requested.project
    if isinstance(command, CloseSubsidy) and command.outcome == Outcome.WITHDRAWN:
        await kept_project(at.conn, at.call, project)
    else:
        await kept(at, command.fund, state)
    stage = select(PROJECT.c.stage).where(PROJECT.c.project == project)
    return Deciding(
        today=at.today,
        by=at.actor.subject,
        stage=(await at.conn.execute(stage)).scalar_one(),
        separation=await separation_of_duties(at.conn, at.today),
        care=await reference.amount_care(at.conn, at.today),
    )


def _known(command: SubsidyDecision, state: FundState) -> Application:
    if not isinstance(state, Fund) or command.application not in state.applications:
        raise not_found("application", f"{command.fund} / {command.application}")
    return state.applications[command.application]


async def _project(at: At, project: str, state: FundState) -> KnownProject:
    query = select(PROJECT).where(PROJECT.c.project == project)
    row = (await at.conn.execute(query)).one()
    tree = await reference.area_tree(at.conn)
    return KnownProject(
        project=row.project,
        region=row.region,
        enterprise=row.enterprise,
        stage=row.stage,
        programmes=tuple(row.programmes),
        total_investment=row.total_investment,
        equipment_investment=row.equipment_investment,
        bank_loan=row.bank_loan,
        in_area=isinstance(state, Fund) and tree.covers(state.opened.region, row.region),
    )
