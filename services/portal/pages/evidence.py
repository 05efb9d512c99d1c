"""From a figure to what made it: the events, each with its part, its place in the log and what it was replaced by."""

from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Column, Field, Figure, Form, Link, Page, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, lead_words, light, rules, standing, state_of, target_name

_SHOWN = 4
"""Fields of an event that stand in the list; the rest is on the event's own page."""


async def evidence(ask: Ask) -> Page:
    """One figure's evidence, as of a day."""
    w, target = ask.words, ask.params["target"]
    region = ask.query.get("region")
    answer = await ask.api.get(
        f"/progress/figures/{target}/evidence",
        region=region,
        as_of=ask.as_of_moment,
        cursor=ask.query.get("cursor"),
        limit=100,
    )
    figure, items = answer["figure"], answer["items"]
    unit = numbers.unit(figure["unit"])
    more = answer["next_cursor"]
    return Page(
        title=w("evidence.title", name=target_name(ask, figure)),
        menu="province",
        lead=[
            *standing(ask, figure["as_of"], figure["simulated"]),
            w(
                "evidence.place",
                region=ask.region(figure["region"], figure["region_name"]),
                period=figure["period"],
            ),
        ],
        tiles=[
            Tile(w("tile.done"), ask.number(figure["value"], unit.digits), unit.to(ask.language)),
            Tile(w("tile.goal"), ask.number(figure["target_value"], unit.digits), unit.to(ask.language)),
            Tile(w("tile.completion"), ask.percent(figure["completion"])),
            Tile(
                w("tile.gap"), lead_words(ask, figure["gap_points"]), numbers.unit("points").to(ask.language)
            ),
            Tile(w("column.light"), light(ask, figure["light"]).text),
        ],
        forms=[_day(ask)],
        figures=[_judgement(ask, figure), _events(ask, figure, items)],
        simulated=figure["simulated"],
        more=Link(w("page.next"), ask.here(cursor=more)) if more else None,
    )


def _day(ask: Ask) -> Form:
    w = ask.words
    kept = [Field("region", "", ask.query.get("region", ""), "hidden")]
    day = Field("as_of", w("page.day"), ask.query.get("as_of", ""), "date", hint=w("page.day_hint"))
    return Form("day", w("page.look_back"), [day, *kept], w("page.show"), method="get")


def _judgement(ask: Ask, figure: Json) -> Figure:
    """How the figure was made: complete or not, by which rules."""
    w = ask.words
    whole = figure["completeness"]
    rows: list[tuple[str, str]] = []
    if whole is not None:
        rows.append((w("evidence.complete"), w("evidence.of", n=whole["received"], all=whole["expected"])))
        if whole["missing"]:
            rows.append((w("evidence.missing"), ", ".join(_missing(ask, each) for each in whole["missing"])))
    if figure["rank"] is not None:
        rows.append((w("column.rank"), w("evidence.of", n=figure["rank"], all=figure["ranked"])))
    if figure["basis"]:
        rows.append((w("evidence.basis"), w.code("basis", figure["basis"])))
    if figure["fresh_at"]:
        rows.append((w("evidence.newest"), ask.moment(figure["fresh_at"])))
    rows += [(w("evidence.rule"), f"{r['row']} · {r['rule']} · {r['edition']}") for r in figure["rules"]]
    columns = (Column("what", w("evidence.what")), Column("said", w("evidence.said")))
    return Figure(
        "made",
        w("evidence.made"),
        table=Table(columns, rows),
        state=state_of(figure),
        note=figure["reason"],
        rule=rules(figure),
    )


def _missing(ask: Ask, part: str) -> str:
    """`region:month`, in words."""
    region, colon, month = part.partition(":")
    return f"{ask.region(region)} {ask.month(month)}" if colon else part


def _events(ask: Ask, figure: Json, items: list[dict[str, Any]]) -> Figure:
    w = ask.words
    columns = (
        Column("recorded", w("evidence.recorded"), "moment"),
        Column("type", w("evidence.event")),
        Column("region", w("column.region")),
        Column("period", w("evidence.period")),
        Column("value", w("evidence.part"), "number", figure["unit"]),
        Column("counts", w("evidence.counts")),
        Column("used", w("evidence.used")),
        Column("place", w("evidence.log")),
        Column("hash", w("evidence.hash")),
    )
    rows = [
        (
            each["recorded_at"],
            w.code("event", each["type"]),
            ask.region(each["region"]),
            each["period"],
            each["value"],
            w("evidence.yes")
            if each["superseded_by"] is None
            else w("evidence.replaced", position=each["superseded_by"]),
            "; ".join(f"{name}: {value}" for name, value in list(each["data"].items())[:_SHOWN]),
            f"{each['source']} {each['position']}",
            each["hash"][:12],
        )
        for each in items
    ]
    return Figure(
        "events",
        w("evidence.events"),
        sentence=w("evidence.sentence") if rows else "",
        table=Table(columns, rows, 1),
        state="ok" if rows else "empty",
        note="" if rows else w("evidence.none"),
        wide=True,
    )


PAGES = [PageRoute("/evidence/{target}", evidence)]
