"""The forms of matching: a need or an offer put forward, and the next step of a pair."""

from collections.abc import Mapping
from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Figure, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, form_page
from services.portal.pages.lists import coded, facts, filled, listed, plain
from services.portal.roles import ENTERPRISE, GOVERNMENT, KEEPERS
from services.portal.typed import options_of

MEETINGS = ("investment", "technology", "finance", "integration")
SIDES = ("need", "offer")
_LISTS = (
    "keywords", "industries", "regions", "tags", "excluded_regions", "excluded_industries", "excluded_parties",
)  # fmt: skip
_NEXT = {
    "introduced": ("negotiating", "matched", "declined"),
    "negotiating": ("matched", "declined"),
    "matched": ("reopened",),
    "declined": (),
}


def terms(ask: Ask, found: Json | None = None) -> list[Input]:
    """What is wanted or offered, as it stands or to be filled in."""
    w, known = ask.words, found or {}

    def amount(name: str) -> Input:
        typed = numbers.typed(numbers.in_1e4(known.get(name)))
        return Input(name, w(f"listing.{name}_field"), "money_1e4", typed)

    return [
        Input("title", w("listing.title_of"), typed=known.get("title", ""), required=True),
        Input("description", w("listing.description"), "textarea", known.get("description", "")),
        amount("amount_min"),
        amount("amount_max"),
        *(
            Input(
                name,
                w(f"listing.{name}"),
                "lines",
                "\n".join(known.get(name, ())),
                hint=w(f"listing.{name}_hint"),
            )
            for name in _LISTS
        ),
        Input("valid_from", w("fund.from"), "date", known.get("valid_from") or ""),
        Input("valid_to", w("fund.until"), "date", known.get("valid_to") or "", hint=w("listing.valid_hint")),
    ]


async def new(ask: Ask) -> Page:
    """The form of a need or an offer."""
    return _new_page(ask, await _put_forward(ask), Returned())


async def take_new(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Put it forward, and go on to its page."""
    command = await _put_forward(ask)
    back = await carried_out(
        ask, [command], form, lambda done: ask.href(f"/matching/{done.answer['listing']}", done="put_forward")
    )
    return back if isinstance(back, str) else _new_page(ask, command, back)


def _new_page(ask: Ask, command: Command, back: Returned) -> Page:
    return form_page(ask, "listing", "matching", command, back)


async def _put_forward(ask: Ask) -> Command:
    """An enterprise's is its own: name, region and id are known."""
    w = ask.words
    fixed: dict[str, Any] = {}
    who = [
        Input("party", w("listing.party"), required=True),
        Input(
            "region",
            w("command.region_code"),
            typed=ask.session.area or "",
            hint=w("command.region_hint"),
            required=True,
        ),
        Input("enterprise", w("project.enterprise_field"), hint=w("project.enterprise_hint")),
    ]
    if ask.session.role == ENTERPRISE:
        own = await ask.api.get(f"/enterprises/{ask.session.organisation}")
        fixed = {"enterprise": own["enterprise"], "region": own["region"], "party": own["name"]}
        who = []
    inputs = [
        Input(
            "meeting",
            w("listing.meeting"),
            "select",
            required=True,
            options=options_of(w, ((code, w(f"matching.{code}")) for code in MEETINGS)),
        ),
        Input(
            "side",
            w("listing.side"),
            "select",
            required=True,
            options=options_of(w, ((code, w(f"side.{code}")) for code in SIDES)),
        ),
        *who,
        *terms(ask),
        Input("project", w("listing.project"), hint=w("listing.project_hint")),
        Input("listing", w("command.optional_id"), hint=w("command.optional_id_hint")),
    ]
    return Command(
        "put_forward", w("listing.new"), "/matching/listings", inputs, w("listing.put_forward"), fixed=fixed
    )


async def match(ask: Ask) -> Page:
    """One pair with its steps and what its score was made of."""
    return _pair(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """The pair's next step."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    found = await _found(ask)
    back = await carried_out(ask, _steps(ask, found), form)
    return back if isinstance(back, str) else _pair(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/matching/matches/{ask.params['need']}/{ask.params['offer']}")


def _pair(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    score = numbers.decimal(found["score"])
    return Page(
        title=w("match.of", need=found["need"], offer=found["offer"]),
        menu="matching",
        tiles=[
            Tile(w("column.standing"), w.code("match_status", found["status"])),
            Tile(w("project.since"), ask.day(found["since"])),
            Tile(w("match.score"), ask.percent(None if score is None else score * 100)),
            Tile(w("match.amount"), ask.amount(numbers.in_1e4(found["amount"]), "CNY_1e4")),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _steps(ask, found), back),
        figures=[
            listed(
                ask,
                "match.steps",
                found["steps"],
                coded(ask, "status", w("column.standing"), "match_status"),
                plain("on", w("column.day"), "day"),
                plain("words", w("evidence.said")),
                filled(
                    "amount",
                    w("match.amount"),
                    lambda each: numbers.in_1e4(each["amount"]),
                    "number",
                    "CNY_1e4",
                ),
                title=w("match.steps"),
            ),
            _why(ask, found),
            facts(
                ask,
                *(
                    (w(f"side.{side}"), Link(found[side], ask.href(f"/matching/{found[side]}")))
                    for side in SIDES
                ),
                (w("listing.meeting"), w.code("matching", found["meeting"])),
                (w("column.region"), ask.region(found["region"], found.get("region_name"))),
                (w("command.reason"), found["reason"]),
            ),
        ],
    )


def _why(ask: Ask, found: Json) -> Figure:
    w = ask.words

    def percent(name: str) -> Any:
        def fill(each: Json) -> Any:
            value = numbers.decimal(each[name])
            return None if value is None else value * 100

        return fill

    return listed(
        ask,
        "match.reasons",
        found["reasons"],
        coded(ask, "criterion", w("match.criterion"), "match_criterion"),
        filled("share", w("match.share"), percent("share"), "number", "percent"),
        filled("weight", w("match.weight"), percent("weight"), "number", "percent"),
        plain("words", w("match.why")),
        title=w("match.reasons"),
        none=w("match.no_reasons"),
    )


def _steps(ask: Ask, found: Json) -> list[Command]:
    w, path = ask.words, f"/matching/matches/{found['need']}/{found['offer']}/steps"
    if ask.session.role not in KEEPERS:
        return []
    on = Input("on", w("column.day"), "date", hint=w("command.day_hint"))
    reason = Input("reason", w("command.reason"), required=True)
    amount = Input("amount", w("match.amount_field"), "money_1e4", required=found["meeting"] == "finance")
    whose = options_of(w, ((code, w(f"match_by.{code}")) for code in ("need", "offer", "office")))
    inputs = {
        "negotiating": [on],
        "matched": [Input("evidence", w("match.evidence"), required=True), amount, on],
        "declined": [Input("by", w("match.by"), "select", required=True, options=whose), reason, on],
        "reopened": [reason, on],
    }
    return [
        Command(
            f"match_{step}",
            w(f"match.step_{step}"),
            path,
            inputs[step],
            w(f"match.step_{step}"),
            fixed={"step": step},
            danger=step == "declined",
        )
        for step in _NEXT[found["status"]]
    ]


PAGES = [
    PageRoute("/new-listing", new, (*KEEPERS, ENTERPRISE), take=take_new),
    PageRoute("/matches/{need}/{offer}", match, GOVERNMENT, take=take),
]
