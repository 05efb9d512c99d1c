"""Designations (认定): centres, enterprises and parks, how each stands, and the province's decisions on them."""

from collections.abc import Mapping, Sequence

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Cell, Field, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, form_page
from services.portal.pages.lists import (
    PAGE,
    actions,
    choice_of,
    city_of,
    coded,
    facts,
    filled,
    history,
    listed,
    narrow,
    onward,
    plain,
    region,
)
from services.portal.roles import PROVINCE
from services.portal.typed import options_of

STANDINGS = ("designated", "excellent", "qualified", "warned", "failed", "withdrawn", "annulled")
LEVELS = ("provincial", "national")
_GONE = ("withdrawn", "annulled")


async def designations(ask: Ask) -> Page:
    """The list, narrowed by kind, level, region, standing."""
    w, query = ask.words, ask.query
    kinds = await _kinds(ask)
    answer = await ask.api.get(
        "/designations",
        kind=query.get("kind"),
        level=ask.one_of("level", ("", *LEVELS), ""),
        region=query.get("region"),
        enterprise=query.get("enterprise"),
        standing=ask.one_of("standing", ("", *STANDINGS), ""),
        on=ask.as_of.isoformat() if ask.as_of is not None else None,
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    kind = Field(
        "kind",
        w("designation.kind"),
        query.get("kind", ""),
        "select",
        options=[("", w("word.all")), *kinds.items()],
    )
    return Page(
        title=w("designation.title"),
        menu="designations",
        lead=[w("designation.lead")],
        tiles=[Tile(w("designation.count"), ask.number(answer["count"]))],
        choices=actions(ask, (w("designation.new"), "/new-designation", ask.session.role == PROVINCE)),
        forms=[
            narrow(
                ask,
                kind,
                choice_of(ask, "level", w("designation.level"), LEVELS, "designation_level"),
                choice_of(ask, "standing", w("column.standing"), STANDINGS, "designation_standing"),
                city_of(ask),
                keep=("enterprise",),
            )
        ],
        figures=[
            listed(
                ask,
                "designation",
                answer["items"],
                filled("name", w("designation.name"), lambda each: _link(ask, each)),
                filled("kind", w("designation.kind"), lambda each: kinds.get(each["kind"], each["kind"])),
                coded(ask, "level", w("designation.level"), "designation_level"),
                region(ask),
                coded(ask, "standing", w("column.standing"), "designation_standing"),
                plain("since", w("project.since"), "day"),
                plain("designated_on", w("designation.designated_on"), "day"),
                none=w("designation.none"),
            )
        ],
        more=onward(ask, answer),
    )


def _link(ask: Ask, each: Json) -> Cell:
    return Link(each["name"], ask.href(f"/designations/{each['designation']}"))


async def _kinds(ask: Ask) -> dict[str, str]:
    """What each kind is called: its term in Chinese, its name in English."""
    found = (await ask.api.get("/designation-kinds"))["items"]
    return {each["kind"]: str(each["term"] if ask.language == "zh" else each["name"]) for each in found}


async def designation(ask: Ask) -> Page:
    """One with everything that happened to it."""
    return await _page(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Assess it, warn it, withdraw or annul it."""
    if ask.session.role != PROVINCE:
        raise forbidden(ask.words)
    found = await _found(ask)
    back = await carried_out(ask, _commands(ask, found), form)
    return back if isinstance(back, str) else await _page(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/designations/{ask.params['designation']}")


async def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w, kinds = ask.words, await _kinds(ask)
    enterprise = found["enterprise"]
    return Page(
        title=found["name"],
        menu="designations",
        lead=[w("designation.about", designation=found["designation"], kind=kinds.get(found["kind"], ""))],
        tiles=[
            Tile(w("column.standing"), w.code("designation_standing", found["standing"])),
            Tile(w("project.since"), ask.day(found["since"])),
            Tile(w("designation.level"), w.code("designation_level", found["level"])),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found), back),
        figures=[
            history(
                ask,
                found["history"],
                plain("on", w("column.day"), "day"),
                plain("year", w("appraisal.year")),
                plain("score", w("appraisal.points"), "number", "score"),
                plain("mend_by", w("designation.mend_by"), "day"),
                plain("evidence", w("project.evidence")),
                plain("reason", w("command.reason")),
                plain("by", w("problem.by")),
                words="designation_standing",
                log="assessment",
                event="what",
            ),
            facts(
                ask,
                (w("column.region"), ask.region(found["region"])),
                (
                    w("energy.enterprise"),
                    Link(enterprise, ask.href(f"/energy/{enterprise}")) if enterprise else None,
                ),
                (w("designation.issuer"), found["issuer"]),
                (w("designation.designated_on"), ask.day(found["designated_on"])),
                (w("command.evidence"), found["evidence"]),
                (w("designation.fields"), ", ".join(found["fields"])),
            ),
        ],
    )


def _commands(ask: Ask, found: Json) -> list[Command]:
    if ask.session.role != PROVINCE or found["standing"] in _GONE:
        return []
    w, path = ask.words, f"/designations/{found['designation']}"
    evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
    reason = Input("reason", w("command.reason"), required=True)
    on = Input("on", w("column.day"), "date", hint=w("command.day_hint"))

    def of(name: str, end: str, inputs: Sequence[Input], *, danger: bool = False) -> Command:
        title = w(f"designation.{name}")
        note = w(f"designation.{name}_note")
        return Command(f"designation_{name}", title, f"{path}/{end}", inputs, title, note=note, danger=danger)

    year = Input("year", w("designation.year"), "integer", required=True)
    score = Input("score", w("designation.score"), "number", required=True)
    mend_by = Input("mend_by", w("designation.mend_by"), "date")
    annul = Input("annul", w("designation.annul"), "checkbox", hint=w("designation.annul_hint"))
    return [
        of("assess", "assessments", [year, score, evidence, on]),
        of("warn", "warnings", [reason, mend_by, evidence, on]),
        of("withdraw", "withdrawal", [reason, annul, evidence, on], danger=True),
    ]


async def new(ask: Ask) -> Page:
    """The form of one that isn't designated yet."""
    return _new_page(ask, await _designate(ask), Returned())


async def take_new(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Designate it, and go on to its page."""
    command = await _designate(ask)
    named = form.get("designation", "")
    back = await carried_out(
        ask, [command], form, lambda _: ask.href(f"/designations/{named.strip()}", done="designate")
    )
    return back if isinstance(back, str) else _new_page(ask, command, back)


def _new_page(ask: Ask, command: Command, back: Returned) -> Page:
    return form_page(ask, "designation", "designations", command, back)


async def _designate(ask: Ask) -> Command:
    w = ask.words
    inputs = [
        Input("designation", w("designation.id"), hint=w("designation.id_hint"), required=True),
        Input(
            "kind",
            w("designation.kind"),
            "select",
            required=True,
            options=options_of(w, (await _kinds(ask)).items()),
        ),
        Input(
            "level",
            w("designation.level"),
            "select",
            LEVELS[0],
            options=[(code, w(f"designation_level.{code}")) for code in LEVELS],
        ),
        Input("name", w("designation.name_field"), required=True),
        Input("region", w("command.region_code"), hint=w("command.region_hint"), required=True),
        Input("enterprise", w("project.enterprise_field"), hint=w("project.enterprise_hint")),
        Input("issuer", w("designation.issuer"), required=True),
        Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True),
        Input("fields", w("designation.fields"), "lines", hint=w("designation.fields_hint")),
        Input("designated_on", w("designation.designated_on"), "date", hint=w("command.day_hint")),
    ]
    return Command("designate", w("designation.new"), "/designations", inputs, w("designation.designate"))


PAGES = [
    PageRoute("/designations", designations, menu="designations"),
    PageRoute("/designations/{designation}", designation, take=take),
    PageRoute("/new-designation", new, (PROVINCE,), take=take_new),
]
