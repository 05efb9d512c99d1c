"""The cities' year: who scored what, by which item, self against verified; awards and summonses."""

from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Column, Figure, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.roles import GOVERNMENT


async def appraisals(ask: Ask) -> Page:
    """Which years there are."""
    w = ask.words
    items = await ask.api.items("/appraisals", 10, limit=100)
    columns = (
        Column("year", w("appraisal.year")),
        Column("self_due", w("appraisal.self_due"), "day"),
        Column("verify_due", w("appraisal.verify_due"), "day"),
        Column("self_assessed", w("appraisal.self_assessed"), "number", digits=0),
        Column("verified", w("appraisal.verified"), "number", digits=0),
        Column("edition", w("appraisal.edition"), "number", digits=0),
    )
    rows = [
        (
            Link(str(each["year"]), ask.href(f"/appraisal/{each['plan']}/{each['year']}")),
            each["self_due_on"],
            each["verify_due_on"],
            each["self_assessed"],
            each["verified"],
            each["edition"],
        )
        for each in items
    ]
    state: State = "ok" if rows else "empty"
    note = "" if rows else w("appraisal.none")
    figure = Figure(
        "years", w("appraisal.years"), table=Table(columns, rows), state=state, note=note, wide=True
    )
    return Page(title=w("appraisal.title"), menu="appraisal", figures=[figure])


async def appraisal(ask: Ask) -> Page:
    """One year: the sheet, the ranking as last published, and what is out of date."""
    w = ask.words
    found = await ask.api.get(f"/plans/{ask.params['plan']}/appraisals/{ask.params['year']}")
    figures = [_cities(ask, found), _items(ask, found)]
    if found["editions"]:
        figures.insert(0, _ranking(ask, found["editions"][-1]))
    return Page(
        title=w("appraisal.of_year", year=found["year"]),
        menu="appraisal",
        lead=[w("appraisal.lead", name=found["scheme"]["name"], source=found["scheme"]["source"])],
        tiles=[
            Tile(w("column.standing"), w.code("appraisal_standing", found["standing"])),
            Tile(w("appraisal.self_due"), ask.day(found["self_due_on"])),
            Tile(w("appraisal.verify_due"), ask.day(found["verify_due_on"])),
            Tile(w("appraisal.full_marks"), ask.number(found["scheme"]["full_marks"], 2)),
        ],
        figures=figures,
    )


def _cities(ask: Ask, found: Json) -> Figure:
    """Self beside verified; a city that must be summoned says so."""
    w = ask.words
    columns = (
        Column("city", w("column.city")),
        Column("receipt", w("appraisal.receipt")),
        Column("self", w("appraisal.self_total"), "number", "score"),
        Column("verified", w("appraisal.verified_total"), "number", "score"),
        Column("completion", w("appraisal.completion_points"), "number", "score"),
        Column("award", w("appraisal.award"), "number", "CNY_1e4", 0),
        Column("summons", w("appraisal.summons")),
    )
    rows = [_city(ask, each) for each in found["cities"]]
    return Figure(
        "cities",
        w("appraisal.cities"),
        table=Table(columns, rows),
        state="ok" if rows else "empty",
        wide=True,
    )


def _city(ask: Ask, each: Json) -> tuple[Any, ...]:
    w = ask.words
    own, verified = each["own"], each["verified"]
    summons = ""
    if each["summons"] is not None:
        summons = w.code("summons", each["summons"]["standing"])
    elif each["to_summon"]:
        summons = w("appraisal.to_summon")
    return (
        Link(ask.region(each["region"], each["name"]), ask.href(f"/regions/{each['region']}")),
        w.code("standing", each["receipt"]),
        None if own is None else own["total"],
        None if verified is None else verified["total"],
        None if verified is None else verified["completion_points"],
        numbers.in_1e4(each["award"]),
        summons,
    )


def _items(ask: Ask, found: Json) -> Figure:
    """What is scored, by which row of the plan, with how many points."""
    w = ask.words
    columns = (
        Column("item", w("appraisal.item")),
        Column("row", w("evidence.rule")),
        Column("points", w("appraisal.points"), "number", "score"),
    )
    scheme = found["scheme"]
    rows = [(each["name"], each["row"], each["points"]) for each in scheme["items"]]
    return Figure(
        "items", w("appraisal.items"), table=Table(columns, rows), note=scheme["note"], rule=scheme["source"]
    )


def _ranking(ask: Ask, edition: Json) -> Figure:
    """As published, with what differs from the edition before."""
    w = ask.words
    columns = (
        Column("rank", w("column.rank"), "number", digits=0),
        Column("city", w("column.city")),
        Column("total", w("appraisal.verified_total"), "number", "score"),
        Column("self", w("appraisal.self_total"), "number", "score"),
        Column("award", w("appraisal.award"), "number", "CNY_1e4", 0),
    )
    rows = [
        (
            each["rank"],
            ask.region(each["region"]),
            each["total"],
            each["self_total"],
            numbers.in_1e4(each["award"]),
        )
        for each in edition["cities"]
    ]
    sentence = w("appraisal.published", edition=edition["edition"], day=ask.day(edition["on"]))
    note = edition["reason"] or ""
    return Figure("ranking", w("appraisal.ranking"), sentence, Table(columns, rows, 1), note=note, wide=True)


PAGES = [
    PageRoute("/appraisal", appraisals, GOVERNMENT, menu="appraisal"),
    PageRoute("/appraisal/{plan}/{year}", appraisal, GOVERNMENT),
]
