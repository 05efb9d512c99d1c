"""The first page: how the province stands, who leads, who lags, what has changed, and who hasn't reported."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from services.portal import numbers
from services.portal.ask import Ask, end_of
from services.portal.figures import Bar, Choice, Column, Field, Figure, Form, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import (
    Json,
    evidence,
    evidence_link,
    figure_columns,
    figure_row,
    lead_words,
    light,
    rules,
    standing,
    state_of,
    target_name,
)
from services.portal.pictures.areas import Area, borders_map, tile_grid
from services.portal.pictures.charts import Line, lines
from services.portal.roles import COUNTY

METRICS = ("investment", "intensity", "monitoring")
"""What the board has of every region."""
VIEWS = ("map", "tiles", "table")
HEADLINES = (
    "TR-1", "TR-2", "TR-5", "PM-3", "PM-5", "PM-6", "EI-5", "EI-6", "EN-14", "EN-15a", "EN-15b", "EN-16",
    "IN-1", "IN-5", "IN-11", "DI-4", "DI-5",
)  # fmt: skip
"""Of each of the six programmes what is asked about first; the city page and the target list have the rest."""
_MONTH = 31
_MOST_CHANGES = 8


async def province(ask: Ask) -> Page:
    """The board, in sentences, tiles, a map and a table."""
    w = ask.words
    metric = ask.one_of("metric", METRICS, "investment")
    view = ask.one_of("view", VIEWS, _usual_view(ask))
    board = await ask.api.get("/progress/board", as_of=ask.as_of_moment)
    rows = [row for row in board["rows"] if row["level"] != "province"]
    whole = next((row for row in board["rows"] if row["level"] == "province"), None)
    if board["plan"] is None or not board["rows"]:
        return _empty(ask)
    before = await _month_before(ask, board)
    main = whole[metric] if whole is not None else None
    cities = [(row, row[metric]) for row in rows if row[metric] is not None]
    figures = [
        _areas(ask, cities, metric, view),
        _ranking(ask, cities, before, metric),
    ]
    if main is not None:
        figures.append(await _curve(ask, main))
    figures += [await _headlines(ask), _changes(ask, cities, before, metric)]
    if ask.government and ask.session.role != COUNTY:  # cities report; a county may not see how they do
        figures.append(await _reports(ask))
    return Page(
        title=w("province.title", metric=w(f"metric.{metric}"), year=board["plan"]["year"]),
        menu="province",
        lead=standing(ask, board["as_of"], board["simulated"]),
        tiles=_tiles(ask, main, cities),
        choices={
            w("province.metric"): [
                Choice(w(f"metric.{each}"), ask.here(metric=each), each == metric) for each in METRICS
            ],
            w("province.view"): [
                Choice(w(f"view.{each}"), ask.here(view=each), each == view)
                for each in VIEWS
                if each != "map" or _map_allowed(ask)
            ],
        },
        forms=[_day_form(ask)],
        figures=figures,
        simulated=board["simulated"],
        live=ask.as_of is None,
    )


def _map_allowed(ask: Ask) -> bool:
    """A public site may show borders only under an approval number; on one's own machine they are a sketch."""
    return bool(ask.settings.map_approval) or ask.settings.environment != "production"


def _usual_view(ask: Ask) -> str:
    return "map" if _map_allowed(ask) else "tiles"


def _day_form(ask: Ask) -> Form:
    w = ask.words
    kept = [
        Field(name, "", value, "hidden") for name, value in ask.query.items() if name in ("metric", "view")
    ]
    day = Field("as_of", w("page.day"), ask.query.get("as_of", ""), "date", hint=w("page.day_hint"))
    return Form("day", w("page.look_back"), [day, *kept], w("page.show"), method="get")


def _empty(ask: Ask) -> Page:
    """No plan yet, or not yet on that day."""
    w = ask.words
    note = w("province.empty_past") if ask.as_of is not None else w("province.empty")
    return Page(
        title=w("province.empty_title"),
        menu="province",
        forms=[_day_form(ask)],
        figures=[Figure("plan", w("province.plan"), state="empty", note=note)],
    )


async def _month_before(ask: Ask, board: Json) -> dict[str, Json]:
    """The rows as they were known a month earlier, by region; none if there was no plan then."""
    now = numbers.as_date(board["as_of"]) or date.min
    then = now.replace(day=1) - timedelta(days=1)
    day = min(now.day, then.day)
    earlier = await ask.api.get("/progress/board", as_of=end_of(then.replace(day=day)))
    return {row["region"]: row for row in earlier["rows"]} if earlier["plan"] is not None else {}


def _tiles(ask: Ask, main: Json | None, cities: Sequence[tuple[Json, Json]]) -> list[Tile]:
    """Done, target, percent, schedule, lead or lag; of a metric without a sum, how many cities have which light."""
    w = ask.words
    if main is None:
        counts = dict.fromkeys(("green", "yellow", "red", "grey"), 0)
        for _, figure in cities:
            counts[figure["light"] if figure["light"] in counts else "grey"] += 1
        return [
            Tile(w(f"light.{colour}"), str(count), w("province.of_cities", n=len(cities)))
            for colour, count in counts.items()
        ]
    unit = numbers.unit(main["unit"])
    return [
        Tile(
            w("tile.done"),
            ask.number(main["value"], unit.digits),
            unit.to(ask.language),
            evidence(ask, main),
        ),
        Tile(w("tile.goal"), ask.number(main["target_value"], unit.digits), unit.to(ask.language)),
        Tile(w("tile.completion"), ask.percent(main["completion"])),
        Tile(w("tile.schedule"), ask.percent(main["pro_rata"])),
        Tile(w("tile.gap"), lead_words(ask, main["gap_points"]), numbers.unit("points").to(ask.language)),
    ]


def _areas(ask: Ask, cities: Sequence[tuple[Json, Json]], metric: str, view: str) -> Figure:
    """Where the cities are, with their lights."""
    w = ask.words
    areas = [
        Area(
            code=row["region"],
            name=ask.region(row["region"], row["name"]),
            value=_on_area(ask, figure),
            light=figure["light"],
            spoken=w(
                "province.spoken",
                name=ask.region(row["region"], row["name"]),
                value=_on_area(ask, figure),
                light=light(ask, figure["light"]).text,
            ),
            href=ask.href(f"/regions/{row['region']}"),
        )
        for row, figure in cities
    ]
    label = w("province.map_label", metric=w(f"metric.{metric}"))
    picture: Markup | None = None
    if view == "map" and _map_allowed(ask):
        picture = borders_map(areas, label)
    elif view == "tiles":
        picture = tile_grid(areas, label)
    approval = ask.settings.map_approval
    note = w("province.legend")
    if view == "map":
        note = f"{note} {w('province.map_note')} {approval}".strip()
    columns = (
        Column("region", w("column.city")),
        Column("value", w("column.done"), "number", _unit(cities)),
        Column("completion", w("column.completion"), "number", "percent"),
        Column("light", w("column.light")),
    )
    table = Table(
        columns,
        [
            (
                Link(ask.region(row["region"], row["name"]), ask.href(f"/regions/{row['region']}")),
                figure["value"],
                figure["completion"],
                light(ask, figure["light"]),
            )
            for row, figure in cities
        ],
    )
    title = w("province.by_city", metric=w(f"metric.{metric}"))
    return Figure("areas", title, table=table, picture=picture, note=note, folded=picture is not None)


def _unit(cities: Sequence[tuple[Json, Json]]) -> str:
    return str(cities[0][1]["unit"]) if cities else ""


def _on_area(ask: Ask, figure: Json) -> str:
    """What stands on a city: how much of its target, or the value where more isn't better."""
    if figure["comparator"] == "at_most":
        return ask.number(figure["value"], numbers.unit(figure["unit"]).digits)
    return ask.percent(figure["completion"])


def _ranking(ask: Ask, cities: Sequence[tuple[Json, Json]], before: dict[str, Json], metric: str) -> Figure:
    """Best first; the tick is where the schedule is."""
    w = ask.words
    unit = _unit(cities)
    ordered = sorted(
        cities, key=lambda pair: (pair[1]["rank"] or 99, -(numbers.decimal(pair[1]["completion"]) or -1))
    )
    columns = (
        Column("rank", w("column.rank"), "number", digits=0),
        Column("city", w("column.city")),
        Column("light", w("column.light")),
        Column("completion", w("column.completion"), "number", "percent"),
        Column("gap", w("column.gap"), "points", "points"),
        Column("goal", w("column.goal"), "number", unit),
        Column("value", w("column.done"), "number", unit),
        Column("moved", w("column.moved")),
    )
    table = Table(columns, [_rank_row(ask, row, figure, before, metric) for row, figure in ordered], 1)
    months: list[str] = next((figure["rank_months"] for _, figure in ordered if figure["rank_months"]), [])
    reason = next((figure["rank_reason"] for _, figure in ordered if figure["rank_reason"]), "")
    period = ""
    if months:
        first, last = ask.month(months[0]), ask.month(months[-1])
        period = first if first == last else w("period.span", first=first, last=last)
    one = ordered[0][1] if ordered else None
    return Figure(
        "ranking",
        w("province.ranking"),
        sentence=_rank_sentence(ask, ordered),
        table=table,
        state="ok" if ordered else "empty",
        note=reason,
        period=period,
        rule=rules(one) if one is not None else "",
        sources=[evidence_link(ask, one)] if one is not None else [],
    )


def _rank_row(ask: Ask, row: Json, figure: Json, before: dict[str, Json], metric: str) -> tuple[Any, ...]:
    return (
        figure["rank"],
        Link(ask.region(row["region"], row["name"]), ask.href(f"/regions/{row['region']}")),
        light(ask, figure["light"]),
        Bar(numbers.decimal(figure["completion"]), numbers.decimal(figure["pro_rata"]), figure["light"]),
        figure["gap_points"],
        figure["target_value"],
        figure["value"],
        _moved(figure["rank"], _rank_then(before, row["region"], metric)),
    )


def _rank_then(before: dict[str, Json], region: str, metric: str) -> int | None:
    figure = (before.get(region) or {}).get(metric)
    return None if figure is None else figure["rank"]


def _moved(now: int | None, then: int | None) -> str:
    """▲1 for a place gained since last month, ▼1 for one lost."""
    if now is None or then is None or now == then:
        return "—"
    return f"▲{then - now}" if now < then else f"▼{now - then}"


def _rank_sentence(ask: Ask, ordered: Sequence[tuple[Json, Json]]) -> str:
    ranked = [(row, figure) for row, figure in ordered if figure["rank"] is not None]
    if not ranked:
        return ask.words("province.no_rank")
    first, last = ranked[0][0], ranked[-1][0]
    return ask.words(
        "province.rank_sentence",
        first=ask.region(first["region"], first["name"]),
        last=ask.region(last["region"], last["name"]),
    )


async def _curve(ask: Ask, main: Json) -> Figure:
    """Month by month against the schedule, as it was known at each month's end."""
    w = ask.words
    answer = await ask.api.get(
        f"/progress/figures/{main['target']}",
        region=main["region"],
        history="month",
        as_of=ask.as_of_moment,
    )
    points = answer["history"]
    names = [f"{(numbers.as_date(point['as_of']) or date.min).month}" for point in points]
    axis = [w("axis.month", month=name) for name in names]
    drawn = [
        Line(w("curve.done"), [_share(point["completion"]) for point in points]),
        Line(
            w("curve.schedule"),
            [_share(point["pro_rata"]) for point in points],
            dashed=True,
            colour="#44546a",
        ),
    ]
    columns = (
        Column("day", w("column.day"), "day"),
        Column("value", w("column.done"), "number", main["unit"]),
        Column("completion", w("column.completion"), "number", "percent"),
        Column("schedule", w("tile.schedule"), "number", "percent"),
        Column("gap", w("column.gap"), "points", "points"),
    )
    rows = [(p["as_of"], p["value"], p["completion"], p["pro_rata"], p["gap_points"]) for p in points]
    sentence = w(
        "curve.sentence",
        done=ask.percent(main["completion"]),
        schedule=ask.percent(main["pro_rata"]),
    )
    return Figure(
        "curve",
        w("curve.title", name=target_name(ask, main)),
        sentence=sentence,
        table=Table(columns, rows),
        picture=lines("curve", sentence, axis, drawn, "%") if points else None,
        state=state_of(main) if points else "empty",
        note=main["reason"],
        rule=rules(main),
        sources=[evidence_link(ask, main)],
        folded=True,
    )


def _share(value: Any) -> float | None:
    found = numbers.rounded(value, 1)
    return None if found is None else float(found)


async def _headlines(ask: Ask) -> Figure:
    """The six programmes' first targets."""
    w = ask.words
    figures = await ask.api.items("/progress/figures", as_of=ask.as_of_moment, limit=200)
    whole = {each["target"]: each for each in figures if each["level"] == "province"}
    chosen = [whole[target] for target in HEADLINES if target in whole]
    columns = (Column("programme", w("column.programme")), *figure_columns(ask))
    rows = [(w.code("programme", each["programme"]), *figure_row(ask, each)) for each in chosen]
    return Figure(
        "headlines",
        w("province.headlines"),
        table=Table(columns, rows, 1),
        state="ok" if rows else "empty",
        wide=True,
    )


def _changes(ask: Ask, cities: Sequence[tuple[Json, Json]], before: dict[str, Json], metric: str) -> Figure:
    """What is another than a month ago, in sentences, the largest change first."""
    w = ask.words
    told: list[tuple[Decimal, str, str]] = []
    for row, figure in cities:
        then = (before.get(row["region"]) or {}).get(metric)
        name = ask.region(row["region"], row["name"])
        if then is None:
            continue
        now_gap, then_gap = numbers.decimal(figure["gap_points"]), numbers.decimal(then["gap_points"])
        if now_gap is None or then_gap is None or now_gap == then_gap:
            continue
        moved = now_gap - then_gap
        key = "change.gained" if moved > 0 else "change.lost"
        sentence = w(key, name=name, points=ask.number(abs(moved), 1), gap=ask.number(now_gap, 1, sign=True))
        if figure["light"] != then["light"]:
            sentence += w(
                "change.light",
                before=light(ask, then["light"]).text,
                now=light(ask, figure["light"]).text,
            )
        told.append((moved, name, sentence))
    told.sort(key=lambda each: (-abs(each[0]), each[1]))
    rows = [(name, sentence, moved) for moved, name, sentence in told[:_MOST_CHANGES]]
    columns = (
        Column("city", w("column.city")),
        Column("change", w("column.change")),
        Column("points", w("column.moved_points"), "points", "points"),
    )
    return Figure(
        "changes",
        w("province.changes"),
        table=Table(columns, rows),
        state="ok" if rows else "empty",
        note="" if rows else w("province.no_changes"),
    )


async def _reports(ask: Ask) -> Figure:
    """Which cities owe a month's report, and which were late."""
    w = ask.words
    calendar = await ask.api.get("/reports/calendar")
    owed = [each for each in calendar["items"] if each["standing"] in ("missing", "late")]
    owed.sort(key=lambda each: (each["standing"] != "missing", each["month"], each["region"]))
    columns = (
        Column("city", w("column.city")),
        Column("month", w("column.month"), "month"),
        Column("standing", w("column.standing")),
        Column("due", w("column.due"), "day"),
        Column("days_late", w("column.days_late"), "number", digits=0),
    )
    rows = [
        (
            Link(ask.region(each["region"]), ask.href(f"/reports/{each['region']}/{each['month']}")),
            each["month"],
            w.code("standing", each["standing"]),
            each["due_on"],
            each["days_late"],
        )
        for each in owed
    ]
    sentence = w(
        "reports.sentence",
        received=calendar["received"],
        late=calendar["late"],
        missing=calendar["missing"],
    )
    state: State = "late" if calendar["missing"] else "ok"
    note = w("reports.all_in") if not rows else ""
    return Figure("reports", w("reports.title"), sentence, Table(columns, rows), state=state, note=note)


PAGES = [PageRoute("/province", province, menu="province")]
