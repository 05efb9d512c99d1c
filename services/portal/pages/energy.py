"""Energy: which key users are online, what an enterprise used by both bases, and the readings that wait for a word."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Choice, Column, Field, Figure, Form, Link, Page, State, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import actions
from services.portal.pages.quarantine import held_columns, held_row
from services.portal.pages.region import online
from services.portal.pictures.charts import Line, lines
from services.portal.roles import ENTERPRISE, HOLDERS
from shared.problems import Problem

GRAINS = ("hour", "day", "month")
_SPAN = {"hour": timedelta(days=2), "day": timedelta(days=31), "month": timedelta(days=365)}
_PAGES = 5


async def energy(ask: Ask) -> Page:
    """The key users: online or silent, and since when."""
    w = ask.words
    if ask.session.role == ENTERPRISE and ask.session.organisation:
        return await enterprise(ask, ask.session.organisation)
    region = ask.query.get("region") or ask.session.area
    day = ask.as_of.isoformat() if ask.as_of is not None else None
    try:
        answer = await ask.api.get("/coverage", region=region, day=day, limit=200)
    except Problem as absent:
        if absent.status != 404:
            raise
        return _no_list(ask, absent)
    users = list(answer["items"])
    cursor = answer["next_cursor"]
    for _ in range(_PAGES):
        if not cursor:
            break
        page = await ask.api.get("/coverage", region=region, day=day, limit=200, cursor=cursor)
        users, cursor = [*users, *page["items"]], page["next_cursor"]
    shown = ask.one_of("online", ("", "silent", "online", "unknown"), "")
    wanted = {"silent": False, "online": True, "unknown": None}
    rows = [_user(ask, each) for each in users if not shown or each["online"] is wanted[shown]]
    columns = (
        Column("enterprise", w("energy.enterprise")),
        Column("region", w("column.region")),
        Column("tce", w("energy.year"), "number", "tce", 0),
        Column("online", w("energy.online")),
        Column("silent", w("energy.silent_since"), "moment"),
        Column("reason", w("column.note")),
    )
    return Page(
        title=w("energy.title"),
        menu="energy",
        lead=[w("energy.lead", day=ask.day(answer["day"]), year=answer["list_year"])],
        tiles=[
            Tile(w("energy.key_users"), str(answer["key_users"])),
            Tile(w("energy.state.online"), str(answer["online"])),
            Tile(w("energy.state.silent"), str(answer["not_online"])),
            Tile(w("energy.state.unknown"), str(answer["not_judged"])),
        ],
        choices={
            w("energy.online"): [
                Choice(
                    w(f"energy.state.{each}") if each else w("word.all"), ask.here(online=each), each == shown
                )
                for each in ("", "online", "silent", "unknown")
            ]
        },
        forms=[_day_form(ask)],
        figures=[
            Figure(
                "users",
                w("energy.users"),
                table=Table(columns, rows),
                state="ok" if rows else "empty",
                note=w("energy.basis", basis=w.code("basis", answer["basis"])),
                sources=[Link(w("energy.quarantine"), ask.href("/quarantine"))],
                wide=True,
            )
        ],
    )


def _no_list(ask: Ask, absent: Problem) -> Page:
    """Nobody has designated that year's key users yet."""
    w = ask.words
    figure = Figure("users", w("energy.users"), state="empty", note=absent.detail, wide=True)
    return Page(title=w("energy.title"), menu="energy", forms=[_day_form(ask)], figures=[figure])


def _user(ask: Ask, each: Json) -> tuple[Any, ...]:
    return (
        Link(each["name"], ask.href(f"/energy/{each['enterprise']}")),
        ask.region(each["region"]),
        each["tce"],
        online(ask, each["online"]),
        each["silent_since"],
        ask.words.code("coverage", each["reason"]),
    )


def _day_form(ask: Ask) -> Form:
    w = ask.words
    kept = [
        Field(name, "", ask.query[name], "hidden") for name in ("region", "online") if ask.query.get(name)
    ]
    day = Field("as_of", w("energy.day"), ask.query.get("as_of", ""), "date", hint=w("energy.day_hint"))
    return Form("day", w("energy.day_title"), [day, *kept], w("page.show"), method="get")


async def one(ask: Ask) -> Page:
    """One enterprise by its id."""
    return await enterprise(ask, ask.params["enterprise"])


async def enterprise(ask: Ask, name: str) -> Page:
    """Its sums by hour, day or month, in both bases, with what is missing left open; its meters; what is parked."""
    w = ask.words
    grain = ask.one_of("grain", GRAINS, "day")
    detail = await ask.api.get(f"/enterprises/{name}")
    live = await ask.api.get(f"/enterprises/{name}/live")
    last = ask.as_of or _the_day(live["day"])
    first = last - _SPAN[grain]
    sums = await ask.api.get(
        f"/enterprises/{name}/energy",
        grain=grain,
        basis="both",
        **{"from": first.isoformat(), "to": (last + timedelta(days=1)).isoformat()},
    )
    meters = await ask.api.items("/meters", _PAGES, enterprise=name, limit=200)
    held = await ask.api.get("/quarantine", enterprise=name, state="held", limit=20)
    unit = numbers.unit("tce").to(ask.language)
    silent = detail["feed"]["silent_since"]
    return Page(
        title=detail["name"],
        menu="energy",
        lead=[
            w(
                "energy.enterprise_lead",
                enterprise=name,
                region=ask.region(detail["region"]),
                industry=detail["industry"],
            ),
            w("energy.silent", moment=ask.moment(silent))
            if silent
            else w("energy.heard", moment=ask.moment(detail["feed"]["last_reading_at"])),
        ],
        tiles=[
            Tile(w("energy.today_equal"), ask.number(live["tce"].get("equal"), 1), unit),
            Tile(w("energy.today_equivalent"), ask.number(live["tce"].get("equivalent"), 1), unit),
            Tile(w("energy.intervals"), f"{live['present']} / {live['expected']}", w("energy.provisional")),
            Tile(w("energy.meters"), str(detail["feed"]["meters"])),
        ],
        choices={
            **actions(
                ask,
                (w("credential.title"), f"/energy/{name}/credentials", ask.session.role in HOLDERS),
                (w("quarantine.title"), f"/quarantine?enterprise={name}", True),
            ),
            w("energy.grain"): [
                Choice(w(f"grain.{each}"), ask.here(grain=each), each == grain) for each in GRAINS
            ],
        },
        forms=[_day_form(ask)],
        figures=[
            _sums(ask, sums, grain),
            *_carriers(ask, sums),
            _meters(ask, meters),
            _held(ask, held["items"]),
        ],
        live=ask.as_of is None,
    )


def _the_day(text: str) -> date:
    found = numbers.as_date(text)
    if found is None:
        raise ValueError(f"{text!r} is no day")
    return found


def _sums(ask: Ask, sums: Json, grain: str) -> Figure:
    """All carriers together; a period in which one of them is unknown has no sum, and the line a gap."""
    w = ask.words
    whole = _together(sums["carriers"])
    columns = (
        Column("period", w("evidence.period")),
        Column("equal", w("basis.equal"), "number", "tce", 2),
        Column("equivalent", w("basis.equivalent"), "number", "tce", 2),
        Column("present", w("energy.present"), "number", digits=0),
        Column("expected", w("energy.expected"), "number", digits=0),
    )
    rows = [(period, *values) for period, values in whole]
    drawn = [
        Line(w("basis.equal"), [_float(values[0]) for _, values in whole]),
        Line(w("basis.equivalent"), [_float(values[1]) for _, values in whole], colour="#8a4b08"),
    ]
    gaps = sum(1 for _, values in whole if values[0] is None and values[1] is None)
    sentence = w("energy.sums_sentence", periods=len(whole), gaps=gaps)
    state: State = "empty" if not whole else "missing" if gaps else "ok"
    return Figure(
        "sums",
        w(f"energy.by_{grain}"),
        sentence=sentence if whole else "",
        table=Table(columns, rows),
        picture=lines("sums", sentence, [_short(period) for period, _ in whole], drawn) if whole else None,
        state=state,
        note=w("energy.gaps", gaps=gaps) if gaps else "",
        unit="tce",
        folded=True,
        wide=True,
    )


Values = tuple[Decimal | None, Decimal | None, int, int]


def _together(carriers: Sequence[Json]) -> list[tuple[str, Values]]:
    """Carriers added up, period by period: what is unknown in one is unknown in the sum."""
    found: dict[str, Values] = {}
    for carrier in carriers:
        for period in carrier["periods"]:
            equal, equivalent = (numbers.decimal(period["tce"].get(name)) for name in ("equal", "equivalent"))
            before = found.get(period["period"], (Decimal(0), Decimal(0), 0, 0))
            found[period["period"]] = (
                _added(before[0], equal),
                _added(before[1], equivalent),
                before[2] + period["present"],
                before[3] + period["expected"],
            )
    return sorted(found.items())


def _added(sum_: Decimal | None, part: Decimal | None) -> Decimal | None:
    return None if sum_ is None or part is None else sum_ + part


def _float(value: Decimal | None) -> float | None:
    found = numbers.rounded(value, 2)
    return None if found is None else float(found)


def _short(period: str) -> str:
    """An axis has room for 09-30, not for 2013-09-30; of an hour for 14:00."""
    return (
        period[11:16]
        if len(period) > len("2013-09-30")
        else period[5:]
        if len(period) > len("2013")
        else period
    )


def _carriers(ask: Ask, sums: Json) -> list[Figure]:
    """Each carrier in its own unit, with the coefficients that were used."""
    w = ask.words
    made = []
    for carrier in sums["carriers"]:
        columns = (
            Column("period", w("evidence.period")),
            Column("native", carrier["unit"], "number", digits=1),
            Column("equal", w("basis.equal"), "number", "tce", 2),
            Column("equivalent", w("basis.equivalent"), "number", "tce", 2),
            Column("completeness", w("energy.completeness")),
        )
        rows = [
            (
                each["period"],
                each["native"],
                each["tce"].get("equal"),
                each["tce"].get("equivalent"),
                f"{each['present']} / {each['expected']}",
            )
            for each in carrier["periods"]
        ]
        used = "; ".join(
            f"{w.code('basis', each['basis'])} {each['value']} ({each['edition']})"
            for each in carrier["coefficients"]
        )
        title = w("energy.carrier", carrier=w.code("carrier", carrier["carrier"]))
        made.append(
            Figure(f"carrier-{carrier['carrier']}", title, table=Table(columns, rows), rule=used, folded=True)
        )
    return made


def _meters(ask: Ask, meters: Sequence[Json]) -> Figure:
    w = ask.words
    columns = (
        Column("meter", w("energy.meter")),
        Column("carrier", w("energy.carrier_name")),
        Column("unit", w("column.unit")),
        Column("kind", w("energy.kind")),
        Column("interval", w("energy.interval"), "number", digits=0),
        Column("since", w("energy.since"), "day"),
        Column("retired", w("energy.retired"), "day"),
    )
    rows = [
        (
            Link(each["meter"], ask.href(f"/meters/{each['meter']}")),
            w.code("carrier", each["carrier"]),
            each["unit"],
            w.code("meter", each["kind"]),
            each["interval_minutes"],
            each["valid_from"],
            each["retired_at"],
        )
        for each in meters
    ]
    return Figure("meters", w("energy.meters"), table=Table(columns, rows), state="ok" if rows else "empty")


def _held(ask: Ask, items: Sequence[Json]) -> Figure:
    w = ask.words
    rows = [held_row(ask, each) for each in items]
    state: State = "late" if rows else "empty"
    note = w("quarantine.waiting") if rows else w("quarantine.none")
    return Figure(
        "held", w("quarantine.title"), table=Table(held_columns(ask), rows, 1), state=state, note=note
    )


PAGES = [
    PageRoute("/energy", energy, menu="energy"),
    PageRoute("/energy/{enterprise}", one),
]
