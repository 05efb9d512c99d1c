"""The cities' year: who scored what, by which item, self against verified; awards and summonses."""

from collections.abc import Mapping
from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Returned, carried_out, forbidden, forms, said
from services.portal.figures import Choice, Column, Figure, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.appraisal_forms import commands, opening
from services.portal.pages.common import Json
from services.portal.pages.lists import listed, plain, region
from services.portal.roles import CITY, GOVERNMENT, PROVINCE


async def appraisals(ask: Ask) -> Page:
    """Which years there are."""
    return await _years(ask, Returned())


async def take_year(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Open a year's appraisal."""
    if ask.session.role != PROVINCE:
        raise forbidden(ask.words)
    back = await carried_out(ask, opening(ask, await _plan(ask)), form)
    return back if isinstance(back, str) else await _years(ask, back)


async def _plan(ask: Ask) -> str:
    """The plan that the figures are of."""
    plans = (await ask.api.get("/plans"))["items"]
    return str(plans[-1]["plan"]) if plans else ""


async def _years(ask: Ask, back: Returned) -> Page:
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
    plan = await _plan(ask)
    return Page(
        title=w("appraisal.title"),
        menu="appraisal",
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, opening(ask, plan), back) if plan else [],
        figures=[figure],
    )


async def appraisal(ask: Ask) -> Page:
    """One year: the sheet, the ranking as last published, and what is out of date."""
    return _page(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Score, publish, award, summon; or a city's own points and its report."""
    if ask.session.role not in (PROVINCE, CITY):
        raise forbidden(ask.words)
    found = await _found(ask)
    back = await carried_out(ask, commands(ask, found), form, lambda done: ask.here(done=done.command))
    return back if isinstance(back, str) else _page(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/plans/{ask.params['plan']}/appraisals/{ask.params['year']}")


def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    figures = [_cities(ask, found), _items(ask, found)]
    if found["editions"]:
        figures.insert(0, _ranking(ask, found["editions"][-1]))
    if found["outdated"]:
        figures.append(outdated(ask, found["outdated"]))
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
        choices=_chosen(ask, found),
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, commands(ask, found), back),
        figures=figures,
    )


def _chosen(ask: Ask, found: Json) -> dict[str, list[Choice]]:
    """The province chooses the city whose forms are shown: nine of each would hide the sheet."""
    if ask.session.role != PROVINCE:
        return {}
    w, chosen = ask.words, ask.query.get("city")
    links = [
        Choice(
            ask.region(each["region"], each["name"]),
            ask.here(city=each["region"], done=None),
            each["region"] == chosen,
        )
        for each in found["cities"]
    ]
    return {w("appraisal.choose_city"): links}


def outdated(ask: Ask, items: list[Json]) -> Figure:
    """Completions that scores rest on and that are known otherwise by now."""
    w = ask.words
    return listed(
        ask,
        "award.outdated",
        items,
        region(ask),
        plain("target", w("column.target")),
        plain("verified", w("appraisal.verified")),
        plain("now", w("document.after")),
        state="provisional",
        note=w("award.outdated_note"),
        title=w("award.outdated"),
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
    PageRoute("/appraisal", appraisals, GOVERNMENT, menu="appraisal", take=take_year),
    PageRoute("/appraisal/{plan}/{year}", appraisal, GOVERNMENT, take=take),
]
