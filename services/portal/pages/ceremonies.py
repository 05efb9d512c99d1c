"""A signing ceremony (集中签约): projects recommended and audited, firms invited, reporter by reporter (PM-15)."""

from collections.abc import Mapping
from dataclasses import replace

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Choice, Figure, Link, Page
from services.portal.pages import PageRoute
from services.portal.pages.lists import (
    PAGE,
    coded,
    filled,
    listed,
    narrow,
    onward,
    plain,
    project,
    region,
    text_of,
)
from services.portal.roles import GOVERNMENT, KEEPERS, PROVINCE
from services.portal.typed import options_of

CONTRACTS = ("intent_signed", "agreement_signed", "contract_signed")
CATEGORIES = (
    "top_500_private", "industry_leader", "global_500", "global_industry_leader", "taiwan_top_100",
    "overseas_chinese", "hong_kong_macao",
)  # fmt: skip
_VIEWS = ("reporters", "signings", "guests")
_COUNTS = ("recommended", "approved", "signed", "firms", "attending", "contracts", "started", "producing")


async def choose(ask: Ask) -> Page:
    """Which ceremony: the API has no list of them, so its id is typed, as it stands in the notice."""
    w = ask.words
    named = ask.query.get("ceremony", "").strip()
    found = [{"ceremony": named}] if named else []
    title = w("ceremony.title")
    form = text_of(ask, "ceremony", w("project.ceremony"))
    return Page(
        title=title,
        menu="projects",
        lead=[w("ceremony.lead")],
        forms=[narrow(ask, form)],
        figures=[
            listed(
                ask,
                "ceremony",
                found,
                filled(
                    "ceremony",
                    w("ceremony.ceremony"),
                    lambda each: Link(each["ceremony"], ask.href(f"/ceremonies/{each['ceremony']}")),
                ),
                none=w("ceremony.none_chosen"),
                title=w("ceremony.ceremony"),
            )
        ],
    )


async def ceremony(ask: Ask) -> Page:
    """How it stands: by reporter, its signing list, its guest list."""
    return await _page(ask, Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Recommend a project, audit it, invite a firm, enter its answer."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    back = await carried_out(ask, _commands(ask), form, lambda done: ask.here(done=done.command))
    return back if isinstance(back, str) else await _page(ask, back)


async def _page(ask: Ask, back: Returned) -> Page:
    w, name = ask.words, ask.params["ceremony"]
    view = ask.one_of("view", _VIEWS, "reporters")
    figure, more = await _figure(ask, name, view)
    return Page(
        title=w("ceremony.of", ceremony=name),
        menu="projects",
        choices={
            w("ceremony.view"): [
                Choice(w(f"ceremony.{each}"), ask.here(view=each, cursor=None, done=None), each == view)
                for each in _VIEWS
            ]
        },
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask), back),
        figures=[figure],
        more=more,
    )


async def _figure(ask: Ask, name: str, view: str) -> tuple[Figure, Link | None]:
    w, query = ask.words, ask.query
    if view == "reporters":
        on = ask.as_of.isoformat() if ask.as_of is not None else None
        found = await ask.api.get(f"/ceremonies/{name}", on=on)
        owed = [
            w("ceremony.owe_projects", n=len(found["without_projects"])),
            w("ceremony.owe_firms", n=len(found["without_firms"])),
        ]
        return (
            listed(
                ask,
                "ceremony.reporters",
                found["items"],
                filled(
                    "region",
                    w("column.region"),
                    lambda each: Link(
                        ask.region(each["region"], each["name"]), ask.href(f"/regions/{each['region']}")
                    ),
                ),
                *(plain(each, w(f"ceremony.{each}"), "number", digits=0) for each in _COUNTS),
                filled(
                    "signed_amount",
                    w("ceremony.signed_amount"),
                    lambda each: numbers.in_1e8(each["signed_amount"]),
                    "number",
                    "CNY_1e8",
                ),
                title=w("ceremony.reporters"),
                sentence=" ".join(owed),
            ),
            None,
        )
    asked = {"region": query.get("region"), "cursor": query.get("cursor"), "limit": PAGE}
    if view == "signings":
        answer = await ask.api.get(f"/ceremonies/{name}/signings", **asked)
        return (
            listed(
                ask,
                "ceremony.signings",
                answer["items"],
                project(ask),
                region(ask),
                coded(ask, "contract", w("ceremony.contract"), "stage"),
                filled(
                    "amount",
                    w("ceremony.amount"),
                    lambda each: numbers.in_1e8(each["amount"]),
                    "number",
                    "CNY_1e8",
                ),
                coded(ask, "standing", w("column.standing"), "signing"),
                plain("recommended_on", w("ceremony.recommended_on"), "day"),
                plain("signed_on", w("ceremony.signed_on"), "day"),
                plain("reason", w("command.reason")),
                title=w("ceremony.signings"),
                none=w("ceremony.no_signings"),
            ),
            onward(ask, answer),
        )
    answer = await ask.api.get(f"/ceremonies/{name}/guests", **asked)
    return (
        listed(
            ask,
            "ceremony.guests",
            answer["items"],
            plain("name", w("ceremony.firm_name")),
            plain("firm", w("ceremony.firm")),
            region(ask, w("ceremony.invited_by")),
            filled(
                "categories",
                w("ceremony.categories"),
                lambda each: ", ".join(w.code("firm_category", one) for one in each["categories"]),
            ),
            plain("invited_on", w("ceremony.invited_on"), "day"),
            filled(
                "attends",
                w("ceremony.attends"),
                lambda each: w.yes(each["attends"]) if each["attends"] is not None else None,
            ),
            plain("reason", w("command.reason")),
            title=w("ceremony.guests"),
            none=w("ceremony.no_guests"),
        ),
        onward(ask, answer),
    )


def _commands(ask: Ask) -> list[Command]:
    """By the list that is looked at."""
    w, path = ask.words, f"/ceremonies/{ask.params['ceremony']}"
    view = ask.one_of("view", _VIEWS, "reporters")
    if ask.session.role not in KEEPERS:
        return []
    on = Input("on", w("column.day"), "date", hint=w("command.day_hint"))
    if view == "signings":
        named = Input(
            "project", w("project.id"), typed=ask.query.get("project", ""), required=True, in_path=True
        )
        at = f"{path}/signings/{{project}}"
        contracts = options_of(w, ((code, w(f"stage.{code}")) for code in CONTRACTS))
        recommend = [
            named,
            Input("contract", w("ceremony.contract"), "select", required=True, options=contracts),
            Input("amount", w("ceremony.amount_1e8"), "money", required=True),
            on,
        ]
        offered = [_command(ask, "recommend", at, recommend)]
        if ask.session.role == PROVINCE:
            approved = Input("approved", w("ceremony.approved_field"), "yes_no", required=True)
            reason = Input("reason", w("command.reason"), hint=w("ceremony.why_not"))
            offered.append(_command(ask, "audit", f"{at}/audit", [named, approved, reason, on]))
        return offered
    if view == "guests":
        firm = Input("firm", w("ceremony.firm"), hint=w("ceremony.firm_hint"), required=True)
        invite = [
            firm,
            Input("name", w("ceremony.firm_name"), required=True),
            Input(
                "region",
                w("command.region_code"),
                typed=ask.session.area or "",
                hint=w("command.region_hint"),
                required=True,
            ),
            *(
                Input(
                    f"category_{code}", w(f"firm_category.{code}"), "checkbox", into="categories", value=code
                )
                for code in CATEGORIES
            ),
            on,
        ]
        at, whose = f"{path}/guests/{{firm}}/answer", replace(firm, in_path=True)
        attends = Input("attends", w("ceremony.attends"), "yes_no", required=True)
        reason = Input("reason", w("command.reason"), hint=w("ceremony.why_absent"))
        return [
            _command(ask, "invite", f"{path}/guests", invite),
            _command(ask, "answer_guest", at, [whose, attends, reason, on]),
        ]
    return []


def _command(ask: Ask, name: str, path: str, inputs: list[Input]) -> Command:
    title = ask.words(f"ceremony.{name}")
    return Command(f"ceremony_{name}", title, path, inputs, title)


PAGES = [
    PageRoute("/ceremonies", choose, GOVERNMENT),
    PageRoute("/ceremonies/{ceremony}", ceremony, GOVERNMENT, take=take),
]
