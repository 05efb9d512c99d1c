"""Contract years (履约): which contracts of a year have started, which haven't, and whose they are (PM-2, PM-4)."""

from collections.abc import Mapping, Sequence

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Choice, Figure, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import (
    PAGE,
    Filled,
    choices,
    city_of,
    coded,
    filled,
    listed,
    narrow,
    onward,
    plain,
    region,
)
from services.portal.roles import GOVERNMENT, PROVINCE

KINDS = ("central_soe", "private", "foreign")
STANDINGS = ("not_started", "started", "exited", "formally_ended", "late")
YEARS = ("2011", "2012", "2013", "2014", "2015")
_PLAN_ASKS_FOR = "2012"
_COUNTS = ("members", "counted", "started", "exits", "formally_ended", "late_contracts")


async def cohorts(ask: Ask) -> Page:
    """The cohorts of a contract year side by side, and every contract of them that hasn't started."""
    w = ask.words
    year = ask.one_of("year", YEARS, _PLAN_ASKS_FOR)
    found, waiting = [], []
    for kind in KINDS:
        asked = {"region": ask.query.get("region"), "on": _on(ask)}
        found.append(await ask.api.get(f"/cohorts/{kind}/{year}", **asked))
        members = await ask.api.items(
            f"/cohorts/{kind}/{year}/members", 10, standing="not_started", limit=200, **asked
        )
        waiting += [{**each, "investor_kind": kind} for each in members]
    return Page(
        title=w("cohort.title"),
        menu="projects",
        lead=[w("cohort.lead")],
        choices={
            w("cohort.year"): [Choice(each, ask.here(year=each), each == year) for each in YEARS],
        },
        forms=[narrow(ask, city_of(ask), keep=("year",))],
        figures=[
            listed(
                ask,
                "cohort",
                found,
                filled("cohort", w("cohort.cohort"), lambda each: _link(ask, each)),
                *(plain(name, w(f"cohort.{name}"), "number", digits=0) for name in _COUNTS),
                plain("start_rate_percent", w("cohort.start_rate"), "number", "percent", 2),
            ),
            _contracts(
                ask,
                "cohort.waiting",
                sorted(waiting, key=lambda each: (each["region"], each["contracted_on"])),
                coded(ask, "investor_kind", w("cohort.kind"), "investor_kind"),
                none=w("cohort.none_waiting"),
            ),
        ],
    )


def _on(ask: Ask) -> str | None:
    return ask.as_of.isoformat() if ask.as_of is not None else None


def _link(ask: Ask, each: Json) -> Link:
    text = ask.words(
        "cohort.of", year=each["year"], kind=ask.words.code("investor_kind", each["investor_kind"])
    )
    return Link(
        text, ask.href(f"/cohorts/{each['investor_kind']}/{each['year']}", region=ask.query.get("region"))
    )


def _contracts(ask: Ask, name: str, items: Sequence[Json], *more: Filled, none: str) -> Figure:
    """Contracts: whose, of how much, and how each stands."""
    w = ask.words
    return listed(
        ask,
        name,
        items,
        filled(
            "project",
            w("project.name"),
            lambda each: Link(each["name"], ask.href(f"/projects/{each['project']}")),
        ),
        region(ask),
        *more,
        plain("contracted_on", w("cohort.contracted"), "day"),
        filled(
            "amount", w("cohort.amount"), lambda each: numbers.in_1e8(each["amount"]), "number", "CNY_1e8"
        ),
        coded(ask, "standing", w("column.standing"), "cohort_standing"),
        none=none,
        title=w(name),
    )


async def cohort(ask: Ask) -> Page:
    """One cohort: its rate, and its members by how they stand."""
    return await _page(ask, Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Close it, when the year is over."""
    if ask.session.role != PROVINCE:
        raise forbidden(ask.words)
    back = await carried_out(ask, _commands(ask, await _found(ask)), form)
    return back if isinstance(back, str) else await _page(ask, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(_path(ask), region=ask.query.get("region"), on=_on(ask))


def _path(ask: Ask) -> str:
    return f"/cohorts/{ask.params['investor_kind']}/{ask.params['year']}"


async def _page(ask: Ask, back: Returned) -> Page:
    w, found = ask.words, await _found(ask)
    standing = ask.one_of("standing", ("", *STANDINGS), "")
    answer = await ask.api.get(
        f"{_path(ask)}/members",
        region=ask.query.get("region"),
        standing=standing,
        on=_on(ask),
        cursor=ask.query.get("cursor"),
        limit=PAGE,
    )
    closed = found["closed_on"]
    return Page(
        title=w("cohort.of", year=found["year"], kind=w.code("investor_kind", found["investor_kind"])),
        menu="projects",
        lead=[w("cohort.closed", day=ask.day(closed)) if closed else w("cohort.open")],
        tiles=[
            Tile(w("cohort.start_rate"), ask.percent(found["start_rate_percent"])),
            *(Tile(w(f"cohort.{name}"), ask.number(found[name])) for name in _COUNTS),
            Tile(
                w("cohort.contracts"),
                ask.number(numbers.in_1e8(found["contracts"]), 2),
                numbers.unit("CNY_1e8").to(ask.language),
            ),
        ],
        choices={
            w("column.standing"): choices(ask, "standing", ("", *STANDINGS), "cohort_standing", standing)
        },
        said=said(ask, back),
        status=back.status,
        forms=[narrow(ask, city_of(ask), keep=("standing",)), *forms(ask, _commands(ask, found), back)],
        figures=[_contracts(ask, "cohort.members_list", answer["items"], none=w("cohort.none"))],
        more=onward(ask, answer),
    )


def _commands(ask: Ask, found: Json) -> list[Command]:
    if ask.session.role != PROVINCE or found["closed_on"]:
        return []
    title = ask.words("cohort.close")
    return [Command("close_cohort", title, _path(ask), [], title, note=ask.words("cohort.close_note"))]


PAGES = [
    PageRoute("/cohorts", cohorts, GOVERNMENT),
    PageRoute("/cohorts/{investor_kind}/{year}", cohort, GOVERNMENT, take=take),
]
