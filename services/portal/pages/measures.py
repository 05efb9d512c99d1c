"""Measures (措施): who owns each, by when, what was done for it and whom it reached."""

from collections.abc import Mapping, Sequence

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said, version
from services.portal.figures import Figure, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, form_page
from services.portal.pages.lists import (
    PAGE,
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
from services.portal.roles import KEEPERS
from services.portal.typed import options_of

KINDS = (
    "policy", "industry_policy", "relocation", "briefing", "reorganisation", "platform", "cooperation", "zone",
    "publicity", "funding",
)  # fmt: skip
STANDINGS = ("open", "overdue", "completed")
_WHOLE_PROVINCE = "350000"


async def measures(ask: Ask) -> Page:
    """The list, and how many stand how."""
    w, query = ask.words, ask.query
    answer = await ask.api.get(
        "/measures",
        region=query.get("region"),
        kind=ask.one_of("kind", ("", *KINDS), ""),
        row=query.get("row"),
        standing=ask.one_of("standing", ("", *STANDINGS), ""),
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    return Page(
        title=w("measure.title"),
        menu="desk" if ask.government else "projects",
        tiles=[
            Tile(w("measure.count"), ask.number(answer["count"])),
            *(
                Tile(
                    w(f"measure_standing.{name}"),
                    ask.number(answer[name]),
                    href=ask.here(standing=name, cursor=None),
                )
                for name in STANDINGS
            ),
        ],
        choices=actions(ask, (w("measure.new"), "/new-measure", ask.session.role in KEEPERS)),
        forms=[
            narrow(
                ask,
                choice_of(ask, "standing", w("column.standing"), STANDINGS, "measure_standing"),
                choice_of(ask, "kind", w("measure.kind"), KINDS, "measure_kind"),
                text_of(ask, "row", w("measure.row")),
                city_of(ask),
            )
        ],
        figures=[
            listed(
                ask,
                "measure",
                answer["items"],
                filled(
                    "name",
                    w("measure.name"),
                    lambda each: Link(each["name"], ask.href(f"/measures/{each['measure']}")),
                ),
                coded(ask, "kind", w("measure.kind"), "measure_kind"),
                region(ask),
                plain("owner", w("measure.owner")),
                plain("due_on", w("problem_list.due"), "day"),
                coded(ask, "standing", w("column.standing"), "measure_standing"),
                plain("item_count", w("measure.items"), "number", digits=0),
                plain("items_done", w("measure.items_done"), "number", digits=0),
                plain("last_on", w("subsidy.last"), "day"),
                none=w("measure.none"),
            )
        ],
        more=onward(ask, answer),
    )


async def measure(ask: Ask) -> Page:
    """One measure with its parts and what was done for each."""
    return _page(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Follow it up, complete it, name a further part, open it again."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    found = await _found(ask)
    back = await carried_out(ask, _commands(ask, found), form)
    return back if isinstance(back, str) else _page(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/measures/{ask.params['measure']}")


def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    reached = found["reached"] or {}
    return Page(
        title=found["name"],
        menu="desk" if ask.government else "projects",
        lead=[w("measure.about", measure=found["measure"], rows=", ".join(found["rows"]))],
        tiles=[
            Tile(w("column.standing"), w.code("measure_standing", found["standing"])),
            Tile(w("problem_list.due"), ask.day(found["due_on"])),
            Tile(w("measure.items_done"), f"{found['items_done']} / {found['item_count']}"),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found), back),
        figures=[
            _items(ask, found),
            listed(
                ask,
                "measure.done",
                found["done"],
                plain("on", w("column.day"), "day"),
                plain("text", w("evidence.said")),
                plain("item", w("measure.item")),
                plain("evidence", w("project.evidence")),
                plain("reported_by", w("project.by")),
                title=w("measure.done"),
                none=w("measure.nothing_done"),
                heading=1,
            ),
            facts(
                ask,
                (w("measure.kind"), w.code("measure_kind", found["kind"])),
                (w("column.region"), ask.region(found["region"])),
                (w("measure.owner"), found["owner"]),
                (w("fund.source"), found["source"]),
                (
                    w("measure.completed_on"),
                    ask.day(found["completed_on"]) if found["completed_on"] else None,
                ),
                (w("command.evidence"), found["evidence"]),
                (w("project.tag"), found["tag"]),
                (w("measure.reached"), ask.number(reached["projects"]) if reached else None),
                (
                    w("project.total_investment"),
                    ask.amount(numbers.in_1e8(reached["total_investment"]), "CNY_1e8") if reached else None,
                ),
                (w("fund.paid"), ask.amount(numbers.in_1e4(reached["paid"]), "CNY_1e4") if reached else None),
            ),
        ],
    )


def _items(ask: Ask, found: Json) -> Figure:
    w = ask.words
    return listed(
        ask,
        "measure.parts",
        found["items"],
        plain("item", w("measure.item")),
        plain("name", w("measure.name")),
        plain("follow_ups", w("measure.follow_ups"), "number", digits=0),
        plain("completed_on", w("measure.completed_on"), "day"),
        plain("evidence", w("project.evidence")),
        title=w("measure.parts"),
        none=w("measure.no_parts"),
        heading=1,
    )


def _commands(ask: Ask, found: Json) -> list[Command]:
    """By whose measure it is: the province's own, a city's or a county's."""
    w = ask.words
    own = ask.session.role in KEEPERS and (ask.session.area or _WHOLE_PROVINCE) == found["region"]
    if not own:
        return []
    seen = version(found.get("version"))
    evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
    on = Input("on", w("column.day"), "date", hint=w("command.day_hint"))
    path = f"/measures/{found['measure']}"

    def part(*, done: bool) -> list[Input]:
        """Which part it is of; for the measure as a whole none."""
        items = [(e["item"], e["name"]) for e in found["items"] if (e["completed_on"] is not None) == done]
        whole = ("", w("measure.whole"))
        return [Input("item", w("measure.item"), "select", options=[whole, *items])] if items else []

    def of(name: str, end: str, inputs: Sequence[Input]) -> Command:
        title = w(f"measure.{name}")
        return Command(f"measure_{name}", title, f"{path}/{end}", [*inputs, on, seen], title)

    reopen = [
        *part(done=True),
        Input("reason", w("command.reason"), required=True),
        Input("due_on", w("measure.new_due"), "date"),
    ]
    if found["standing"] == "completed":
        return [of("reopen", "reopening", reopen)]
    text = Input("text", w("measure.text"), required=True)
    name, item = (
        Input("name", w("measure.item_name"), required=True),
        Input("item", w("measure.item_id"), required=True),
    )
    source = Input("source", w("fund.source"), required=True)
    offered = [
        of("follow_up", "follow-ups", [*part(done=False), text, evidence]),
        of("complete", "completion", [*part(done=False), evidence]),
        of("add_part", "items", [item, name, source]),
    ]
    return [*offered, of("reopen", "reopening", reopen)] if found["items_done"] else offered


async def new(ask: Ask) -> Page:
    """The form of a measure that isn't promised yet."""
    return _new_page(ask, Returned())


async def take_new(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Promise it, and go on to its page."""
    named = form.get("measure", "").strip()
    back = await carried_out(
        ask, [_promise(ask)], form, lambda _: ask.href(f"/measures/{named}", done="promise")
    )
    return back if isinstance(back, str) else _new_page(ask, back)


def _new_page(ask: Ask, back: Returned) -> Page:
    return form_page(ask, "measure", "desk", _promise(ask), back)


def _promise(ask: Ask) -> Command:
    w = ask.words
    kinds = options_of(w, ((code, w(f"measure_kind.{code}")) for code in KINDS))
    inputs = [
        Input("measure", w("measure.id"), hint=w("measure.id_hint"), required=True),
        Input("kind", w("measure.kind"), "select", required=True, options=kinds),
        Input("name", w("measure.name"), required=True),
        Input("rows", w("measure.rows"), "lines", hint=w("measure.rows_hint"), required=True),
        Input("owner", w("measure.owner"), required=True),
        Input("due_on", w("problem_list.due"), "date", required=True),
        Input("source", w("fund.source"), required=True),
        Input("tag", w("measure.tag"), hint=w("measure.tag_hint")),
    ]
    fixed = {"region": ask.session.area or _WHOLE_PROVINCE}
    return Command("promise", w("measure.new"), "/measures", inputs, w("measure.promise"), fixed=fixed)


PAGES = [
    PageRoute("/measures", measures),
    PageRoute("/measures/{measure}", measure, take=take),
    PageRoute("/new-measure", new, KEEPERS, take=take_new),
]
