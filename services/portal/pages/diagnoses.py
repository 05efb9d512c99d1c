"""Technology diagnoses (技术诊断) of enterprises: what was found, and where each finding led."""

from collections.abc import Mapping

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Cell, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, form_page
from services.portal.pages.lists import (
    PAGE,
    actions,
    city_of,
    coded,
    facts,
    filled,
    listed,
    narrow,
    onward,
    plain,
    region,
)
from services.portal.roles import GOVERNMENT, KEEPERS
from services.portal.typed import options_of

OUTCOMES = ("need", "project", "dismissed")
_COUNTS = ("findings", "needs", "projects", "dismissed")


async def diagnoses(ask: Ask) -> Page:
    """The list, and what became of all their findings."""
    w, query = ask.words, ask.query
    answer = await ask.api.get(
        "/diagnoses",
        region=query.get("region"),
        unsettled="true" if ask.one_of("unsettled", ("", "yes"), "") else None,
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    return Page(
        title=w("diagnosis.title"),
        menu="projects",
        tiles=[
            Tile(w(f"diagnosis.{name}"), ask.number(answer["totals"][name]))
            for name in ("diagnoses", *_COUNTS)
        ],
        choices=actions(
            ask,
            (w("diagnosis.new"), "/new-diagnosis", ask.session.role in KEEPERS),
        ),
        forms=[narrow(ask, city_of(ask))],
        figures=[
            listed(
                ask,
                "diagnosis",
                answer["items"],
                filled(
                    "enterprise",
                    w("energy.enterprise"),
                    lambda each: Link(each["enterprise_name"], ask.href(f"/diagnoses/{each['diagnosis']}")),
                ),
                region(ask),
                plain("industry", w("project.industry")),
                plain("institute", w("diagnosis.institute")),
                plain("held_on", w("column.day"), "day"),
                *(plain(name, w(f"diagnosis.{name}"), "number", digits=0) for name in _COUNTS),
                none=w("diagnosis.none"),
            )
        ],
        more=onward(ask, answer),
    )


async def diagnosis(ask: Ask) -> Page:
    """One with its findings."""
    return _page(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Say where a finding led."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    found = await _found(ask)
    back = await carried_out(ask, _commands(ask, found), form)
    return back if isinstance(back, str) else _page(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/diagnoses/{ask.params['diagnosis']}")


def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words

    def led_to(each: Json) -> Cell:
        if each["outcome"] == "project":
            return Link(each["reference"], ask.href(f"/projects/{each['reference']}"))
        if each["outcome"] == "need":
            return Link(each["reference"], ask.href(f"/matching/{each['reference']}"))
        return None

    return Page(
        title=w("diagnosis.of", enterprise=found["enterprise_name"]),
        menu="projects",
        tiles=[Tile(w(f"diagnosis.{name}"), ask.number(found[name])) for name in _COUNTS],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found), back),
        figures=[
            listed(
                ask,
                "diagnosis.findings",
                found["items"],
                plain("finding", w("diagnosis.finding"), "number", digits=0),
                plain("text", w("evidence.said")),
                coded(ask, "outcome", w("diagnosis.outcome"), "finding"),
                filled("reference", w("diagnosis.reference"), led_to),
                plain("reason", w("command.reason")),
                plain("on", w("column.day"), "day"),
                title=w("diagnosis.findings_list"),
                heading=1,
            ),
            facts(
                ask,
                (w("column.region"), ask.region(found["region"])),
                (w("project.industry"), found["industry"]),
                (w("diagnosis.institute"), found["institute"]),
                (w("column.day"), ask.day(found["held_on"])),
                (w("command.evidence"), found["evidence"]),
            ),
        ],
    )


def _commands(ask: Ask, found: Json) -> list[Command]:
    w = ask.words
    open_ones = [each for each in found["items"] if each["outcome"] is None]
    if ask.session.role not in KEEPERS or not open_ones:
        return []
    inputs = [
        Input(
            "finding",
            w("diagnosis.finding"),
            "select",
            required=True,
            options=options_of(w, ((str(each["finding"]), each["text"]) for each in open_ones)),
            in_path=True,
        ),
        Input(
            "outcome",
            w("diagnosis.outcome"),
            "select",
            required=True,
            options=options_of(w, ((code, w(f"finding.{code}")) for code in OUTCOMES)),
        ),
        Input("reference", w("diagnosis.reference"), hint=w("diagnosis.reference_hint")),
        Input("reason", w("command.reason"), hint=w("diagnosis.reason_hint")),
        Input("on", w("column.day"), "date", hint=w("command.day_hint")),
    ]
    path = f"/diagnoses/{found['diagnosis']}/findings/{{finding}}"
    return [Command("settle_finding", w("diagnosis.settle"), path, inputs, w("diagnosis.settle"))]


async def new(ask: Ask) -> Page:
    """The form of one that isn't recorded yet."""
    return _new_page(ask, Returned())


async def take_new(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Record it, and go on to its page."""
    named = form.get("diagnosis", "").strip()
    back = await carried_out(
        ask, [_record(ask)], form, lambda _: ask.href(f"/diagnoses/{named}", done="diagnose")
    )
    return back if isinstance(back, str) else _new_page(ask, back)


def _new_page(ask: Ask, back: Returned) -> Page:
    return form_page(ask, "diagnosis", "projects", _record(ask), back)


def _record(ask: Ask) -> Command:
    w = ask.words
    inputs = [
        Input("diagnosis", w("diagnosis.id"), hint=w("diagnosis.id_hint"), required=True),
        Input("enterprise_name", w("diagnosis.enterprise_name"), required=True),
        Input("enterprise", w("project.enterprise_field"), hint=w("project.enterprise_hint")),
        Input(
            "region",
            w("command.region_code"),
            typed=ask.session.area or "",
            hint=w("command.region_hint"),
            required=True,
        ),
        Input("industry", w("project.industry"), hint=w("project.industry_hint"), required=True),
        Input("institute", w("diagnosis.institute"), required=True),
        Input("findings", w("diagnosis.findings_list"), "lines", hint=w("command.lines_hint"), required=True),
        Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True),
        Input("on", w("column.day"), "date", hint=w("command.day_hint")),
    ]
    return Command("diagnose", w("diagnosis.new"), "/diagnoses", inputs, w("diagnosis.record"))


PAGES = [
    PageRoute("/diagnoses", diagnoses, GOVERNMENT),
    PageRoute("/diagnoses/{diagnosis}", diagnosis, GOVERNMENT, take=take),
    PageRoute("/new-diagnosis", new, KEEPERS, take=take_new),
]
