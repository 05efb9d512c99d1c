"""The forms about projects: a new one, a project's next stage, a problem that it meets."""

from collections.abc import Mapping
from typing import Any

from services.portal.ask import Ask
from services.portal.commands import Command, Done, Input, Returned, send, version
from services.portal.figures import Page
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, form_page
from services.portal.roles import CITY, COUNTY, ENTERPRISE, KEEPERS

PROGRAMMES = ("TR", "PM", "EI", "EN", "IN", "DI")
PROBLEM_KINDS = (
    "land", "environment", "funds", "permits", "power", "water", "labour", "transport", "technology", "market",
    "other",
)  # fmt: skip
_SIGNINGS = ("intent_signed", "agreement_signed", "contract_signed")
_PATH = (
    "planned", "pre_reported", "negotiating", *_SIGNINGS, "filed", "approved", "started", "partly_producing",
    "producing", "accepted", "tracking_ended",
)  # fmt: skip
_ASIDE = {
    "suspended": ("resumed", "terminated"),
    "terminated": ("formally_ended",),
    "accepted": ("tracking_ended",),
    "tracking_ended": (),
    "formally_ended": (),
}


def following(stage: str) -> tuple[str, ...]:
    """The stages that may come after one, for a list to choose from; whether one may follow is the API's to say.

    The joint pre-review (预审) is none of them: it is concluded, and not reported.
    """
    if stage in _ASIDE:
        return _ASIDE[stage]
    place = _PATH.index("pre_reported" if stage == "pre_reviewed" else stage)
    later = [each for each in _PATH[place + 1 :] if {stage, each} != {"filed", "approved"}]
    return (*later, "suspended", "terminated")


def commands(ask: Ask, found: Json) -> list[Command]:
    """What the reader may do with this project."""
    offered = []
    if ask.session.role in KEEPERS and following(found["stage"]):
        offered.append(_stage(ask, found))
    if ask.session.role in (*KEEPERS, ENTERPRISE):
        offered.append(_raise(ask, found))
    return offered


def _stage(ask: Ask, found: Json) -> Command:
    w, next_ones = ask.words, following(found["stage"])
    inputs = [
        Input(
            "stage",
            w("project.next_stage"),
            "select",
            required=True,
            options=[("", w("project.choose")), *((each, w(f"stage.{each}")) for each in next_ones)],
        ),
        Input("on", w("project.stage_day"), "date", required=True),
        Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True),
        Input("note", w("column.note"), "textarea", hint=w("project.note_hint")),
    ]
    if set(_SIGNINGS) & set(next_ones):
        inputs += [
            Input("amount", w("project.contract_amount"), "money", hint=w("project.contract_hint")),
            Input("ceremony", w("project.ceremony"), hint=w("project.ceremony_hint")),
        ]
    return Command(
        "stage",
        w("project.move"),
        f"/projects/{found['project']}/stages",
        [*inputs, version(found["steps_version"], "steps_version")],
        w("project.move"),
        note=w("project.move_note", stage=w.code("stage", found["stage"])),
    )


def _raise(ask: Ask, found: Json) -> Command:
    w = ask.words
    kinds = [("", w("project.choose")), *((each, w(f"problem_kind.{each}")) for each in PROBLEM_KINDS)]
    inputs = [
        Input("kind", w("problem_list.kind"), "select", required=True, options=kinds),
        Input("text", w("problem_list.text"), "textarea", hint=w("problem.text_hint"), required=True),
        Input("owner", w("problem.owner"), hint=w("problem.owner_hint")),
        Input("due_on", w("problem_list.due"), "date", hint=w("problem.due_hint")),
        Input("major", w("problem.major"), "textarea", hint=w("problem.major_hint")),
    ]
    fixed = {"project": found["project"]}
    return Command("raise", w("problem.raise"), "/problems", inputs, w("problem.raise"), fixed=fixed)


async def new(ask: Ask) -> Page:
    """The form of a project that isn't registered yet."""
    return _new_page(ask, await _register(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Register it, and go on to its page."""
    command = await _register(ask)
    match await send(ask, [command], form):
        case Done(_, answer):
            return ask.href(f"/projects/{answer['project']}", done="register")
        case back:
            return _new_page(ask, command, back)


def _new_page(ask: Ask, command: Command, back: Returned) -> Page:
    return form_page(ask, "project", "projects", command, back)


async def _register(ask: Ask) -> Command:
    w = ask.words
    programmes = [
        Input(
            f"programme_{code}",
            w(f"programme.{code}"),
            "checkbox",
            "yes" if code == "TR" else "",
            into="programmes",
            value=code,
        )
        for code in PROGRAMMES
    ]
    regions = await _regions(ask)
    inputs = [
        Input("name", w("project.name_field"), required=True),
        Input(
            "region",
            w("column.region"),
            "select",
            typed=regions[0][0] if len(regions) == 1 else "",
            required=True,
            options=regions if len(regions) == 1 else [("", w("project.choose")), *regions],
        ),
        Input("industry", w("project.industry"), hint=w("project.industry_hint"), required=True),
        Input(
            "total_investment",
            w("project.total_field"),
            "money",
            hint=w("report.amount_hint"),
            required=True,
        ),
        Input("equipment_investment", w("project.equipment_field"), "money", required=True),
        Input("bank_loan", w("project.loan_field"), "money"),
        *programmes,
        Input("enterprise", w("project.enterprise_field"), hint=w("project.enterprise_hint")),
        Input("enterprise_name", w("project.enterprise_name_field")),
        Input("planned_on", w("project.planned_field"), "date", hint=w("command.day_hint")),
        Input("evidence", w("command.evidence"), hint=w("command.evidence_hint")),
        Input("project", w("project.id"), hint=w("project.id_hint")),
    ]
    return Command("register", w("project.new"), "/projects", inputs, w("project.register_it"))


async def _regions(ask: Ask) -> list[tuple[str, str]]:
    """Where the reader's projects may lie: a county's in itself, a city's in itself and what is under it."""
    area = ask.session.area
    if ask.session.role == COUNTY and area:
        return [(area, _region(ask, await ask.api.get(f"/regions/{area}")))]
    within: dict[str, Any] = {"parent": area} if ask.session.role == CITY else {}
    found = await ask.api.items("/regions", 5, **within)
    if ask.session.role == CITY and area:
        found = [await ask.api.get(f"/regions/{area}"), *(each for each in found if each["code"] != area)]
    return [(each["code"], _region(ask, each)) for each in found if each["level"] != "province"]


def _region(ask: Ask, found: Json) -> str:
    return f"{ask.region(found['code'], found['name'])} {found['code']}"


PAGES = [PageRoute("/new-project", new, KEEPERS, take=take)]
