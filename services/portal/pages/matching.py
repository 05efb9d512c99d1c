"""Matching (对接): needs and offers of the meeting points, what fits each, and the pairs with their steps."""

from collections.abc import Mapping, Sequence

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said, version
from services.portal.figures import Cell, Choice, Figure, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import (
    PAGE,
    Filled,
    actions,
    choice_of,
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
from services.portal.pages.matching_forms import MEETINGS, SIDES, terms
from services.portal.roles import ENTERPRISE, GOVERNMENT, KEEPERS

_OFFERING = (*KEEPERS, ENTERPRISE)
_WORDS = ("description", "keywords", "industries", "regions", "tags")
_EXCLUDED = ("excluded_regions", "excluded_industries", "excluded_parties")


async def listings(ask: Ask) -> Page:
    """Needs and offers, as far as the reader may see them; the meeting points' figures for governments."""
    w, query = ask.words, ask.query
    meeting = ask.one_of("meeting", ("", *MEETINGS), "")
    answer = await ask.api.get(
        "/matching/listings",
        meeting=meeting,
        side=ask.one_of("side", ("", *SIDES), ""),
        region=query.get("region"),
        text=query.get("text"),
        open="true" if ask.one_of("open", ("", "yes"), "") else None,
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    figures = [
        listed(
            ask,
            "listing",
            answer["items"],
            filled("title", w("listing.title_of"), lambda each: _link(ask, each)),
            coded(ask, "meeting", w("listing.meeting"), "matching"),
            coded(ask, "side", w("listing.side"), "side"),
            region(ask),
            plain("party", w("listing.party")),
            *_amounts(ask),
            plain("valid_to", w("fund.until"), "day"),
            filled("open", w("column.standing"), lambda each: _open(ask, each)),
            none=w("listing.none"),
        )
    ]
    if ask.government:
        figures.append(await _figures(ask))
    return Page(
        title=w("matching.title"),
        menu="matching",
        lead=[w("matching.lead")],
        choices=actions(
            ask,
            (w("listing.new"), "/new-listing", ask.session.role in _OFFERING),
            (w("match.title"), "/matches", ask.government),
        ),
        forms=[
            narrow(
                ask,
                choice_of(ask, "meeting", w("listing.meeting"), MEETINGS, "matching"),
                choice_of(ask, "side", w("listing.side"), SIDES, "side"),
                choice_of(ask, "open", w("column.standing"), ("yes",), "listing_open"),
                text_of(ask, "text", w("listing.search")),
                city_of(ask),
            )
        ],
        figures=figures,
        more=onward(ask, answer),
    )


def _link(ask: Ask, each: Json) -> Link:
    return Link(each["title"], ask.href(f"/matching/{each['listing']}"))


def _open(ask: Ask, each: Json) -> str:
    return ask.words("listing_open.yes" if each["open"] else "listing_open.no")


def _amounts(ask: Ask) -> list[Filled]:
    def of(name: str) -> Filled:
        title = ask.words(f"listing.{name}")
        return filled(name, title, lambda each: numbers.in_1e4(each[name]), "number", "CNY_1e4")

    return [of("amount_min"), of("amount_max")]


async def _figures(ask: Ask) -> Figure:
    w = ask.words
    found = await ask.api.get("/matching/figures", region=ask.query.get("region"))
    counts = ("offers", "needs", "introduced", "negotiating", "matched", "declined")
    return listed(
        ask,
        "matching.figures",
        found["items"],
        coded(ask, "meeting", w("listing.meeting"), "matching"),
        *(plain(name, w(f"matching.{name}"), "number", digits=0) for name in counts),
        filled("amount", w("match.amount"), lambda each: numbers.in_1e8(each["amount"]), "number", "CNY_1e8"),
        title=w("matching.figures"),
    )


async def listing(ask: Ask) -> Page:
    """One need or offer, with what fits it."""
    return await _page(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Revise it, withdraw it, introduce a suggestion."""
    if ask.session.role not in _OFFERING:
        raise forbidden(ask.words)
    found = await _found(ask)
    offered = _commands(ask, found, await _suggestions(ask, found))
    back = await carried_out(ask, offered, form, lambda done: _after(ask, found, done.command, done.answer))
    return back if isinstance(back, str) else await _page(ask, found, back)


def _after(ask: Ask, found: Json, command: str, answer: Mapping[str, object]) -> str:
    if not command.startswith("introduce-"):
        return ask.href(ask.path, done=command)
    return ask.href(f"/matches/{answer['need']}/{answer['offer']}", done="introduce")


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/matching/listings/{ask.params['listing']}")


async def _suggestions(ask: Ask, found: Json) -> list[Json]:
    if not found["open"]:
        return []
    answer = await ask.api.get(f"/matching/listings/{found['listing']}/suggestions", limit=10)
    return list(answer["items"])


async def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    suggested = await _suggestions(ask, found)
    unit = numbers.unit("CNY_1e4").to(ask.language)
    figures = [_suggested(ask, suggested), _facts(ask, found)]
    if ask.government:
        figures.insert(1, await _pairs_of(ask, found))
    return Page(
        title=found["title"],
        menu="matching",
        lead=[
            w(
                "listing.about",
                listing=found["listing"],
                meeting=w.code("matching", found["meeting"]),
                side=w.code("side", found["side"]),
                party=found["party"],
            )
        ],
        tiles=[
            Tile(w("column.standing"), _open(ask, found)),
            *(
                Tile(w(f"listing.{name}"), ask.number(numbers.in_1e4(found[name]), 1), unit)
                for name in ("amount_min", "amount_max")
                if found[name] is not None
            ),
            Tile(w("fund.until"), ask.day(found["valid_to"])),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found, suggested), back),
        figures=figures,
    )


def _suggested(ask: Ask, suggested: list[Json]) -> Figure:
    w = ask.words

    def why(each: Json) -> str:
        return "；".join(one["words"] for one in each["reasons"] if one["share"] is not None)

    return listed(
        ask,
        "listing.suggested",
        suggested,
        filled("title", w("listing.title_of"), lambda each: _link(ask, each)),
        plain("party", w("listing.party")),
        region(ask),
        filled("score", w("match.score"), lambda each: _percent(each["score"]), "number", "percent"),
        filled("why", w("match.why"), why),
        title=w("listing.suggested"),
        none=w("listing.nothing_fits"),
    )


def _percent(score: object) -> Cell:
    found = numbers.decimal(score)
    return None if found is None else found * 100


async def _pairs_of(ask: Ask, found: Json) -> Figure:
    items = await ask.api.items("/matching/matches", 5, limit=100, **{found["side"]: found["listing"]})
    return _pairs(ask, items)


def _pairs(ask: Ask, items: Sequence[Json]) -> Figure:
    w = ask.words
    return listed(
        ask,
        "match",
        items,
        filled(
            "pair",
            w("match.pair"),
            lambda each: Link(
                f"{each['need']} × {each['offer']}", ask.href(f"/matches/{each['need']}/{each['offer']}")
            ),
        ),
        coded(ask, "meeting", w("listing.meeting"), "matching"),
        region(ask),
        coded(ask, "status", w("column.standing"), "match_status"),
        plain("since", w("project.since"), "day"),
        filled("score", w("match.score"), lambda each: _percent(each["score"]), "number", "percent"),
        filled("amount", w("match.amount"), lambda each: numbers.in_1e4(each["amount"]), "number", "CNY_1e4"),
        plain("reason", w("command.reason")),
        none=w("match.none"),
    )


def _facts(ask: Ask, found: Json) -> Figure:
    w = ask.words
    project = found["project"]

    def text(name: str) -> str:
        value = found[name]
        return value if isinstance(value, str) else ", ".join(value)

    return facts(
        ask,
        (w("listing.party"), found["party"]),
        (w("column.region"), ask.region(found["region"], found.get("region_name"))),
        (
            w("project.name"),
            Link(found.get("project_name") or project, ask.href(f"/projects/{project}")) if project else None,
        ),
        *((w(f"listing.{name}"), text(name)) for name in (*_WORDS, *_EXCLUDED)),
        (w("listing.changed"), ask.day(found["changed_on"])),
    )


def _keeps(ask: Ask, found: Json) -> bool:
    """Whether it may be the reader's to change: which county lies in which city only the gateway knows."""
    if ask.session.role == ENTERPRISE:
        return bool(found["enterprise"] == ask.session.organisation)
    return ask.session.role in KEEPERS


def _commands(ask: Ask, found: Json, suggested: list[Json]) -> list[Command]:
    w, path = ask.words, f"/matching/listings/{found['listing']}"
    if not found["open"] or not _keeps(ask, found):
        return []
    offered = []
    if ask.session.role in KEEPERS:
        offered += [_introduce(ask, found, each) for each in suggested[:3]]
    reason, seen = Input("reason", w("command.reason"), required=True), version(found["revision"], "revision")
    offered.append(
        Command(
            "revise",
            w("listing.revise"),
            f"{path}/revisions",
            [*terms(ask, found), reason, seen],
            w("listing.revise"),
        )
    )
    offered.append(
        Command(
            "withdraw_listing",
            w("listing.withdraw"),
            f"{path}/withdrawal",
            [reason, seen],
            w("listing.withdraw"),
            danger=True,
        )
    )
    return offered


def _introduce(ask: Ask, found: Json, other: Json) -> Command:
    w = ask.words
    pair = {
        found["side"]: found["listing"],
        ("offer" if found["side"] == "need" else "need"): other["listing"],
    }
    note = Input("note", w("column.note"))
    title = w("match.introduce", title=other["title"])
    return Command(
        f"introduce-{other['listing']}",
        title,
        "/matching/matches",
        [note],
        w("match.introduce_it"),
        fixed=pair,
    )


async def matches(ask: Ask) -> Page:
    """Pairs by how they stand."""
    w, query = ask.words, ask.query
    statuses = ("introduced", "negotiating", "matched", "declined")
    answer = await ask.api.get(
        "/matching/matches",
        meeting=ask.one_of("meeting", ("", *MEETINGS), ""),
        status=ask.one_of("status", ("", *statuses), ""),
        region=query.get("region"),
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    return Page(
        title=w("match.title"),
        menu="matching",
        choices={w("command.title"): [Choice(w("matching.title"), ask.href("/matching"))]},
        forms=[
            narrow(
                ask,
                choice_of(ask, "status", w("column.standing"), statuses, "match_status"),
                choice_of(ask, "meeting", w("listing.meeting"), MEETINGS, "matching"),
                city_of(ask),
            )
        ],
        figures=[_pairs(ask, answer["items"])],
        more=onward(ask, answer),
    )


PAGES = [
    PageRoute("/matching", listings, menu="matching"),
    PageRoute("/matching/{listing}", listing, take=take),
    PageRoute("/matches", matches, GOVERNMENT),
]
