"""Special funds (专项资金): how much of each is set aside, committed and paid, to whom, by its ledger."""

from collections.abc import Sequence
from decimal import Decimal

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Choice, Column, Figure, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import (
    Filled,
    actions,
    city_of,
    facts,
    filled,
    history,
    listed,
    narrow,
    onward,
    plain,
    project,
    region,
)
from services.portal.roles import KEEPERS

MONEY = ("appropriated", "available", "reserved", "committed", "paid")
_MOST_PAID = 40
"""Pages of applications that are read for who was paid: 200 a page."""


def in_1e4(key: str, title: str) -> Filled:
    """A column of yuan, shown in 万元."""
    return Column(key, title, "number", "CNY_1e4"), lambda each: numbers.in_1e4(each[key])


def money(ask: Ask, found: Json, *names: str) -> list[Tile]:
    """Sums in yuan as tiles in 万元."""
    unit = numbers.unit("CNY_1e4").to(ask.language)
    return [
        Tile(ask.words(f"fund.{name}"), ask.number(numbers.in_1e4(found[name]), 1), unit) for name in names
    ]


def paid_share(ask: Ask, balance: Json) -> str:
    """What of the money is paid, in a sentence."""
    appropriated, paid = numbers.decimal(balance["appropriated"]), numbers.decimal(balance["paid"])
    share = 100 * paid / appropriated if appropriated and paid is not None else None
    return ask.words(
        "fund.sentence",
        appropriated=ask.amount(numbers.in_1e4(appropriated), "CNY_1e4"),
        paid=ask.amount(numbers.in_1e4(paid), "CNY_1e4"),
        share=ask.percent(share),
        available=ask.amount(numbers.in_1e4(balance["available"]), "CNY_1e4"),
    )


async def funds(ask: Ask) -> Page:
    """Every fund with its balance."""
    w = ask.words
    answer = await ask.api.get(
        "/funds",
        region=ask.query.get("region"),
        on=ask.as_of.isoformat() if ask.as_of is not None else None,
        cursor=ask.query.get("cursor"),
        limit=100,
    )
    return Page(
        title=w("fund.title"),
        menu="subsidies",
        lead=[w("fund.lead")],
        tiles=money(ask, answer["total"], *MONEY),
        choices=actions(
            ask, (w("subsidy.title"), "/subsidies", True), (w("award.title"), "/awards", ask.government)
        ),
        forms=[narrow(ask, city_of(ask))],
        figures=[
            listed(
                ask,
                "fund",
                answer["items"],
                filled(
                    "fund",
                    w("fund.name"),
                    lambda each: Link(each["name"], ask.href(f"/funds/{each['fund']}")),
                ),
                region(ask, w("fund.whose")),
                *(
                    filled(
                        name,
                        w(f"fund.{name}"),
                        lambda each, name=name: numbers.in_1e4(each["balance"][name]),  # type: ignore[misc]
                        "number",
                        "CNY_1e4",
                    )
                    for name in MONEY
                ),
                plain("valid_to", w("fund.until"), "day"),
                none=w("fund.none"),
            )
        ],
        more=onward(ask, answer),
    )


async def fund(ask: Ask) -> Page:
    """One fund: its terms, who is paid what, and each entry with the balance after it."""
    w, name = ask.words, ask.params["fund"]
    found = await ask.api.get(f"/funds/{name}")
    applications = await ask.api.items("/subsidies", _MOST_PAID, fund=name, limit=200)
    paid = [each for each in applications if numbers.decimal(each["paid"])]
    figures = [
        listed(
            ask,
            "fund.paid_to",
            sorted(paid, key=lambda each: -(numbers.decimal(each["paid"]) or 0)),
            project(ask),
            filled(
                "enterprise",
                w("energy.enterprise"),
                lambda each: each.get("enterprise_name") or each["enterprise"],
            ),
            region(ask),
            in_1e4("paid", w("fund.paid")),
            filled("application", w("subsidy.application"), lambda each: application_link(ask, each)),
            sentence=paid_share(ask, found["balance"]),
            none=w("fund.nobody_paid"),
            title=w("fund.paid_to"),
        ),
        _terms(ask, found),
        facts(
            ask,
            (w("fund.whose"), ask.region(found["region"], found.get("region_name"))),
            (w("fund.purpose"), found["purpose"]),
            (w("fund.valid"), f"{ask.day(found['valid_from'])} – {ask.day(found['valid_to'])}"),
            (w("fund.source"), found["source"]),
            (w("fund.applications"), Link(str(found["applications"]), ask.href("/subsidies", fund=name))),
        ),
    ]
    more = None
    if ask.government:
        ledger = await ask.api.get(f"/funds/{name}/ledger", cursor=ask.query.get("cursor"), limit=100)
        figures.insert(1, _ledger(ask, ledger["items"]))
        more = onward(ask, ledger)
    return Page(
        title=found["name"],
        menu="subsidies",
        lead=[w("fund.about", fund=name)],
        tiles=money(ask, found["balance"], *MONEY),
        choices={w("command.title"): [Choice(w("subsidy.apply"), ask.href("/new-subsidy", fund=name))]}
        if ask.session.role in KEEPERS
        else {},
        figures=figures,
        more=more,
    )


def application_link(ask: Ask, each: Json) -> Link:
    """To one application."""
    return Link(each["application"], ask.href(f"/subsidies/{each['fund']}/{each['application']}"))


def _terms(ask: Ask, found: Json) -> Figure:
    w = ask.words

    def names(kind: str, codes: list[str]) -> str:
        return ", ".join(w.code(kind, code) for code in codes)

    return listed(
        ask,
        "fund.terms",
        found["terms"],
        plain("valid_from", w("fund.from"), "day"),
        plain("valid_to", w("fund.until"), "day"),
        filled("aids", w("subsidy.aid"), lambda each: names("aid", each["aids"])),
        filled("bases", w("subsidy.base_kind"), lambda each: names("base_kind", each["bases"])),
        filled("rate", w("fund.rate"), _rate, "number", "percent"),
        in_1e4("cap", w("fund.cap")),
        filled("stages", w("project.stage"), lambda each: names("stage", each["stages"])),
        filled("programmes", w("column.programme"), lambda each: names("programme", each["programmes"])),
        plain("source", w("fund.source")),
        title=w("fund.terms"),
    )


def _rate(each: Json) -> Decimal | None:
    """Yuan per yuan, in percent. A rate per ton of coal saved is no percentage: it stays out of this column."""
    rate = numbers.decimal(each["rate"])
    return None if rate is None or "energy_saving" in each["bases"] else rate * 100


def entries(ask: Ask, items: Sequence[Json], *more: Filled) -> Figure:
    """Entries of a fund's ledger."""
    w = ask.words
    return history(
        ask,
        items,
        *more,
        in_1e4("amount", w("fund.amount")),
        plain("on", w("column.day"), "day"),
        plain("evidence", w("project.evidence")),
        plain("reason", w("command.reason")),
        plain("decided_by", w("problem.by")),
        words="fund_entry",
        log="projects",
        event="entry",
    )


def _ledger(ask: Ask, items: list[Json]) -> Figure:
    w = ask.words

    def about(each: Json) -> Link | None:
        if each["project"]:
            name = each.get("project_name") or each["project"]
            return Link(name, ask.href(f"/projects/{each['project']}"))
        award = each.get("award")
        return Link(award, ask.href(f"/awards/{award}")) if award else None

    return entries(
        ask,
        items,
        filled("about", w("fund.for_whom"), about),
        filled(
            "available",
            w("fund.available"),
            lambda each: numbers.in_1e4(each["balance"]["available"]),
            "number",
            "CNY_1e4",
        ),
    )


PAGES = [PageRoute("/funds", funds), PageRoute("/funds/{fund}", fund)]
