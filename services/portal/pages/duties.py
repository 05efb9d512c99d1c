"""One duty of one region for one period: how it stands, what was said of it, and the forms that hand it in."""

from collections.abc import Mapping
from typing import Any

from services.portal.ask import Ask
from services.portal.commands import Command, Done, Input, Returned, forbidden, forms, said, send, version
from services.portal.figures import Column, Figure, Link, Page, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.roles import CITY, COUNTY, GOVERNMENT, PROVINCE
from shared.problems import Problem

_WHOLE_PROVINCE = "350000"


async def duty(ask: Ask) -> Page:
    """How it stands, and what the reader may say of it."""
    account = await _account(ask)
    return _page(ask, account, _occasion(ask, account), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Hand it in, let the region off, or take that back."""
    if not (_own(ask) or _over(ask)):
        raise forbidden(ask.words, ask.words("duty.not_yours"))
    account = await _account(ask)
    found = _occasion(ask, account)
    match await send(ask, _commands(ask, found), form):
        case Done(name):
            return ask.href(ask.path, done=name)
        case back:
            return _page(ask, account, found, back)


async def _account(ask: Ask) -> Json:
    return await ask.api.get(f"/duties/{ask.params['duty']}/{ask.params['region']}")


def _occasion(ask: Ask, account: Json) -> Json:
    """What is owed for the period. Raises Problem 404 where nothing is."""
    period = ask.params["period"]
    found: Json | None = next((each for each in account["obligations"] if each["period"] == period), None)
    if found is None:
        w = ask.words
        told = w("duty.none", period=period[:40])
        raise Problem(404, "not-found", w("duty.none_title"), told, remedy=w("problem.absent.remedy"))
    return found


def _own(ask: Ask) -> bool:
    """Whether the reader's own government owes it: nobody else hands it in."""
    if ask.session.role == PROVINCE:
        return ask.params["region"] == _WHOLE_PROVINCE
    return ask.session.role in (CITY, COUNTY) and ask.session.area == ask.params["region"]


def _over(ask: Ask) -> bool:
    """Whether it is owed to the reader, who may let the region off."""
    return ask.session.role == PROVINCE and ask.params["region"] != _WHOLE_PROVINCE


def _page(ask: Ask, account: Json, found: Json, back: Returned) -> Page:
    w = ask.words
    tiles = [
        Tile(w("column.standing"), w.code("standing", found["standing"])),
        Tile(w("column.due"), ask.day(found["due_on"])),
    ]
    if found["received_on"] is not None:
        tiles.append(Tile(w("region.reported_on"), ask.day(found["received_on"])))
    if found["days_late"]:
        tiles.append(Tile(w("column.days_late"), str(found["days_late"])))
    return Page(
        title=found["term"],
        menu="desk",
        lead=[
            w(
                "duty.about",
                duty=found["duty"],
                region=ask.region(found["region"], found.get("region_name")),
                period=found["period"],
            )
        ],
        tiles=tiles,
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found), back),
        figures=[_history(ask, account), _periods(ask, account)],
    )


def _history(ask: Ask, account: Json) -> Figure:
    w = ask.words
    columns = (
        Column("recorded", w("evidence.recorded"), "moment"),
        Column("event", w("problem.event")),
        Column("evidence", w("project.evidence")),
        Column("reason", w("command.reason")),
        Column("log", w("evidence.log")),
    )
    rows = [
        (
            each["recorded_at"],
            w.code("duty_event", each["type"]),
            each["evidence"],
            each["reason"],
            f"projects {each['position']}",
        )
        for each in account["history"]
        if each["period"] == ask.params["period"]
    ]
    state: Any = "ok" if rows else "empty"
    return Figure("history", w("problem.history"), table=Table(columns, rows, 1), state=state, wide=True)


def _periods(ask: Ask, account: Json) -> Figure:
    w = ask.words
    columns = (
        Column("period", w("evidence.period")),
        Column("due", w("column.due"), "day"),
        Column("standing", w("column.standing")),
        Column("received", w("region.reported_on"), "day"),
        Column("evidence", w("project.evidence")),
    )
    rows = [
        (
            Link(each["period"], ask.href(f"/duties/{each['duty']}/{each['region']}/{each['period']}")),
            each["due_on"],
            w.code("standing", each["standing"]),
            each["received_on"],
            each["evidence"],
        )
        for each in account["obligations"]
    ]
    return Figure("periods", w("duty.periods"), table=Table(columns, rows), wide=True)


def _commands(ask: Ask, found: Json) -> list[Command]:
    """What fits how it stands: what is open is handed in or waived, what was said is taken back."""
    w, own, over = ask.words, _own(ask), _over(ask)
    reason = Input("reason", w("command.reason"), required=True)

    def of(name: str, end: str, *inputs: Input) -> Command:
        return Command(
            name,
            w(f"duty.{name}"),
            f"/duties/{found['duty']}/{end}",
            [*inputs, version(found["version"])],
            w(f"duty.{name}"),
            fixed={"region": found["region"], "period": found["period"]},
        )

    standing = found["standing"]
    if standing in ("received", "late") and (own or over):
        return [of("take_back", "withdrawals", reason)]
    if standing == "waived" and over:
        return [of("take_back", "withdrawals", reason)]
    if standing in ("missing", "not_due") and own:
        evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
        day = Input("received_on", w("region.reported_on"), "date", hint=w("command.day_hint"))
        return [of("hand_in", "receipts", evidence, day)]
    if standing in ("missing", "not_due") and over:
        return [of("waive", "waivers", reason)]
    return []


PAGES = [PageRoute("/duties/{duty}/{region}/{period}", duty, GOVERNMENT, take=take)]
