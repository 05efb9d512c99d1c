"""One meter (计量点): what it counts, what of it waits for a word, and what happens in its life."""

from collections.abc import Mapping, Sequence

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Figure, Link, Page, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import coded, facts, filled, listed, plain
from services.portal.pages.quarantine import held_columns, held_row
from services.portal.roles import KEEPERS
from services.portal.typed import options_of

_PAGES = 5


async def meter(ask: Ask) -> Page:
    """Its data sheet, its parked intervals, its readings in quarantine."""
    return await _page(ask, await _found(ask), await _suspects(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Replace its device, change its ratio, judge a parked interval, retire it."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    found, suspects = await _found(ask), await _suspects(ask)
    back = await carried_out(ask, _commands(ask, found, suspects), form)
    return back if isinstance(back, str) else await _page(ask, found, suspects, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/meters/{ask.params['meter']}")


async def _suspects(ask: Ask) -> list[Json]:
    return list(await ask.api.items("/suspects", _PAGES, meter=ask.params["meter"], limit=100))


def suspects_of(ask: Ask, items: Sequence[Json]) -> Figure:
    """Parked intervals: stored, but not counted until somebody has looked at them."""
    w = ask.words
    return listed(
        ask,
        "suspect",
        items,
        filled(
            "meter", w("energy.meter"), lambda each: Link(each["meter"], ask.href(f"/meters/{each['meter']}"))
        ),
        plain("start", w("fund.from"), "moment"),
        plain("at", w("fund.until"), "moment"),
        coded(ask, "why", w("quarantine.reason"), "suspect_why"),
        filled("energy", w("quarantine.value"), lambda each: f"{each['energy']} {each['unit']}"),
        state="late",
        note=w("suspect.waiting"),
        none=w("suspect.none"),
    )


async def _page(ask: Ask, found: Json, suspects: Sequence[Json], back: Returned) -> Page:
    w, enterprise = ask.words, found["enterprise"]
    held = await ask.api.get("/quarantine", meter=found["meter"], state="held", limit=20)
    rows = [held_row(ask, each) for each in held["items"]]
    calibration = found["calibration"]
    return Page(
        title=w("meter.of", meter=found["meter"]),
        menu="energy",
        lead=[w("meter.retired_on", day=ask.day(found["retired_at"]))] if found["retired_at"] else [],
        tiles=[
            Tile(w("energy.carrier_name"), w.code("carrier", found["carrier"])),
            Tile(w("column.unit"), found["unit"]),
            Tile(w("suspect.list"), str(len(suspects))),
            Tile(w("quarantine.title"), str(len(rows))),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found, suspects), back),
        figures=[
            suspects_of(ask, suspects),
            Figure(
                "held",
                w("quarantine.title"),
                table=Table(held_columns(ask), rows, 1),
                state="late" if rows else "empty",
                note=w("quarantine.waiting") if rows else w("quarantine.none"),
                wide=True,
            ),
            facts(
                ask,
                (w("energy.enterprise"), Link(enterprise, ask.href(f"/energy/{enterprise}"))),
                (w("energy.kind"), w.code("meter", found["kind"])),
                (w("meter.serial"), found["serial"]),
                (w("meter.ratio"), found["ratio"]),
                (w("meter.digits"), found["digits"]),
                (w("meter.capacity"), found["capacity"]),
                (w("energy.interval"), found["interval_minutes"]),
                (w("meter.scope"), w.code("meter_scope", str(found["scope"]))),
                (w("meter.direction"), w.code("meter_direction", found.get("direction"))),
                (
                    w("meter.calibrated"),
                    ask.day(calibration.get("last")) if calibration.get("last") else None,
                ),
                (
                    w("meter.calibration_due"),
                    ask.day(calibration.get("next")) if calibration.get("next") else None,
                ),
                (w("energy.since"), ask.moment(found["valid_from"])),
                (
                    w("meter.counting_since"),
                    ask.moment(found["counting_since"]) if found["counting_since"] else None,
                ),
                (w("meter.aliases"), ", ".join(found.get("aliases", ()))),
            ),
        ],
    )


def _commands(ask: Ask, found: Json, suspects: Sequence[Json]) -> list[Command]:
    if ask.session.role not in KEEPERS or found["retired_at"]:
        return []
    w = ask.words
    at = Input("at", w("meter.at"), "moment", hint=w("command.moment_hint"), required=True)
    reason = Input("reason", w("command.reason"), required=True)

    def number(name: str, typed: object = "", *, required: bool = False) -> Input:
        hint = w(f"meter.{name}_hint") if w.has(f"meter.{name}_hint") else ""
        return Input(name, w(f"meter.{name}"), "number", "" if typed is None else str(typed), hint, required)

    def of(name: str, end: str, inputs: Sequence[Input], *, danger: bool = False) -> Command:
        title = w(f"meter.{name}")
        path = f"/meters/{found['meter']}/{end}"
        return Command(
            f"meter_{name}", title, path, inputs, title, note=w(f"meter.{name}_note"), danger=danger
        )

    offered = []
    if suspects:
        verdicts = options_of(w, ((code, w(f"suspect.{code}")) for code in ("confirm", "void")))
        which = options_of(w, ((each["at"], _interval(ask, each)) for each in suspects))
        inputs = [
            Input("at", w("suspect.which"), "select", required=True, options=which),
            Input("verdict", w("suspect.verdict"), "select", required=True, options=verdicts),
            reason,
        ]
        offered.append(of("resolve", "suspects", inputs))
    register = found["kind"] == "register"
    replace = [
        at,
        Input("serial", w("meter.new_serial"), required=True),
        *([number("old_last"), number("new_start")] if register else []),
        number("new_ratio", found["ratio"]),
        Input("register_digits", w("meter.digits"), "integer", str(found["digits"] or "")),
        number("capacity", found["capacity"]),
        reason,
    ]
    replace = [each if each.name != "new_ratio" else _named(each, "ratio") for each in replace]
    offered.append(of("replace", "replacements", replace))
    if register:
        ratio = [at, _named(number("new_ratio", required=True), "ratio"), number("register_value"), reason]
        offered.append(of("change_ratio", "ratios", ratio))
    offered.append(of("retire", "retirement", [at, reason], danger=True))
    return offered


def _named(given: Input, name: str) -> Input:
    return Input(name, given.label, given.kind, given.typed, given.hint, given.required)


def _interval(ask: Ask, each: Json) -> str:
    why = ask.words.code("suspect_why", each["why"])
    return f"{ask.moment(each['start'])} – {ask.moment(each['at'])} · {why} · {each['energy']} {each['unit']}"


PAGES = [PageRoute("/meters/{meter}", meter, take=take)]
