"""A city's report of one month: what was filed, and the forms that file, correct and withdraw it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import forbidden, refusal
from services.portal.figures import Column, Field, Figure, Form, Link, Page, State, Table, Tile
from services.portal.forms import unreadable
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.roles import CITY, GOVERNMENT
from shared.problems import Problem

_DONE = ("filed", "corrected", "withdrawn")
_LINE_FIELDS = 3


async def report(ask: Ask) -> Page:
    """What is known of the month's report, and what may be done about it."""
    return await _page(ask, await _filed(ask))


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """File, correct or withdraw. What was typed stays in the form when something is wrong with it."""
    w, path = ask.words, f"/reports/{ask.params['region']}/{ask.params['month']}"
    if not _mine(ask):
        raise forbidden(w, w("report.not_yours"))
    kind = form.get("form", "")
    body, faults = _body(ask, kind, form)
    if not faults:
        where, done = {
            "file": ("/reports", "filed"),
            "correct": (f"{path}/corrections", "corrected"),
            "withdraw": (f"{path}/withdrawal", "withdrawn"),
        }.get(kind, ("", ""))
        if not where:
            raise unreadable(w, 422, "invalid")
        try:
            await ask.api.post(where, body, form.get("form_key", ""))
        except Problem as refused:
            if refused.status in (401, 403) or refused.status >= 500:
                raise
            faults = refusal(refused, {"investment", "projects", "reason"})
        else:
            return ask.href(path, done=done)
    page = await _page(ask, await _filed(ask), kind, form, faults)
    return replace(page, status=422)


async def _filed(ask: Ask) -> Json | None:
    """The report with its history; None if there is none."""
    try:
        return await ask.api.get(f"/reports/{ask.params['region']}/{ask.params['month']}")
    except Problem as absent:
        if absent.status != 404:
            raise
        return None


def _mine(ask: Ask) -> bool:
    """Only the city itself reports for itself."""
    return ask.session.role == CITY and ask.session.area == ask.params["region"]


async def _page(
    ask: Ask,
    filed: Json | None,
    kind: str = "",
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Page:
    w, region, month = ask.words, ask.params["region"], ask.params["month"]
    calendar = await ask.api.get("/reports/calendar", region=region, first_month=month, last_month=month)
    entry = next((each for each in calendar["items"] if each["region"] == region), None)
    forms = _forms(ask, filed, kind, typed or {}, faults or {}) if _mine(ask) else []
    said = [text for where, text in (faults or {}).items() if where == ""]
    done = ask.query.get("done", "")
    if done in _DONE and not faults:
        said.append(w(f"report.{done}"))
    return Page(
        title=w("report.title", region=ask.region(region), month=ask.month(month)),
        menu="desk",
        lead=[w("report.due", day=ask.day(entry["due_on"]))] if entry is not None else [],
        said=said,
        tiles=_tiles(ask, filed, entry),
        forms=forms,
        figures=[_lines(ask, filed), _history(ask, filed)],
    )


def _there(filed: Json | None) -> bool:
    return filed is not None and not filed.get("withdrawn_on")


def _tiles(ask: Ask, filed: Json | None, entry: Json | None) -> list[Tile]:
    w, unit = ask.words, numbers.unit("CNY_1e8")
    amount = numbers.in_1e8(filed["investment"]) if filed is not None and _there(filed) else None
    standing = w.code("standing", entry["standing"]) if entry is not None else w("report.no_duty")
    tiles = [
        Tile(w("report.amount"), ask.number(amount, 4), unit.to(ask.language)),
        Tile(w("column.standing"), standing),
    ]
    if filed is not None:
        tiles.append(Tile(w("region.reported_on"), ask.day(filed["reported_on"])))
        tiles.append(Tile(w("region.corrections"), str(filed["corrections"])))
    return tiles


def _lines(ask: Ask, filed: Json | None) -> Figure:
    w = ask.words
    columns = (
        Column("project", w("project.id")),
        Column("investment", w("report.amount"), "number", "CNY_1e8", 4),
        Column("progress", w("report.progress"), "number", "percent"),
        Column("note", w("column.note")),
    )
    lines = filed["projects"] if filed is not None and _there(filed) else []
    rows = [
        (
            Link(each["project"], ask.href(f"/projects/{each['project']}")),
            numbers.in_1e8(each["investment"]),
            each["progress_percent"],
            each["note"],
        )
        for each in lines
    ]
    state: State = "ok" if rows else "empty"
    if filed is not None and filed.get("withdrawn_on"):
        note = w("report.withdrawn_note", reason=filed["withdrawal_reason"] or "")
    else:
        note = "" if rows else w("report.no_lines" if filed is not None else "report.none")
    return Figure("lines", w("report.lines"), table=Table(columns, rows), state=state, note=note)


def _history(ask: Ask, filed: Json | None) -> Figure:
    w = ask.words
    columns = (
        Column("recorded", w("evidence.recorded"), "moment"),
        Column("investment", w("report.amount"), "number", "CNY_1e8", 4),
        Column("projects", w("report.projects"), "number", digits=0),
        Column("reason", w("report.reason")),
        Column("confirmed", w("report.confirmed")),
        Column("log", w("evidence.log")),
    )
    rows = [
        (
            each["recorded_at"],
            numbers.in_1e8(each["investment"]),
            each["project_count"],
            each["reason"],
            w.yes(each["confirmed"]),
            f"projects {each['position']}",
        )
        for each in (filed["versions"] if filed is not None else [])
    ]
    return Figure("history", w("report.history"), table=Table(columns, rows), state="ok" if rows else "empty")


def _forms(
    ask: Ask, filed: Json | None, kind: str, typed: Mapping[str, str], faults: Mapping[str, str]
) -> list[Form]:
    """The forms that fit how the report stands; the one that came back has what was typed in it."""
    w = ask.words

    def of(name: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        return (typed, faults) if name == kind else ({}, {})

    if not _there(filed):
        given, wrong = of("file")
        fields = _amounts(ask, given, wrong, None)
        return [Form("file", w("report.file"), fields, w("report.send"), note=w("report.file_note"))]
    given, wrong = of("correct")
    reason = Field(
        "reason",
        w("report.reason"),
        given.get("reason", ""),
        hint=w("report.reason_hint"),
        fault=wrong.get("reason", ""),
        required=True,
    )
    version = Field("version", "", str((filed or {}).get("version") or ""), "hidden")
    correct = Form(
        "correct",
        w("report.correct"),
        [*_amounts(ask, given, wrong, filed), reason, version],
        w("report.send_correction"),
        note=w("report.correct_note"),
    )
    given, wrong = of("withdraw")
    why = replace(reason, typed=given.get("reason", ""), fault=wrong.get("reason", ""))
    withdraw = Form(
        "withdraw",
        w("report.withdraw"),
        [why, version],
        w("report.withdraw"),
        note=w("report.withdraw_note"),
        danger=True,
    )
    return [correct, withdraw]


def _amounts(
    ask: Ask, typed: Mapping[str, str], faults: Mapping[str, str], filed: Json | None
) -> list[Field]:
    w = ask.words
    amount = typed.get("investment")
    if amount is None:
        amount = numbers.typed(numbers.in_1e8(filed["investment"])) if filed is not None else ""
    lines = typed.get("projects")
    if lines is None:
        lines = _as_text(filed["projects"]) if filed is not None else ""
    fields = [
        Field(
            "investment",
            w("report.amount_field"),
            amount,
            "decimal",
            hint=w("report.amount_hint"),
            fault=faults.get("investment", ""),
            required=True,
        ),
        Field(
            "projects",
            w("report.lines_field"),
            lines,
            "textarea",
            hint=w("report.lines_hint"),
            fault=faults.get("projects", ""),
        ),
    ]
    if "confirmed" in faults:
        fields.append(
            Field("confirmed", w("report.confirm_field"), "", "checkbox", hint=faults["confirmed"], fault="")
        )
    return fields


def _as_text(lines: Sequence[Json]) -> str:
    return "\n".join(
        ", ".join(
            [
                each["project"],
                numbers.typed(numbers.in_1e8(each["investment"])),
                numbers.typed(each["progress_percent"]),
                *([each["note"]] if each["note"] else []),
            ]
        )
        for each in lines
    )


def _body(ask: Ask, kind: str, form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The command, and what is wrong with what was typed, by field."""
    w = ask.words
    body: dict[str, Any] = {}  # region and month stand in the path, but for the first report
    if kind == "file":
        body |= {"region": ask.params["region"], "month": ask.params["month"]}
    faults: dict[str, str] = {}
    if kind in ("correct", "withdraw"):
        body["reason"] = form.get("reason", "").strip()
        if not body["reason"]:
            faults["reason"] = w("report.reason_missing")
        if form.get("version", "").isdigit():
            body["version"] = int(form["version"])
    if kind in ("file", "correct"):
        amount = numbers.yuan(form.get("investment", ""))
        if amount is None:
            faults["investment"] = w("report.amount_wrong", given=form.get("investment", "")[:40])
        else:
            body["investment"] = f"{amount:f}"
        body["projects"], wrong = _read_lines(ask, form.get("projects", ""))
        if wrong:
            faults["projects"] = wrong
        if form.get("confirmed") == "yes":
            body["confirmed"] = True
    return body, faults


def _read_lines(ask: Ask, text: str) -> tuple[list[dict[str, str]], str]:
    """One project a line: its id, amount in 亿元, progress in percent, a note. Commas or, from a sheet, tabs."""
    found, wrong = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cut = line.split("\t") if "\t" in line else next(csv.reader([line.replace("，", ",")]))
        parts = [part.strip() for part in cut]
        amount = numbers.yuan(parts[1]) if len(parts) >= _LINE_FIELDS else None
        progress = numbers.decimal(parts[2].removesuffix("%")) if len(parts) >= _LINE_FIELDS else None
        if not parts[0] or amount is None or progress is None:
            wrong.append(ask.words("report.line_wrong", number=number, line=line.strip()[:60]))
            continue
        note = ", ".join(parts[3:])
        one = {"project": parts[0], "investment": f"{amount:f}", "progress_percent": f"{progress:f}"}
        found.append({**one, "note": note} if note else one)
    return found, " ".join(wrong)


PAGES = [PageRoute("/reports/{region}/{month}", report, GOVERNMENT, take=take)]
