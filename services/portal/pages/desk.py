"""My desk: what I owe, what is due soon, and what waits for a decision."""

from collections.abc import Sequence
from datetime import timedelta

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Cell, Choice, Column, Figure, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.roles import COUNTY, GOVERNMENT, OPS, PROVINCE

_SOON = timedelta(days=14)
_MONTHLY = "TR-12"
"""The duty that a month's report discharges."""
_PAGES = 5


async def desk(ask: Ask) -> Page:
    """The duty calendar, narrowed to what concerns the reader now."""
    w = ask.words
    area = ask.session.area
    late = await ask.api.get("/duties/calendar", region=area, standing="missing", limit=200)
    today = numbers.as_date(late["as_of"])
    soon = []
    if today is not None:
        soon = await ask.api.items(
            "/duties/calendar",
            _PAGES,
            region=area,
            standing="not_due",
            first_due=today.isoformat(),
            last_due=(today + _SOON).isoformat(),
            limit=200,
        )
    problems = await ask.api.items("/problems", _PAGES, open="true", region=area, limit=200)
    counts = late["counts"] or {}
    figures = [
        _duties(ask, "late", late["items"], "late"),
        _duties(ask, "soon", soon, "ok"),
        _problems(ask, problems),
    ]
    if ask.session.role in (PROVINCE, OPS):
        figures.append(await _documents(ask))
    return Page(
        title=w("desk.title"),
        menu="desk",
        lead=[w("desk.as_of", day=ask.day(late["as_of"])), *([w("desk.county")] if _county(ask) else [])],
        tiles=[
            Tile(w("desk.overdue"), str(counts.get("missing", len(late["items"])))),
            Tile(w("desk.due_soon"), str(len(soon))),
            Tile(w("desk.problems"), str(len(problems))),
            Tile(w("desk.received"), str(counts.get("received", 0))),
        ],
        figures=figures,
        more=Link(w("desk.calendar"), ask.href("/duties")),
    )


def _county(ask: Ask) -> bool:
    return ask.session.role == COUNTY


def _duties(ask: Ask, name: str, items: Sequence[Json], otherwise: State) -> Figure:
    w = ask.words
    rows = [duty_row(ask, each) for each in items]
    state: State = otherwise if rows else "empty"
    note = "" if rows else w(f"desk.none_{name}")
    if rows and name == "late":
        note = w("desk.late_note", n=len(rows))
    return Figure(
        name, w(f"desk.{name}"), table=Table(duty_columns(ask), rows, 1), state=state, note=note, wide=True
    )


def duty_columns(ask: Ask) -> tuple[Column, ...]:
    """The columns of what is owed."""
    w = ask.words
    return (
        Column("region", w("column.region")),
        Column("duty", w("region.duty")),
        Column("period", w("evidence.period")),
        Column("due", w("column.due"), "day"),
        Column("standing", w("column.standing")),
        Column("received", w("region.reported_on"), "day"),
        Column("days_late", w("column.days_late"), "number", digits=0),
    )


def duty_row(ask: Ask, each: Json) -> tuple[Cell, ...]:
    """One duty, which leads to where it is handed in: the monthly report to its form, all else to its own page."""
    occasion = f"{each['region']}/{each['period']}"
    where = f"/reports/{occasion}" if each["duty"] == _MONTHLY else f"/duties/{each['duty']}/{occasion}"
    term = Link(each["term"], ask.href(where))
    return (
        ask.region(each["region"]),
        term,
        each["period"],
        each["due_on"],
        ask.words.code("standing", each["standing"]),
        each["received_on"],
        each["days_late"],
    )


def _problems(ask: Ask, found: Sequence[Json]) -> Figure:
    w = ask.words
    columns = (
        Column("region", w("column.region")),
        Column("text", w("problem_list.text")),
        Column("kind", w("problem_list.kind")),
        Column("project", w("project.id")),
        Column("level", w("problem_list.level")),
        Column("standing", w("column.standing")),
        Column("due", w("problem_list.due"), "day"),
    )
    rows = [
        (
            ask.region(each["region"]),
            Link(each["text"], ask.href(f"/problems/{each['problem']}")),
            w.code("problem_kind", each["kind"]),
            Link(each["project"], ask.href(f"/projects/{each['project']}")),
            w.code("role", each["level"]),
            w.code("problem_standing", each["standing"]),
            each["due_on"],
        )
        for each in found
    ]
    note = "" if rows else w("desk.none_problems")
    return Figure(
        "problems", w("desk.problems"), table=Table(columns, rows), state="ok" if rows else "empty", note=note
    )


async def _documents(ask: Ask) -> Figure:
    """What is drafted or reviewed, and not issued."""
    w = ask.words
    found = [
        *await ask.api.items("/documents", _PAGES, standing="draft"),
        *await ask.api.items("/documents", _PAGES, standing="reviewed"),
    ]
    columns = (
        Column("document", w("document.name")),
        Column("period", w("evidence.period")),
        Column("standing", w("column.standing")),
    )
    rows = [
        (
            Link(w.code("document", each["kind"]), ask.href(f"/documents/{each['document']}")),
            each["period"],
            w.code("document_standing", each["standing"]),
        )
        for each in found
    ]
    note = "" if rows else w("desk.none_documents")
    return Figure(
        "documents",
        w("desk.documents"),
        table=Table(columns, rows),
        state="ok" if rows else "empty",
        note=note,
    )


async def calendar(ask: Ask) -> Page:
    """The whole calendar of duties, page by page."""
    w = ask.words
    standing = ask.one_of("standing", ("", "received", "late", "missing", "waived", "not_due"), "")
    answer = await ask.api.get(
        "/duties/calendar",
        region=ask.session.area,
        standing=standing,
        cursor=ask.query.get("cursor"),
        limit=100,
    )
    rows = [duty_row(ask, each) for each in answer["items"]]
    choices = [
        Choice(
            w("word.all") if not each else w.code("standing", each),
            ask.here(standing=each, cursor=None),
            each == standing,
        )
        for each in ("", "missing", "late", "not_due", "received", "waived")
    ]
    more = answer["next_cursor"]
    return Page(
        title=w("desk.calendar"),
        menu="desk",
        lead=[w("desk.as_of", day=ask.day(answer["as_of"]))],
        choices={w("column.standing"): choices},
        figures=[
            Figure(
                "duties",
                w("desk.calendar"),
                table=Table(duty_columns(ask), rows, 1),
                state="ok" if rows else "empty",
                wide=True,
            )
        ],
        more=Link(w("page.next"), ask.here(cursor=more)) if more else None,
    )


PAGES = [PageRoute("/desk", desk, GOVERNMENT, menu="desk"), PageRoute("/duties", calendar, GOVERNMENT)]
