"""Bulletins and quarterly packs: the list, and one of them, figure by figure, with what has been corrected since."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Cell, Choice, Column, Field, Figure, Form, Link, Page, State, Table, Tile
from services.portal.forms import unreadable
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.roles import GOVERNMENT, PROVINCE
from shared.problems import Problem

STANDINGS = ("draft", "reviewed", "issued", "discarded")
_STEPS = {
    "redraft": "drafts",
    "review": "reviews",
    "return": "reviews",
    "issue": "issue",
    "discard": "discard",
}
_OFFERED = {
    "draft": ("review", "return", "redraft", "discard"),
    "reviewed": ("issue", "return", "redraft", "discard"),
}
"""What may be done next, by how a document stands."""


async def documents(ask: Ask) -> Page:
    """Every document, the latest period first."""
    w = ask.words
    standing = ask.one_of("standing", ("", *STANDINGS), "")
    items = await ask.api.items("/documents", 10, standing=standing, limit=100)
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
        choices={
            w("column.standing"): [
                Choice(
                    w.code("document_standing", each) or w("word.all"),
                    ask.here(standing=each),
                    each == standing,
                )
                for each in ("", *STANDINGS)
            ]
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
    found = await ask.api.get(f"/documents/{ask.params['document']}")
    return _page(ask, found, {}, "")


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Review, issue, draw up again or discard; the gateway says what may follow on what."""
    w, name = ask.words, ask.params["document"]
    step = form.get("form", "")
    if step not in _STEPS:
        raise unreadable(w, 422, "invalid")
    body: dict[str, object] = {}
    if form.get("version", "").isdigit():
        body["version"] = int(form["version"])
    note = form.get("note", "").strip()
    if step == "discard":
        body["reason"] = note
    elif step in ("review", "return"):
        body |= {"outcome": "passed" if step == "review" else "returned", "note": note}
    try:
        await ask.api.post(f"/documents/{name}/{_STEPS[step]}", body, form.get("form_key", ""))
    except Problem as refused:
        if refused.status in (401, 403) or refused.status >= 500:
            raise
        found = await ask.api.get(f"/documents/{name}")
        told = " ".join(part for part in (refused.detail, refused.remedy) if part)
        return replace(_page(ask, found, form, told), status=422)
    return ask.href(f"/documents/{name}", done=step)


def _page(ask: Ask, found: Json, typed: Mapping[str, str], fault: str) -> Page:
    w = ask.words
    said = [fault] if fault else []
    if not fault and ask.query.get("done", "") in _STEPS:
        said.append(w(f"document.done.{ask.query['done']}"))
    figures = [_section(ask, each) for each in found["sections"]]
    if found["remarks"]:
        rows = [(text,) for text in found["remarks"]]
        figures.append(
            Figure("remarks", w("document.remarks"), table=Table((Column("remark", w("column.note")),), rows))
        )
    for name, items in (("differences", found["differences"]), ("outdated", found.get("outdated") or [])):
        if items:
            figures.append(_differences(ask, name, items))
    figures.append(_history(ask, found))
    return Page(
        title=found["title"],
        menu="documents",
        lead=[
            w("document.lead", period=found["period"], day=ask.day(found["as_of"])),
            *([w("document.corrects", document=found["corrects"])] if found["corrects"] else []),
        ],
        said=said,
        tiles=[
            Tile(w("column.standing"), w.code("document_standing", found["standing"])),
            Tile(w("document.label"), found["label"] or numbers.MISSING),
            Tile(w("document.issued"), ask.day(found["issued_on"])),
            Tile(w("document.outdated"), str(found.get("outdated_figures") or 0)),
        ],
        forms=_forms(ask, found, typed),
        figures=figures,
    )


def _forms(ask: Ask, found: Json, typed: Mapping[str, str]) -> list[Form]:
    """The province's clerks take the next step; a second person issues."""
    if ask.session.role != PROVINCE:
        return []
    w = ask.words
    version = Field("version", "", str(found.get("version") or ""), "hidden")
    made = []
    for step in _OFFERED.get(found["standing"], ()):
        fields = [version]
        if step in ("review", "return", "discard"):
            text = typed.get("note", "") if typed.get("form") == step else ""
            label = w("report.reason") if step == "discard" else w("column.note")
            fields.insert(0, Field("note", label, text, required=step in ("return", "discard")))
        made.append(
            Form(
                step,
                w(f"document.step.{step}"),
                fields,
                w(f"document.step.{step}"),
                note=w(f"document.step_note.{step}"),
                danger=step == "discard",
            )
        )
    return made


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
