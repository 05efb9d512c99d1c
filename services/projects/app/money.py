"""Commands on special funds (专项资金) and the applications to them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain.money import commands as do
from services.projects.domain.money.fund import CriterionMet, FundEvent, FundState, Outcome, is_about
from services.projects.domain.money.separation import Separation
from services.projects.domain.money.terms import Terms
from services.projects.domain.plausibility import AmountCare
from services.projects.events import FUND, fund_stream
from services.projects.models import funds, subsidies
from services.projects.views.money import fund_view, subsidy_view
from shared.decider import Edit
from shared.problems import not_found
from shared.rpc import Call, Reply

_Body = (
    subsidies.AssessSubsidy
    | subsidies.ReserveSubsidy
    | subsidies.CommitSubsidy
    | subsidies.PaySubsidy
    | subsidies.ReleaseSubsidy
    | subsidies.RecoverSubsidy
    | subsidies.CloseSubsidy
)


async def open_fund(app: App, call: Call, body: funds.OpenFund) -> Reply:
    """Set money aside, for one's own government or one below."""

    async def command(conn: AsyncConnection) -> do.FundCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_fund_open(call.actor, tree, body.region)
        known = await reference.programme_codes(conn)
        for part in body.terms:
            checks.check_programmes(part.programmes, known)
        return do.OpenFund(
            fund=body.fund,
            name=body.name,
            region=body.region,
            purpose=body.purpose,
            amount=body.amount,
            valid_from=body.valid_from,
            valid_to=body.valid_to,
            terms=_terms(body.terms),
            source=body.source,
            today=app.today(),
        )

    return await _run_fund(app, call, body.fund, command)


async def change_appropriation(app: App, call: Call, body: funds.ChangeAppropriation) -> Reply:
    """Add money, or take some out."""
    today = app.today()
    command = do.ChangeAppropriation(
        body.fund,
        body.amount,
        body.on or today,
        body.evidence,
        body.reason,
        call.actor.subject,
        today,
    )
    return await _run_fund(app, call, body.fund, _kept(call, body.fund, command))


async def change_terms(app: App, call: Call, body: funds.ChangeFundTerms) -> Reply:
    """Put other terms in force."""
    today = app.today()
    command = do.ChangeFundTerms(
        body.fund,
        _terms(body.terms),
        body.on or today,
        body.evidence,
        body.reason,
        call.actor.subject,
        today,
    )
    return await _run_fund(app, call, body.fund, _kept(call, body.fund, command))


async def request_subsidy(app: App, call: Call, body: subsidies.RequestSubsidy) -> Reply:
    """A project's keeper asks for money."""
    application = body.application or checks.made_id("S", call)
    today = app.today()

    async def command(conn: AsyncConnection) -> do.FundCommand:
        await checks.kept_project(conn, call, body.project)
        return do.RequestSubsidy(
            application=application,
            fund=body.fund,
            project=await _known_project(conn, body.project, body.fund),
            aid=body.aid,
            base_kind=body.base_kind,
            base=body.base,
            amount=body.amount,
            evidence=body.evidence,
            criteria=tuple(CriterionMet(each.criterion, each.evidence) for each in body.criteria),
            on=body.on or today,
            requested_by=call.actor.subject,
            today=today,
            confirmed=body.confirmed,
            note=body.note,
            care=await reference.amount_care(conn, today),
        )

    return await _run_application(app, call, body.fund, application, command)


async def decide_subsidy(app: App, call: Call, body: _Body) -> Reply:
    """A decision on an application, by the government whose fund it is."""

    async def command(conn: AsyncConnection) -> do.FundCommand:
        application = await _application(conn, body.fund, body.application)
        if application is None:
            raise not_found("application", f"{body.fund} / {body.application}")
        if isinstance(body, subsidies.CloseSubsidy) and body.outcome == Outcome.WITHDRAWN:
            await checks.kept_project(conn, call, application.project)
        else:
            await _check_kept(conn, call, body.fund)
        today = app.today()
        separation = await reference.separation_of_duties(conn, today)
        care = await reference.amount_care(conn, today)
        return _decision(body, today, call.actor.subject, application.stage, separation, care)

    return await _run_application(app, call, body.fund, body.application, command, body.version)


def _decision(
    body: _Body, today: date, by: str, stage: str, separation: Separation, care: AmountCare
) -> do.FundCommand:
    fund, application, on = body.fund, body.application, body.on or today
    match body:
        case subsidies.AssessSubsidy():
            return do.AssessSubsidy(
                fund,
                application,
                body.base,
                body.amount,
                on,
                body.evidence,
                body.reason,
                by,
                today,
                body.confirmed,
                separation=separation,
                care=care,
            )
        case subsidies.ReserveSubsidy():
            return do.ReserveSubsidy(
                fund, application, body.amount, on, body.evidence, by, stage, today, separation=separation
            )
        case subsidies.CommitSubsidy():
            return do.CommitSubsidy(
                fund, application, body.amount, on, body.evidence, by, stage, today, separation=separation
            )
        case subsidies.PaySubsidy():
            return do.PaySubsidy(
                fund, application, body.amount, on, body.evidence, by, stage, today, separation=separation
            )
        case subsidies.ReleaseSubsidy():
            return do.ReleaseSubsidy(fund, application, body.amount, on, body.reason, by, today)
        case subsidies.RecoverSubsidy():
            return do.RecoverSubsidy(
                fund, application, body.amount, on, body.evidence, body.reason, by, today
            )
        case subsidies.CloseSubsidy():
            return do.CloseSubsidy(fund, application, body.outcome, on, body.reason, by, today)


def _kept(call: Call, fund: str, made: do.FundCommand) -> Making[do.FundCommand]:
    async def command(conn: AsyncConnection) -> do.FundCommand:
        await _check_kept(conn, call, fund)
        return made

    return command


async def _check_kept(conn: AsyncConnection, call: Call, fund: str) -> None:
    """The fund exists and is the actor's own government's. Raises Problem 404 or 403."""
    region = await _fund_region(conn, fund)
    if region is None:
        raise not_found("fund", fund)
    scope.check_fund_write(call.actor, await reference.area_tree(conn), region)


async def _fund_region(conn: AsyncConnection, fund: str) -> str | None:
    found: str | None = (
        await conn.execute(select(tables.fund.c.region).where(tables.fund.c.fund == fund))
    ).scalar_one_or_none()
    return found


async def _application(conn: AsyncConnection, fund: str, application: str) -> Row[Any, Any] | None:
    """The application's project, and the stage in which it is."""
    subsidy, project = tables.subsidy.c, tables.project.c
    query = select(subsidy.project, project.stage).where(
        subsidy.fund == fund, subsidy.application == application, project.project == subsidy.project
    )
    found: Row[Any, Any] | None = (await conn.execute(query)).one_or_none()
    return found


async def _known_project(conn: AsyncConnection, project: str, fund: str) -> do.KnownProject:
    row = (await conn.execute(select(tables.project).where(tables.project.c.project == project))).one()
    region = await _fund_region(conn, fund)
    tree = await reference.area_tree(conn)
    return do.KnownProject(
        project=row.project,
        region=row.region,
        enterprise=row.enterprise,
        stage=row.stage,
        programmes=tuple(row.programmes),
        total_investment=row.total_investment,
        equipment_investment=row.equipment_investment,
        bank_loan=row.bank_loan,
        in_area=region is not None and tree.covers(region, row.region),
    )


async def _run_fund(
    app: App, call: Call, fund: str, command: Callable[[AsyncConnection], Awaitable[do.FundCommand]]
) -> Reply:
    def answer(state: FundState, events: Sequence[FundEvent]) -> object:
        return fund_view(state).model_dump(mode="json")

    return await app.run(call, fund_stream(fund), FUND, command, answer=answer)


async def _run_application(
    app: App,
    call: Call,
    fund: str,
    application: str,
    command: Making[do.FundCommand],
    seen: int | None = None,
) -> Reply:
    def answer(state: FundState, events: Sequence[FundEvent]) -> object:
        return subsidy_view(state, application).model_dump(mode="json")

    edit = Edit(seen, partial(is_about, application))
    return await app.run(call, fund_stream(fund), FUND, command, answer=answer, edit=edit)


def _terms(parts: Sequence[funds.TermsPart]) -> tuple[Terms, ...]:
    return tuple(
        Terms(
            valid_from=part.valid_from,
            valid_to=part.valid_to,
            aids=tuple(part.aids),
            bases=tuple(part.bases),
            rate=part.rate,
            cap=part.cap,
            stages=tuple(part.stages),
            programmes=tuple(part.programmes),
            base_from=part.base_from,
            base_below=part.base_below,
            criteria=tuple(part.criteria),
            source=part.source,
        )
        for part in parts
    )
