"""Awards (奖励): what an appraisal has granted each city, and the fund that pays it."""

from collections.abc import Mapping

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Choice, Figure, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.appraisal import outdated
from services.portal.pages.common import Json
from services.portal.pages.funds import entries, in_1e4, money
from services.portal.pages.lists import (
    PAGE,
    city_of,
    coded,
    facts,
    filled,
    listed,
    narrow,
    onward,
    plain,
    region,
    text_of,
)
from services.portal.pages.subsidies import step
from services.portal.roles import GOVERNMENT, PROVINCE


async def awards(ask: Ask) -> Page:
    """What was granted and how it stands with its payment; a city sees its own."""
    w, query = ask.words, ask.query
    answer = await ask.api.get(
        "/awards",
        region=query.get("region"),
        year=query.get("year"),
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    return Page(
        title=w("award.title"),
        menu="subsidies",
        lead=[w("award.lead")],
        tiles=[Tile(w("award.count"), ask.number(answer["count"])), *money(ask, answer, "granted", "paid")],
        forms=[narrow(ask, city_of(ask), text_of(ask, "year", w("appraisal.year")))],
        figures=[
            listed(
                ask,
                "award",
                answer["items"],
                filled(
                    "award",
                    w("award.award"),
                    lambda each: Link(each["award"], ask.href(f"/awards/{each['award']}")),
                ),
                region(ask),
                plain("rank", w("column.rank"), "number", digits=0),
                coded(ask, "standing", w("column.standing"), "award_standing"),
                *(in_1e4(name, w(f"fund.{name}")) for name in ("granted", "reserved", "committed", "paid")),
                plain("granted_on", w("award.granted_on"), "day"),
                plain("todo", w("award.todo")),
                none=w("award.none"),
            )
        ],
        more=onward(ask, answer),
    )


async def award(ask: Ask) -> Page:
    """From the decision of the appraisal to the entries of the fund that pays it."""
    return await _page(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Reserve, commit, pay, release, recover: the province's two persons."""
    if ask.session.role != PROVINCE:
        raise forbidden(ask.words)
    found = await _found(ask)
    back = await carried_out(ask, await _commands(ask, found), form)
    return back if isinstance(back, str) else await _page(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/awards/{ask.params['award']}")


async def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    appraisal = f"/appraisal/{found['plan']}/{found['year']}"
    fund, offered = found["fund"], await _commands(ask, found)
    figures: list[Figure] = [
        entries(ask, found["entries"]),
        facts(
            ask,
            (w("appraisal.year"), Link(str(found["year"]), ask.href(appraisal))),
            (w("column.rank"), str(found["rank"])),
            (w("award.granted_on"), ask.day(found["granted_on"])),
            (w("command.evidence"), found["evidence"]),
            (
                w("project.fund"),
                Link(found.get("fund_name") or fund, ask.href(f"/funds/{fund}")) if fund else None,
            ),
            (w("award.todo"), found["todo"]),
            (w("evidence.log"), f"assessment {found['position']}"),
        ),
    ]
    if found["outdated"]:
        figures.append(outdated(ask, found["outdated"]))
    return Page(
        title=w("award.of", region=ask.region(found["region"], found.get("region_name")), year=found["year"]),
        menu="subsidies",
        tiles=[
            Tile(w("column.standing"), w.code("award_standing", found["standing"])),
            *money(ask, found, "granted", "reserved", "committed", "paid"),
        ],
        said=said(ask, back),
        status=back.status,
        choices=await _choices(ask, found),
        forms=forms(ask, offered, back),
        figures=figures,
    )


async def _commands(ask: Ask, found: Json) -> list[Command]:
    """Each step in its turn, by the province. The first names the fund that is to pay."""
    if ask.session.role != PROVINCE:
        return []
    granted, reserved, committed, paid = (
        numbers.or_zero(found[name]) for name in ("granted", "reserved", "committed", "paid")
    )
    offered = []
    fund = found["fund"] or await _fund(ask)
    path = f"/funds/{fund}/awards/{found['award']}"
    turns = [
        ("reserve", "reservations", granted - reserved - committed - paid if fund else 0),
        ("commit", "commitments", reserved),
        ("pay", "payments", committed),
        ("release", "releases", reserved + committed),
        ("recover", "recoveries", paid),
    ]
    offered += [step(ask, name, f"{path}/{end}", found) for name, end, amount in turns if amount > 0]
    return offered


async def _choices(ask: Ask, found: Json) -> dict[str, list[Choice]]:
    """Which fund is to pay, while none does and several may."""
    if ask.session.role != PROVINCE or found["fund"]:
        return {}
    names, chosen = await _paying(ask), await _fund(ask)
    shown = [Choice(name, ask.here(fund=name), name == chosen) for name in names]
    return {ask.words("award.from_fund"): shown} if shown else {}


async def _fund(ask: Ask) -> str:
    """The fund that is to pay it: the one that the reader has chosen, or the first that may. Empty: none may."""
    names = await _paying(ask)
    return next((name for name in names if name == ask.query.get("fund")), names[0] if names else "")


async def _paying(ask: Ask) -> list[str]:
    """The province's funds whose terms give awards; their terms stand on the fund alone."""
    names = [each["fund"] for each in await ask.api.items("/funds", 5, region="350000", limit=100)]
    funds = [await ask.api.get(f"/funds/{name}") for name in names]
    return [each["fund"] for each in funds if any("award" in terms["aids"] for terms in each["terms"])]


PAGES = [PageRoute("/awards", awards, GOVERNMENT), PageRoute("/awards/{award}", award, GOVERNMENT, take=take)]
