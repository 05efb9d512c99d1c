"""One city (or county): each of its targets, its reports month by month, what it owes, its projects and enterprises."""

from decimal import Decimal
from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Column, Field, Figure, Form, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import (
    Json,
    evidence,
    evidence_link,
    figure_columns,
    figure_row,
    lead_words,
    rules,
    standing,
    state_of,
    target_name,
)
from services.portal.pictures.charts import Line, lines

_INVESTMENT = "tech_renovation_investment"
_MONTHS = 12
_SHOWN = 20


async def region(ask: Ask) -> Page:
    """Everything of one region that the reader may see."""
    code = ask.params["region"]
    place = await ask.api.get(f"/regions/{code}")
    name = ask.region(code, place["name"])
    board = await ask.api.get("/progress/figures", region=code, as_of=ask.as_of_moment, limit=200)
    figures = board["items"]
    main = next((each for each in figures if each["measure"] == _INVESTMENT), None)
    shown = [_targets(ask, figures)]
    if main is not None:
        shown.insert(0, await _months(ask, main))
    if ask.government:
        shown += [await _reports(ask, code), await _duties(ask, code)]
    shown += [await _projects(ask, code), await _enterprises(ask, code)]
    return Page(
        title=name,
        menu="province",
        lead=standing(ask, board["as_of"], False),
        tiles=_tiles(ask, main) if main is not None else (),
        forms=[_day(ask)],
        figures=shown,
        simulated=any(each["simulated"] for each in figures),
    )


def _day(ask: Ask) -> Form:
    w = ask.words
    day = Field("as_of", w("page.day"), ask.query.get("as_of", ""), "date", hint=w("page.day_hint"))
    return Form("day", w("page.look_back"), [day], w("page.show"), method="get")


def _tiles(ask: Ask, main: Json) -> list[Tile]:
    w, unit = ask.words, numbers.unit(main["unit"])
    written = unit.to(ask.language)
    return [
        Tile(w("tile.done"), ask.number(main["value"], unit.digits), written, evidence(ask, main)),
        Tile(w("tile.goal"), ask.number(main["target_value"], unit.digits), written),
        Tile(w("tile.completion"), ask.percent(main["completion"])),
        Tile(w("tile.gap"), lead_words(ask, main["gap_points"]), numbers.unit("points").to(ask.language)),
        Tile(
            w("column.rank"),
            ask.number(main["rank"]),
            w("region.of_cities", n=main["ranked"]) if main["rank"] is not None else "",
        ),
        Tile(w("region.pace"), ask.number(_pace(main), unit.digits), w("region.a_month", unit=written)),
    ]


def _pace(main: Json) -> Decimal | None:
    """What each month that is left must bring to reach the target; None where none is left or nothing is known."""
    value, target = numbers.decimal(main["value"]), numbers.decimal(main["target_value"])
    if value is None or target is None or main["comparator"] != "at_least":
        return None
    left = _MONTHS - len(_reported(main))
    return max(target - value, Decimal(0)) / left if left > 0 else None


def _reported(main: Json) -> range:
    """The months that are due by now: what the schedule counts."""
    share = numbers.decimal(main["pro_rata"]) or Decimal(0)
    return range(int((share * _MONTHS / 100).to_integral_value()))


def _targets(ask: Ask, figures: list[dict[str, Any]]) -> Figure:
    rows = [figure_row(ask, each) for each in figures]
    columns = figure_columns(ask)
    state: State = "ok" if rows else "empty"
    note = "" if rows else ask.words("region.no_targets")
    return Figure(
        "targets", ask.words("region.targets"), table=Table(columns, rows), state=state, note=note, wide=True
    )


async def _months(ask: Ask, main: Json) -> Figure:
    """The year by month, as known at each month's end: done, completion, schedule, gap, rank."""
    w = ask.words
    answer = await ask.api.get(
        f"/progress/figures/{main['target']}",
        region=main["region"],
        history="month",
        as_of=ask.as_of_moment,
    )
    points = answer["history"]
    columns = (
        Column("day", w("column.day"), "day"),
        Column("value", w("column.done"), "number", main["unit"]),
        Column("month", w("region.in_month"), "number", main["unit"]),
        Column("completion", w("column.completion"), "number", "percent"),
        Column("schedule", w("tile.schedule"), "number", "percent"),
        Column("gap", w("column.gap"), "points", "points"),
        Column("rank", w("column.rank"), "number", digits=0),
    )
    rows, before = [], Decimal(0)
    for point in points:
        value = numbers.decimal(point["value"])
        added = None if value is None else value - before
        before = before if value is None else value
        gap = point["gap_points"]
        rows.append(
            (point["as_of"], value, added, point["completion"], point["pro_rata"], gap, point["rank"])
        )
    axis = [w("axis.month", month=_month_of(point)) for point in points]
    drawn = [
        Line(w("curve.done"), [_share(point["completion"]) for point in points]),
        Line(w("curve.schedule"), [_share(p["pro_rata"]) for p in points], dashed=True, colour="#44546a"),
    ]
    sentence = w(
        "curve.sentence", done=ask.percent(main["completion"]), schedule=ask.percent(main["pro_rata"])
    )
    return Figure(
        "months",
        w("region.months", name=target_name(ask, main)),
        sentence=sentence,
        table=Table(columns, rows),
        picture=lines("months", sentence, axis, drawn, "%") if points else None,
        state=state_of(main) if points else "empty",
        note=main["reason"],
        rule=rules(main),
        sources=[evidence_link(ask, main)],
        folded=False,
        wide=True,
    )


def _month_of(point: Json) -> int:
    day = numbers.as_date(point["as_of"])
    return day.month if day is not None else 0


def _share(value: Any) -> float | None:
    found = numbers.rounded(value, 1)
    return None if found is None else float(found)


async def _reports(ask: Ask, code: str) -> Figure:
    """When each month's report came."""
    w = ask.words
    calendar = await ask.api.get("/reports/calendar", region=code)
    columns = (
        Column("month", w("column.month")),
        Column("standing", w("column.standing")),
        Column("due", w("column.due"), "day"),
        Column("reported", w("region.reported_on"), "day"),
        Column("days_late", w("column.days_late"), "number", digits=0),
        Column("corrections", w("region.corrections"), "number", digits=0),
    )
    items = [each for each in calendar["items"] if each["region"] == code]
    rows = [
        (
            Link(ask.month(each["month"]), ask.href(f"/reports/{code}/{each['month']}")),
            w.code("standing", each["standing"]),
            each["due_on"],
            each["reported_on"],
            each["days_late"],
            each["corrections"],
        )
        for each in items
    ]
    late = any(each["standing"] == "missing" for each in items)
    state: State = "late" if late else "ok" if rows else "empty"
    note = w("region.no_reports") if not rows else w("region.report_missing") if late else ""
    return Figure("reports", w("region.reports"), table=Table(columns, rows), state=state, note=note)


async def _duties(ask: Ask, code: str) -> Figure:
    """What it owes now."""
    w = ask.words
    owed = await ask.api.items("/duties/calendar", 5, region=code, standing="missing", limit=200)
    columns = (
        Column("duty", w("region.duty")),
        Column("period", w("evidence.period")),
        Column("due", w("column.due"), "day"),
        Column("days_late", w("column.days_late"), "number", digits=0),
    )
    rows = [(each["term"], each["period"], each["due_on"], each["days_late"]) for each in owed]
    state: State = "late" if rows else "ok"
    note = w("region.owes", n=len(rows)) if rows else w("region.owes_nothing")
    return Figure("duties", w("region.duties"), table=Table(columns, rows), state=state, note=note)


async def _projects(ask: Ask, code: str) -> Figure:
    """The largest projects, and how many there are."""
    w = ask.words
    page = await ask.api.get(
        "/projects", region=code, sort="total_investment", descending="true", limit=_SHOWN
    )
    columns = (
        Column("project", w("project.name")),
        Column("stage", w("project.stage")),
        Column("since", w("project.since"), "day"),
        Column("investment", w("project.investment"), "number", "CNY_1e8"),
    )
    rows = [
        (
            Link(each["name"], ask.href(f"/projects/{each['project']}")),
            w.code("stage", each["stage"]),
            each["stage_on"],
            numbers.in_1e8(each["total_investment"]),
        )
        for each in page["items"]
    ]
    totals = page["totals"]
    sentence = ""
    if totals is not None:
        total = ask.amount(numbers.in_1e8(totals["total_investment"]), "CNY_1e8")
        sentence = w("project.sentence", n=totals["projects"], amount=total)
    source = Link(w("project.all"), ask.href("/projects", region=code))
    return Figure(
        "projects",
        w("region.projects"),
        sentence,
        Table(columns, rows),
        state="ok" if rows else "empty",
        sources=[source],
    )


async def _enterprises(ask: Ask, code: str) -> Figure:
    """The metered enterprises, and which of them are silent."""
    w = ask.words
    found = await ask.api.items("/enterprises", 5, region=code, limit=200)
    columns = (
        Column("enterprise", w("energy.enterprise")),
        Column("key_user", w("energy.key_user"), "number", "tce"),
        Column("online", w("energy.online")),
        Column("silent", w("energy.silent_since"), "moment"),
    )
    rows = [
        (
            Link(each["name"], ask.href(f"/energy/{each['enterprise']}")),
            each["key_user_tce"],
            online(ask, each["online"]),
            each["silent_since"],
        )
        for each in found
    ]
    return Figure(
        "enterprises",
        w("region.enterprises"),
        w("energy.count", n=len(rows)) if rows else "",
        Table(columns, rows),
        state="ok" if rows else "empty",
    )


def online(ask: Ask, known: bool | None) -> str:
    """Online, silent, or not judged: three states, and never two."""
    return ask.words("energy.state." + {True: "online", False: "silent", None: "unknown"}[known])


PAGES = [PageRoute("/regions/{region}", region)]
