"""An enterprise's own desk: its meters' silence, what is missing or parked, its problems, projects and subsidies."""

from collections.abc import Sequence

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Choice, Column, Figure, Link, Page, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.funds import application_link, in_1e4
from services.portal.pages.lists import coded, filled, listed, plain
from services.portal.pages.meters import suspects_of
from services.portal.pages.quarantine import held_columns, held_row
from services.portal.roles import ENTERPRISE

_PAGES = 5


async def desk(ask: Ask) -> Page:
    """What waits for this enterprise, and what is its own."""
    w, name = ask.words, ask.session.organisation or ""
    detail = await ask.api.get(f"/enterprises/{name}")
    live = await ask.api.get(f"/enterprises/{name}/live")
    suspects = await ask.api.items("/suspects", _PAGES, enterprise=name, limit=100)
    held = await ask.api.get("/quarantine", enterprise=name, state="held", limit=50)
    problems = await ask.api.items("/problems", _PAGES, enterprise=name, open="true", limit=100)
    projects = await ask.api.items("/projects", _PAGES, enterprise=name, limit=100)
    subsidies = await ask.api.items("/subsidies", _PAGES, enterprise=name, limit=100)
    missing, silent = live["expected"] - live["present"], detail["feed"]["silent_since"]
    return Page(
        title=detail["name"],
        menu="desk",
        lead=[
            w("energy.silent", moment=ask.moment(silent))
            if silent
            else w("energy.heard", moment=ask.moment(detail["feed"]["last_reading_at"]))
        ],
        tiles=[
            Tile(w("own.missing"), ask.number(max(missing, 0)), href=ask.href("/energy")),
            Tile(w("suspect.list"), ask.number(len(suspects)), href="#suspect"),
            Tile(w("quarantine.title"), ask.number(len(held["items"])), href="#held"),
            Tile(w("project.problems"), ask.number(len(problems)), href="#own-problems"),
        ],
        choices={
            w("command.title"): [
                Choice(w("own.load"), ask.href("/energy")),
                Choice(w("credential.title"), ask.href(f"/energy/{name}/credentials")),
                Choice(w("listing.new"), ask.href("/new-listing")),
            ]
        },
        figures=[
            suspects_of(ask, suspects),
            _held(ask, held["items"]),
            _problems(ask, problems),
            _projects(ask, projects),
            listed(
                ask,
                "own.subsidies",
                subsidies,
                filled("application", w("subsidy.application"), lambda each: application_link(ask, each)),
                filled("fund", w("project.fund"), lambda each: each.get("fund_name") or each["fund"]),
                coded(ask, "status", w("column.standing"), "subsidy"),
                in_1e4("entitlement", w("fund.entitlement")),
                in_1e4("paid", w("fund.paid")),
                title=w("project.subsidies"),
                none=w("own.no_subsidies"),
            ),
        ],
    )


def _held(ask: Ask, items: Sequence[Json]) -> Figure:
    w = ask.words
    rows = [held_row(ask, each) for each in items]
    note = w("quarantine.waiting") if rows else w("quarantine.none")
    table = Table(held_columns(ask), rows, 1)
    return Figure(
        "held", w("quarantine.title"), table=table, state="late" if rows else "empty", note=note, wide=True
    )


def _problems(ask: Ask, items: Sequence[Json]) -> Figure:
    w = ask.words
    return listed(
        ask,
        "own.problems",
        items,
        filled(
            "text",
            w("problem_list.text"),
            lambda each: Link(each["text"], ask.href(f"/problems/{each['problem']}")),
        ),
        coded(ask, "kind", w("problem_list.kind"), "problem_kind"),
        coded(ask, "level", w("problem_list.level"), "role"),
        coded(ask, "standing", w("column.standing"), "problem_standing"),
        plain("due_on", w("problem_list.due"), "day"),
        plain("answer", w("problem_list.answer")),
        title=w("project.problems"),
        none=w("project.no_problems"),
    )


def _projects(ask: Ask, items: Sequence[Json]) -> Figure:
    w = ask.words
    investment = Column("total_investment", w("project.total_investment"), "number", "CNY_1e8", 2)
    return listed(
        ask,
        "own.projects",
        items,
        filled(
            "name",
            w("project.name"),
            lambda each: Link(each["name"], ask.href(f"/projects/{each['project']}")),
        ),
        coded(ask, "stage", w("project.stage"), "stage"),
        plain("stage_on", w("project.since"), "day"),
        (investment, lambda each: numbers.in_1e8(each["total_investment"])),
        title=w("project.title"),
        none=w("own.no_projects"),
    )


PAGES = [PageRoute("/my-enterprise", desk, (ENTERPRISE,), menu="desk")]
