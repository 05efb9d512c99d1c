"""Bulletins and quarterly packs: the list, and one of them, figure by figure, with what has been corrected since."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Returned, carried_out, forbidden, forms, said
from services.portal.figures import Cell, Choice, Column, Figure, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.document_forms import KINDS, commands
from services.portal.pages.lists import actions, choice_of, facts, narrow, text_of
from services.portal.roles import GOVERNMENT, PROVINCE

STANDINGS = ("draft", "reviewed", "issued", "discarded")


async def documents(ask: Ask) -> Page:
    """Every document, the latest period first."""
    w = ask.words
    standing = ask.one_of("standing", ("", *STANDINGS), "")
    kind = ask.one_of("kind", ("", *KINDS), "")
    items = await ask.api.items(
        "/documents", 10, standing=standing, kind=kind, period=ask.query.get("period"), limit=100
    )
    items.sort(key=lambda each: (each["period"], each["issued_on"] or ""), reverse=True)
    columns = (
        Column("document", w("document.name")),
        Column("period", w("evidence.period")),
        Column("standing", w("column.standing")),
        Column("label", w("document.label")),
        Column("issued", w("document.issued"), "day"),
        Column("outdated", w("document.outdated"), "number", digits=0),
        Column("corrected", w("document.corrected_by")),
    )
    rows = [_row(ask, each) for each in items]
    return Page(
        title=w("document.title"),
        menu="documents",
        lead=[w("document.list_lead")],
        forms=[
            narrow(
                ask,
                text_of(ask, "period", w("document.period_filter")),
                choice_of(ask, "kind", w("document.kind"), KINDS, "document"),
                keep=("standing",),
            )
        ],
        choices={
            **actions(ask, (w("document.new"), "/new-document", ask.session.role == PROVINCE)),
            w("column.standing"): [
                Choice(
                    w.code("document_standing", each) or w("word.all"),
                    ask.here(standing=each),
                    each == standing,
                )
                for each in ("", *STANDINGS)
            ],
        },
        figures=[
            Figure(
                "documents",
                w("document.list"),
                table=Table(columns, rows),
                state="ok" if rows else "empty",
                note="" if rows else w("document.none"),
                wide=True,
            )
        ],
    )


def _row(ask: Ask, each: Json) -> tuple[Cell, ...]:
    w = ask.words
    by: Cell = None
    if each["corrected_by"]:
        by = Link(each["corrected_by"], ask.href(f"/documents/{each['corrected_by']}"))
    return (
        Link(w.code("document", each["kind"]), ask.href(f"/documents/{each['document']}")),
        each["period"],
        w.code("document_standing", each["standing"]),
        each["label"],
        each["issued_on"],
        each.get("outdated_figures"),
        by,
    )


async def document(ask: Ask) -> Page:
    """One document as it was drawn up, and what differs now."""
    return _page(ask, await ask.api.get(f"/documents/{ask.params['document']}"), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Take the next step; a correction goes on to its own page."""
    if ask.session.role != PROVINCE:
        raise forbidden(ask.words)
    found = await ask.api.get(f"/documents/{ask.params['document']}")
    back = await carried_out(
        ask,
        commands(ask, found),
        form,
        lambda done: (
            ask.href(f"/documents/{done.answer['document']}", done="draft")
            if done.command == "correct"
            else ask.href(ask.path, done=done.command)
        ),
    )
    return back if isinstance(back, str) else _page(ask, found, back)


def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    figures = [_section(ask, each) for each in found["sections"]]
    if found["remarks"]:
        rows = [(text,) for text in found["remarks"]]
        figures.append(
            Figure("remarks", w("document.remarks"), table=Table((Column("remark", w("column.note")),), rows))
        )
    for name, items in (("differences", found["differences"]), ("outdated", found.get("outdated") or [])):
        if items:
            figures.append(_differences(ask, name, items))
    figures += [_history(ask, found), _chain(ask, found)]
    return Page(
        title=found["title"],
        menu="documents",
        lead=[
            w("document.lead", period=found["period"], day=ask.day(found["as_of"])),
            *([w("document.corrects", document=found["corrects"])] if found["corrects"] else []),
        ],
        said=said(ask, back),
        status=back.status,
        tiles=[
            Tile(w("column.standing"), w.code("document_standing", found["standing"])),
            Tile(w("document.label"), found["label"] or numbers.MISSING),
            Tile(w("document.issued"), ask.day(found["issued_on"])),
            Tile(w("document.outdated"), str(found.get("outdated_figures") or 0)),
        ],
        forms=forms(ask, commands(ask, found), back),
        figures=figures,
    )


def _chain(ask: Ask, found: Json) -> Figure:
    """What it corrects, by what it is corrected, and why."""
    w = ask.words

    def to(document: str | None) -> Cell:
        return Link(document, ask.href(f"/documents/{document}")) if document else None

    return facts(
        ask,
        (w("document.name"), found["document"]),
        (w("document.corrects_label"), to(found["corrects"])),
        (w("command.reason"), found["reason"]),
        (w("document.corrected_by"), to(found["corrected_by"])),
        *(
            (
                w("evidence.log"),
                ask.words("document.position", source=each["source"], position=each["position"]),
            )
            for each in found["positions"]
        ),
        title=w("document.chain"),
    )


_UNITS = {"CNY": ("CNY_1e8", True), "percent": ("percent", False), "count": ("count", False)}


def _value(each: Json, name: str = "value") -> Decimal | str | None:
    """Amounts are in yuan there and in 亿元 here."""
    if _UNITS.get(each["unit"], ("", False))[1]:
        return numbers.in_1e8(each[name])
    value: str | None = each[name]
    return value


def _said(ask: Ask, each: Json, name: str = "value") -> str:
    return ask.amount(_value(each, name), _UNITS.get(each["unit"], (each["unit"], False))[0])


def _term(ask: Ask, each: Json) -> str:
    return str(each["term"] if ask.language == "zh" else each["term_en"])


def _place(ask: Ask, each: Json) -> str:
    if each["region"]:
        return ask.region(each["region"], each["region_name"])
    return str(each["group_term"] or each["group"] or "")


def _section(ask: Ask, section: Json) -> Figure:
    """A row per place, a column per measure: as a bulletin prints it."""
    w = ask.words
    measures: dict[str, Json] = {}
    places: dict[str, dict[str, Decimal | str | None]] = {}
    for each in section["figures"]:
        measures.setdefault(each["measure"], each)
        places.setdefault(_place(ask, each), {})[each["measure"]] = _value(each)
    columns = [Column("place", w("column.region"))]
    columns += [
        Column(name, _term(ask, each), "number", _UNITS.get(each["unit"], (each["unit"], False))[0])
        for name, each in measures.items()
    ]
    rows: list[tuple[Cell, ...]] = [
        (place or w("document.whole"), *(values.get(name) for name in measures))
        for place, values in places.items()
    ]
    return Figure(
        f"section-{section['section']}",
        section["term"],
        table=Table(columns, rows),
        state="ok" if rows else "empty",
        wide=True,
    )


def _differences(ask: Ask, name: str, items: Sequence[Json]) -> Figure:
    w = ask.words
    columns = (
        Column("place", w("column.region")),
        Column("measure", w("document.measure")),
        Column("before", w("document.before")),
        Column("after", w("document.after")),
    )
    rows = [
        (_place(ask, each), _term(ask, each), _said(ask, each, "before"), _said(ask, each, "after"))
        for each in items
    ]
    state: State = "provisional" if name == "outdated" else "ok"
    note = w("document.outdated_note") if name == "outdated" else ""
    return Figure(name, w(f"document.{name}"), table=Table(columns, rows), state=state, note=note)


def _history(ask: Ask, found: Json) -> Figure:
    w = ask.words
    columns = (
        Column("recorded", w("evidence.recorded"), "moment"),
        Column("type", w("evidence.event")),
        Column("note", w("column.note")),
        Column("log", w("evidence.log")),
    )
    rows = [
        (each["recorded_at"], w.code("event", each["type"]), each["note"], f"projects {each['position']}")
        for each in found["history"]
    ]
    return Figure("history", w("document.history"), table=Table(columns, rows, 1))


PAGES = [
    PageRoute("/documents", documents, GOVERNMENT, menu="documents"),
    PageRoute("/documents/{document}", document, GOVERNMENT, take=take),
]
