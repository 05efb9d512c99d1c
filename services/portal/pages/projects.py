"""Projects: how many stand where, the list with its filters, and one project with its steps, money and problems."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Done, Returned, forbidden, forms, said, send
from services.portal.figures import Choice, Column, Field, Figure, Form, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.project_forms import PROGRAMMES, commands
from services.portal.roles import KEEPERS

STAGES = (
    "planned", "pre_reported", "pre_reviewed", "negotiating", "intent_signed", "agreement_signed",
    "contract_signed", "filed", "approved", "started", "partly_producing", "producing", "accepted",
    "suspended", "terminated", "tracking_ended", "formally_ended",
)  # fmt: skip
FILTERS = ("region", "programme", "stage", "text")
_SORTS = ("name", "stage_on", "total_investment", "region")
_PAGE = 50
_BESIDE = (
    ("cohort", "/cohorts"),
    ("pre_review", "/pre-reviews"),
    ("ceremony", "/ceremonies"),
    ("diagnosis", "/diagnoses"),
)
"""Lists about projects that stand in no menu."""


async def projects(ask: Ask) -> Page:
    """The list, as far as the reader may see it."""
    w = ask.words
    stage = ask.one_of("stage", ("", *STAGES), "")
    programme = ask.one_of("programme", ("", *PROGRAMMES), "")
    sort = ask.one_of("sort", _SORTS, "total_investment")
    answer = await ask.api.get(
        "/projects",
        region=ask.query.get("region"),
        programme=programme,
        stage=stage,
        text=ask.query.get("text"),
        open_problem="true" if ask.query.get("open_problem") == "yes" else None,
        sort=sort,
        descending="true" if sort in ("total_investment", "stage_on") else None,
        on=ask.as_of.isoformat() if ask.as_of is not None else None,
        cursor=ask.query.get("cursor"),
        limit=_PAGE,
    )
    rows = [_row(ask, each) for each in answer["items"]]
    columns = (
        Column("project", w("project.name")),
        Column("region", w("column.region")),
        Column("stage", w("project.stage")),
        Column("since", w("project.since"), "day"),
        Column("programmes", w("column.programme")),
        Column("enterprise", w("energy.enterprise")),
        Column("investment", w("project.investment"), "number", "CNY_1e8"),
    )
    more = answer["next_cursor"]
    return Page(
        title=w("project.title"),
        menu="projects",
        tiles=_totals(ask, answer["totals"]),
        choices=_actions(ask),
        forms=[_filter(ask)],
        figures=[
            Figure(
                "projects",
                w("project.list"),
                table=Table(columns, rows),
                state="ok" if rows else "empty",
                note="" if rows else w("project.none"),
                wide=True,
            )
        ],
        more=Link(w("page.next"), ask.here(cursor=more)) if more else None,
    )


def _actions(ask: Ask) -> dict[str, list[Choice]]:
    w, offered = ask.words, []
    if ask.session.role in KEEPERS:
        offered.append(Choice(w("project.new"), ask.href("/new-project")))
    if ask.government:
        offered.append(Choice(w("reserve.title"), ask.href("/reserve")))
        offered += [Choice(w(f"{name}.title"), ask.href(path)) for name, path in _BESIDE]
    return {w("command.title"): offered} if offered else {}


def _totals(ask: Ask, totals: Json | None) -> list[Tile]:
    w = ask.words
    if totals is None:  # with the first page only
        return []
    unit = numbers.unit("CNY_1e8").to(ask.language)
    amounts = ("total_investment", "equipment_investment", "bank_loan")
    return [
        Tile(w("project.count"), ask.number(totals["projects"])),
        *(Tile(w(f"project.{name}"), ask.number(numbers.in_1e8(totals[name]), 1), unit) for name in amounts),
    ]


def _row(ask: Ask, each: Json) -> tuple[Any, ...]:
    w = ask.words
    return (
        Link(each["name"], ask.href(f"/projects/{each['project']}")),
        ask.region(each["region"]),
        w.code("stage", each["stage"]),
        each["stage_on"],
        "、".join(w.code("programme", code) for code in each["programmes"])
        if ask.language == "zh"
        else ", ".join(w.code("programme", code) for code in each["programmes"]),
        each["enterprise_name"],
        numbers.in_1e8(each["total_investment"]),
    )


def _filter(ask: Ask) -> Form:
    w, query = ask.words, ask.query
    everything = ("", w("word.all"))
    cities = [(code, w(f"region.{code}")) for code in ("350000", *(f"350{n}00" for n in range(1, 10)))]
    fields = [
        Field("text", w("project.search"), query.get("text", ""), "search"),
        Field(
            "region",
            w("column.region"),
            query.get("region", ""),
            "select",
            options=_known(query, [everything, *cities]),
        ),
        Field(
            "programme",
            w("column.programme"),
            query.get("programme", ""),
            "select",
            options=[everything, *((code, w(f"programme.{code}")) for code in PROGRAMMES)],
        ),
        Field(
            "stage",
            w("project.stage"),
            query.get("stage", ""),
            "select",
            options=[everything, *((code, w(f"stage.{code}")) for code in STAGES)],
        ),
        Field(
            "sort",
            w("project.sort"),
            query.get("sort", "total_investment"),
            "select",
            options=[(code, w(f"project.sort.{code}")) for code in _SORTS],
        ),
        Field("open_problem", w("project.open_problem"), query.get("open_problem", ""), "checkbox"),
        *([Field("as_of", "", query["as_of"], "hidden")] if query.get("as_of") else []),
    ]
    return Form("filter", w("project.filter"), fields, w("page.show"), method="get")


def _known(query: Mapping[str, str], options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """With the region of the address among them, where it is a county's."""
    given = query.get("region", "")
    return options if given in {code for code, _ in options} else [*options, (given, given)]


async def project(ask: Ask) -> Page:
    """One project: every step with its evidence, its registers, its saving, its problems and subsidies."""
    return await _project(ask, await ask.api.get(f"/projects/{ask.params['project']}"), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Report its next stage, or raise a problem."""
    found = await ask.api.get(f"/projects/{ask.params['project']}")
    offered = commands(ask, found)
    if not offered:
        raise forbidden(ask.words)
    match await send(ask, offered, form):
        case Done(name):
            return ask.href(ask.path, done=name)
        case back:
            return await _project(ask, found, back)


async def _project(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    problems = await ask.api.items("/problems", 5, project=found["project"], limit=200)
    subsidies = await ask.api.items("/subsidies", 5, project=found["project"], limit=200)
    unit = numbers.unit("CNY_1e8").to(ask.language)
    lead = [
        w(
            "project.lead",
            project=found["project"],
            region=ask.region(found["region"]),
            enterprise=found["enterprise_name"] or w("project.no_enterprise"),
        )
    ]
    return Page(
        title=found["name"],
        menu="projects",
        lead=lead,
        tiles=[
            Tile(w("project.stage"), w.code("stage", found["stage"]), ask.day(found["stage_on"])),
            Tile(
                w("project.total_investment"), ask.number(numbers.in_1e8(found["total_investment"]), 2), unit
            ),
            Tile(
                w("project.equipment_investment"),
                ask.number(numbers.in_1e8(found["equipment_investment"]), 2),
                unit,
            ),
            Tile(w("project.bank_loan"), ask.number(numbers.in_1e8(found["bank_loan"]), 2), unit),
        ],
        choices=_ways_on(ask, found),
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, commands(ask, found), back),
        figures=[
            _steps(ask, found),
            _facts(ask, found),
            _problems(ask, problems),
            *([] if not subsidies else [_subsidies(ask, subsidies)]),
        ],
    )


def _ways_on(ask: Ask, found: Json) -> dict[str, list[Choice]]:
    w = ask.words
    if ask.session.role not in KEEPERS:
        return {}
    apply = Choice(w("subsidy.apply"), ask.href("/new-subsidy", project=found["project"]))
    return {w("command.title"): [apply]}


def _steps(ask: Ask, found: Json) -> Figure:
    w = ask.words
    columns = (
        Column("on", w("column.day"), "day"),
        Column("stage", w("project.stage")),
        Column("evidence", w("project.evidence")),
        Column("by", w("project.by")),
        Column("note", w("column.note")),
    )
    rows = [
        (
            each["on"],
            w.code("stage", each["stage"]),
            each["evidence"],
            each["reported_by"],
            " ".join(
                filter(
                    None,
                    (
                        each["note"],
                        ask.amount(numbers.in_1e8(each["amount"]), "CNY_1e8") if each.get("amount") else "",
                    ),
                )
            ),
        )
        for each in found["steps"]
    ]
    return Figure(
        "steps", w("project.steps"), table=Table(columns, rows, 1), state="ok" if rows else "empty", wide=True
    )


def _facts(ask: Ask, found: Json) -> Figure:
    w = ask.words
    saving = found["energy_saving"] or {}
    rows: list[tuple[str, str]] = [
        (w("project.industry"), found["industry"]),
        (w("column.programme"), ", ".join(w.code("programme", code) for code in found["programmes"])),
        (w("project.registered"), ask.day(found["registered_on"])),
        *((w("project.tag"), tag) for tag in found["tags"]),
        *((w("project.register"), f"{stay['register']} · {_span(ask, stay)}") for stay in found["registers"]),
        *(
            (
                w(f"project.saving_{name}"),
                f"{ask.amount(saving[name]['tce'], 'tce')} · {saving[name]['evidence']}",
            )
            for name in ("expected", "verified")
            if saving.get(name)
        ),
    ]
    if found["investor"] is not None:
        rows.append((w("project.investor"), found["investor"]["name"]))
    columns = (Column("what", w("evidence.what")), Column("said", w("evidence.said")))
    return Figure("facts", w("project.facts"), table=Table(columns, rows))


def _span(ask: Ask, stay: Json) -> str:
    until = ask.day(stay["valid_to"]) if stay["valid_to"] else ""
    return f"{ask.day(stay['valid_from'])} – {until}".strip()


def _problems(ask: Ask, problems: Sequence[Json]) -> Figure:
    w = ask.words
    columns = (
        Column("text", w("problem_list.text")),
        Column("kind", w("problem_list.kind")),
        Column("level", w("problem_list.level")),
        Column("standing", w("column.standing")),
        Column("due", w("problem_list.due"), "day"),
        Column("answer", w("problem_list.answer")),
    )
    rows = [
        (
            Link(each["text"], ask.href(f"/problems/{each['problem']}")),
            w.code("problem_kind", each["kind"]),
            w.code("role", each["level"]),
            w.code("problem_standing", each["standing"]),
            each["due_on"],
            each["resolution"] or each["decision"] or each["answer"],
        )
        for each in problems
    ]
    state: State = "late" if any(each["overdue"] for each in problems) else "ok" if rows else "empty"
    note = "" if rows else w("project.no_problems")
    return Figure("problems", w("project.problems"), table=Table(columns, rows), state=state, note=note)


def _subsidies(ask: Ask, subsidies: Sequence[Json]) -> Figure:
    w = ask.words
    columns = (
        Column("application", w("subsidy.application")),
        Column("fund", w("project.fund")),
        Column("status", w("column.standing")),
        Column("entitlement", w("project.entitlement"), "number", "CNY_1e4"),
        Column("paid", w("project.paid"), "number", "CNY_1e4"),
    )
    rows = [
        (
            Link(each["application"], ask.href(f"/subsidies/{each['fund']}/{each['application']}")),
            each.get("fund_name") or each["fund"],
            w.code("subsidy", each["status"]),
            numbers.in_1e4(each["entitlement"]),
            numbers.in_1e4(each["paid"]),
        )
        for each in subsidies
    ]
    return Figure("subsidies", w("project.subsidies"), table=Table(columns, rows))


PAGES = [
    PageRoute("/projects", projects, menu="projects"),
    PageRoute("/projects/{project}", project, take=take),
]
