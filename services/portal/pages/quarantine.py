"""Readings in quarantine (隔离): why each waits, and the word that releases or drops it."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Choice, Column, Figure, Link, Page, Table
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import facts, onward
from services.portal.roles import KEEPERS, OPS

STATES = ("held", "releasing", "released", "dropped")
_JUDGES = (*KEEPERS, OPS)
_OPEN = ("held", "dropped")
_SHOWN = 100


def held_columns(ask: Ask) -> tuple[Column, ...]:
    """The columns of readings in quarantine."""
    w = ask.words
    return (
        Column("received", w("quarantine.received"), "moment"),
        Column("meter", w("energy.meter")),
        Column("enterprise", w("energy.enterprise")),
        Column("at", w("quarantine.at")),
        Column("value", w("quarantine.value")),
        Column("reason", w("quarantine.reason")),
        Column("state", w("column.standing")),
    )


def held_row(ask: Ask, each: Json) -> tuple[Any, ...]:
    """One of them, leading to its page."""
    w = ask.words
    return (
        each["received_at"],
        Link(each["meter"], ask.href(f"/quarantine/{each['id']}")),
        Link(each["enterprise"], ask.href(f"/energy/{each['enterprise']}")),
        _moment(ask, each),
        _value(each),
        w.code("quarantine.reason", each["reason"]),
        w.code("quarantine.state", each["state"]),
    )


def _moment(ask: Ask, each: Json) -> str | None:
    return ask.moment(each["at"]) if each["at"] else each.get("sent_time")


def _value(each: Json) -> str:
    value = each["value"] if each["value"] is not None else each.get("sent_value") or ""
    return f"{value} {each['unit']}".strip()


async def quarantine(ask: Ask) -> Page:
    """The readings that could not be taken, with their reasons."""
    return _list(ask, await _held(ask), Returned())


async def take_many(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Release or drop all of one enterprise that the page shows."""
    if ask.session.role not in _JUDGES:
        raise forbidden(ask.words)
    answer = await _held(ask)
    back = await carried_out(
        ask, _of_all(ask, answer["items"]), form, lambda done: ask.here(done=done.command)
    )
    return back if isinstance(back, str) else _list(ask, answer, back)


async def _held(ask: Ask) -> dict[str, Any]:
    return await ask.api.get(
        "/quarantine",
        enterprise=ask.query.get("enterprise"),
        state=ask.one_of("state", STATES, "held"),
        cursor=ask.query.get("cursor"),
        limit=_SHOWN,
    )


def _list(ask: Ask, answer: Json, back: Returned) -> Page:
    w, state = ask.words, ask.one_of("state", STATES, "held")
    rows = [held_row(ask, each) for each in answer["items"]]
    return Page(
        title=w("quarantine.title"),
        menu="energy",
        lead=[w("quarantine.lead")],
        choices={
            w("column.standing"): [
                Choice(w(f"quarantine.state.{each}"), ask.here(state=each, cursor=None), each == state)
                for each in STATES
            ]
        },
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _of_all(ask, answer["items"]), back),
        figures=[
            Figure(
                "quarantine",
                w("quarantine.title"),
                table=Table(held_columns(ask), rows, 1),
                state="ok" if rows else "empty",
                note="" if rows else w("quarantine.none"),
                wide=True,
            )
        ],
        more=onward(ask, answer),
    )


def _of_all(ask: Ask, items: Sequence[Json]) -> list[Command]:
    """Of one enterprise that the address names; of all enterprises at once nobody has looked at them."""
    enterprise = ask.query.get("enterprise")
    return _commands(ask, enterprise, items, many=True) if enterprise and items else []


async def reading(ask: Ask) -> Page:
    """One of them."""
    return _one(ask, await ask.api.get(f"/quarantine/{ask.params['reading']}"), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Release it or drop it."""
    if ask.session.role not in _JUDGES:
        raise forbidden(ask.words)
    found = await ask.api.get(f"/quarantine/{ask.params['reading']}")
    back = await carried_out(ask, _commands(ask, found["enterprise"], [found], many=False), form)
    return back if isinstance(back, str) else _one(ask, found, back)


def _one(ask: Ask, found: Json, back: Returned) -> Page:
    w, enterprise, meter = ask.words, found["enterprise"], found["meter"]
    return Page(
        title=w("quarantine.of", id=found["id"]),
        menu="energy",
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, enterprise, [found], many=False), back),
        figures=[
            facts(
                ask,
                (w("column.standing"), w.code("quarantine.state", found["state"])),
                (w("quarantine.reason"), w.code("quarantine.reason", found["reason"])),
                (w("energy.enterprise"), Link(enterprise, ask.href(f"/energy/{enterprise}"))),
                (w("energy.meter"), Link(meter, ask.href(f"/meters/{meter}"))),
                (w("quarantine.at"), _moment(ask, found)),
                (w("quarantine.value"), _value(found)),
                (w("quarantine.received"), ask.moment(found["received_at"])),
                (w("quarantine.receipt"), f"{found['receipt']} · {found['item']}"),
            )
        ],
    )


def _commands(ask: Ask, enterprise: str, items: Sequence[Json], *, many: bool) -> list[Command]:
    w = ask.words
    ids = [each["id"] for each in items if each["state"] in _OPEN]
    if ask.session.role not in _JUDGES or not ids:
        return []
    offered = ["release"] if all(each["state"] == "dropped" for each in items) else ["release", "drop"]
    reason = Input("reason", w("command.reason"), required=True)
    fixed = {"enterprise": enterprise, "readings": ids}
    made = []
    for name in offered:
        title = w(f"quarantine.{name}_many", n=len(ids)) if many else w(f"quarantine.{name}")
        note = w(f"quarantine.{name}_note")
        danger = name == "drop"
        made.append(
            Command(f"quarantine_{name}", title, f"/quarantine/{name}s", [reason], title, note, fixed, danger)
        )
    return made


PAGES = [
    PageRoute("/quarantine", quarantine, take=take_many),
    PageRoute("/quarantine/{reading}", reading, take=take),
]
