"""Applications to funds (申报): the list, one with its history, and what is decided on it by two persons."""

from collections.abc import Mapping
from decimal import Decimal

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said, version
from services.portal.figures import Figure, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.funds import application_link, entries, in_1e4, money
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
    project,
    region,
    text_of,
)
from services.portal.roles import KEEPERS, PROVINCE

STATUSES = ("requested", "reserved", "committed", "paid", "rejected", "withdrawn")
_CLOSED = ("rejected", "withdrawn")
_LEDGER_PAGES = 40
_WHOLE_PROVINCE = "350000"


async def subsidies(ask: Ask) -> Page:
    """The list, as far as the reader may see it."""
    w, query = ask.words, ask.query
    answer = await ask.api.get(
        "/subsidies",
        region=query.get("region"),
        fund=query.get("fund"),
        project=query.get("project"),
        enterprise=query.get("enterprise"),
        status=ask.one_of("status", ("", *STATUSES), ""),
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    return Page(
        title=w("subsidy.title"),
        menu="subsidies",
        lead=[w("subsidy.lead")],
        tiles=[
            Tile(w("subsidy.count"), ask.number(answer["count"])),
            *money(ask, answer["total"], "entitlement", "reserved", "committed", "paid"),
        ],
        choices=actions(
            ask,
            (w("fund.title"), "/funds", True),
            (w("subsidy.apply"), "/new-subsidy", ask.session.role in KEEPERS),
            (w("award.title"), "/awards", ask.government),
        ),
        forms=[
            narrow(
                ask,
                choice_of(ask, "status", w("column.standing"), STATUSES, "subsidy"),
                city_of(ask),
                text_of(ask, "fund", w("fund.id")),
                text_of(ask, "project", w("project.id")),
                keep=("enterprise",),
            )
        ],
        figures=[
            listed(
                ask,
                "subsidy",
                answer["items"],
                filled("application", w("subsidy.application"), lambda each: application_link(ask, each)),
                project(ask),
                region(ask),
                filled("fund", w("project.fund"), lambda each: _fund_link(ask, each)),
                coded(ask, "aid", w("subsidy.aid"), "aid"),
                coded(ask, "status", w("column.standing"), "subsidy"),
                *(in_1e4(name, w(f"fund.{name}")) for name in ("entitlement", "committed", "paid")),
                plain("requested_on", w("subsidy.asked_on"), "day"),
                plain("last_on", w("subsidy.last"), "day"),
                none=w("subsidy.none"),
            )
        ],
        more=onward(ask, answer),
    )


def _fund_link(ask: Ask, each: Json) -> Link:
    return Link(each.get("fund_name") or each["fund"], ask.href(f"/funds/{each['fund']}"))


async def subsidy(ask: Ask) -> Page:
    """One application: its base, its money, what was decided by whom, and what may follow."""
    found, fund = await _found(ask)
    return await _page(ask, found, fund, Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Decide on it. What needs another person is refused with the reason."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    found, fund = await _found(ask)
    back = await carried_out(ask, _commands(ask, found, fund), form)
    return back if isinstance(back, str) else await _page(ask, found, fund, back)


async def _found(ask: Ask) -> tuple[Json, Json]:
    fund, application = ask.params["fund"], ask.params["application"]
    return (
        await ask.api.get(f"/funds/{fund}/applications/{application}"),
        await ask.api.get(f"/funds/{fund}"),
    )


async def _page(ask: Ask, found: Json, fund: Json, back: Returned) -> Page:
    w = ask.words
    figures = [_facts(ask, found)]
    if ask.government:
        ledger = await ask.api.items(f"/funds/{found['fund']}/ledger", _LEDGER_PAGES, limit=200)
        own = [each for each in ledger if each["application"] == found["application"]]
        figures.insert(0, entries(ask, own))
    return Page(
        title=w("subsidy.of", project=found.get("project_name") or found["project"]),
        menu="subsidies",
        lead=[
            w(
                "subsidy.about",
                application=found["application"],
                fund=fund["name"],
                region=ask.region(found["region"], found.get("region_name")),
            )
        ],
        tiles=[
            Tile(w("column.standing"), w.code("subsidy", found["status"])),
            *money(ask, found, "entitlement", "reserved", "committed", "paid"),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found, fund), back),
        figures=figures,
    )


def _facts(ask: Ask, found: Json) -> Figure:
    w = ask.words
    unit = "tce" if found["base_kind"] == "energy_saving" else "CNY_1e4"
    base = found["base"] if unit == "tce" else numbers.in_1e4(found["base"])
    return facts(
        ask,
        (
            w("project.name"),
            Link(found.get("project_name") or found["project"], ask.href(f"/projects/{found['project']}")),
        ),
        (w("project.fund"), _fund_link(ask, found)),
        (w("energy.enterprise"), found.get("enterprise_name") or found["enterprise"]),
        (w("subsidy.aid"), w.code("aid", found["aid"])),
        (w("subsidy.base_kind"), w.code("base_kind", found["base_kind"])),
        (w("subsidy.base"), ask.amount(base, unit) if found["base"] is not None else None),
        (w("subsidy.asked_on"), ask.day(found["requested_on"])),
        (w("subsidy.requested_by"), found["requested_by"]),
        (w("command.evidence"), found["evidence"]),
        *((each["criterion"], each["evidence"]) for each in found["criteria"]),
        (w("column.note"), found["note"]),
    )


def _decides(ask: Ask, fund: Json) -> bool:
    """Whether it is the reader's government's fund: nobody else decides on its money."""
    if ask.session.role == PROVINCE:
        return bool(fund["region"] == _WHOLE_PROVINCE)
    return ask.session.role in KEEPERS and ask.session.area == fund["region"]


def _commands(ask: Ask, found: Json, fund: Json) -> list[Command]:
    """What fits how it stands: each step with money in its turn, by the fund's own government."""
    w = ask.words
    if ask.session.role not in KEEPERS or found["status"] in _CLOSED:
        return []
    path = f"/funds/{found['fund']}/applications/{found['application']}"
    decides = _decides(ask, fund)
    room = _of(found, "entitlement") - sum(_of(found, name) for name in ("reserved", "committed", "paid"))
    offered = []
    if decides:
        if room > 0:
            offered.append(step(ask, "reserve", f"{path}/reservations", found))
        if _of(found, "reserved") > 0:
            offered.append(step(ask, "commit", f"{path}/commitments", found))
        if _of(found, "committed") > 0:
            offered.append(step(ask, "pay", f"{path}/payments", found))
        offered.insert(0, _assess(ask, f"{path}/assessments", found))
        if _of(found, "reserved") + _of(found, "committed") > 0:
            offered.append(step(ask, "release", f"{path}/releases", found))
        if _of(found, "paid") > 0:
            offered.append(step(ask, "recover", f"{path}/recoveries", found))
    if not any(_of(found, name) for name in ("reserved", "committed", "paid")):
        reason = Input("reason", w("command.reason"), required=True)
        ways = [("rejected", decides), ("withdrawn", True)]
        outcomes = [(code, w(f"subsidy.{code}")) for code, may in ways if may]
        outcome = Input(
            "outcome", w("subsidy.outcome"), "select", "withdrawn", required=True, options=outcomes
        )
        title = w("subsidy.close")
        inputs = [outcome, reason, _on(ask), version(found["version"])]
        offered.append(Command("close_subsidy", title, f"{path}/closing", inputs, title, danger=True))
    return offered


def _of(found: Json, name: str) -> Decimal:
    return numbers.or_zero(found[name])


def _on(ask: Ask) -> Input:
    return Input("on", ask.words("column.day"), "date", hint=ask.words("command.day_hint"))


def step(ask: Ask, name: str, path: str, found: Json) -> Command:
    """A step with money, of an application or an award: how much, by what document, or why it goes back."""
    w = ask.words
    amount = Input("amount", w("fund.amount_1e4"), "money_1e4", hint=w(f"subsidy.{name}_amount"))
    inputs = [amount]
    if name != "release":
        label = w("subsidy.voucher") if name == "pay" else w("command.evidence")
        inputs.append(Input("evidence", label, required=True))
    if name in ("release", "recover"):
        inputs.append(Input("reason", w("command.reason"), required=True))
    title = w(f"subsidy.{name}_form")
    inputs += [_on(ask), version(found["version"])]
    return Command(name, title, path, inputs, title, note=w(f"subsidy.{name}_note"))


def _assess(ask: Ask, path: str, found: Json) -> Command:
    w = ask.words
    if found["base_kind"] == "energy_saving":
        base = Input("base", w("subsidy.audited_tce"), "number", required=True)
    elif found["base_kind"]:
        base = Input("base", w("subsidy.audited_base"), "money_1e4", required=True)
    else:
        base = Input("amount", w("subsidy.audited_amount"), "money_1e4", required=True)
    inputs = [
        base,
        Input("evidence", w("command.evidence"), hint=w("subsidy.audit_hint"), required=True),
        Input("reason", w("command.reason"), required=True),
        _on(ask),
        version(found["version"]),
    ]
    title = w("subsidy.assess")
    return Command("assess", title, path, inputs, title, note=w("subsidy.assess_note"))


async def new(ask: Ask) -> Page:
    """Choose a fund, then fill in what its terms ask for."""
    return _new_page(ask, await _open_funds(ask), await _asked_fund(ask), Returned())


async def take_new(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Apply, and go on to the application's page."""
    fund = await _asked_fund(ask)
    offered = [] if fund is None else [_apply(ask, fund)]
    back = await carried_out(
        ask,
        offered,
        form,
        lambda done: ask.href(f"/subsidies/{ask.query['fund']}/{done.answer['application']}", done="apply"),
    )
    return back if isinstance(back, str) else _new_page(ask, await _open_funds(ask), fund, back)


async def _open_funds(ask: Ask) -> list[Json]:
    return list(await ask.api.items("/funds", 5, limit=100))


async def _asked_fund(ask: Ask) -> Json | None:
    name = ask.query.get("fund")
    return await ask.api.get(f"/funds/{name}") if name else None


def _new_page(ask: Ask, funds: list[Json], fund: Json | None, back: Returned) -> Page:
    w = ask.words
    figures = []
    if fund is None:
        figures.append(
            listed(
                ask,
                "fund",
                funds,
                filled(
                    "fund",
                    w("fund.name"),
                    lambda each: Link(
                        each["name"],
                        ask.href("/new-subsidy", fund=each["fund"], project=ask.query.get("project")),
                    ),
                ),
                plain("purpose", w("fund.purpose")),
                region(ask, w("fund.whose")),
                plain("valid_to", w("fund.until"), "day"),
                none=w("fund.none"),
                title=w("subsidy.choose_fund"),
            )
        )
    return Page(
        title=w("subsidy.apply"),
        menu="subsidies",
        lead=[w("subsidy.apply_lead") if fund is None else w("fund.about_named", name=fund["name"])],
        said=said(ask, back),
        status=back.status,
        forms=[] if fund is None else forms(ask, [_apply(ask, fund)], back),
        figures=figures,
    )


def _apply(ask: Ask, fund: Json) -> Command:
    """What the fund's newest terms ask for: a base where there is a rate, else an amount; each criterion's evidence."""
    w = ask.words
    terms = fund["terms"][-1]
    aids = [(code, w(f"aid.{code}")) for code in terms["aids"] if code != "award"]
    inputs = [
        Input("project", w("project.id"), typed=ask.query.get("project", ""), required=True),
        Input("aid", w("subsidy.aid"), "select", aids[0][0] if len(aids) == 1 else "", required=True,
              options=aids if len(aids) == 1 else [("", w("command.choose")), *aids]),
    ]  # fmt: skip
    if terms["rate"] is not None:
        bases = [(code, w(f"base_kind.{code}")) for code in terms["bases"]]
        chosen = bases if len(bases) == 1 else [("", w("command.choose")), *bases]
        inputs.append(Input("base_kind", w("subsidy.base_kind"), "select", required=True, options=chosen))
        tce = terms["bases"] == ["energy_saving"]
        label = w("subsidy.base_tce") if tce else w("subsidy.base_1e4")
        inputs.append(Input("base", label, "number" if tce else "money_1e4", required=True))
    else:
        inputs.append(Input("amount", w("subsidy.asked_1e4"), "money_1e4", required=True))
    inputs.append(Input("evidence", w("command.evidence"), hint=w("subsidy.evidence_hint"), required=True))
    fixed = {}
    for number, criterion in enumerate(terms["criteria"]):
        label = w("subsidy.criterion", name=w.code("criterion", criterion))
        inputs.append(Input(f"criteria.{number}.evidence", label, required=True))
        fixed[f"criteria.{number}.criterion"] = criterion
    inputs += [
        _on(ask),
        Input("note", w("column.note"), "textarea"),
        Input("application", w("command.optional_id"), hint=w("command.optional_id_hint")),
    ]
    title = w("subsidy.apply")
    return Command("apply", title, f"/funds/{fund['fund']}/applications", inputs, title, fixed=fixed)


PAGES = [
    PageRoute("/subsidies", subsidies, menu="subsidies"),
    PageRoute("/subsidies/{fund}/{application}", subsidy, take=take),
    PageRoute("/new-subsidy", new, KEEPERS, take=take_new),
]
