"""Meetings (调度会) on problems: convened, prepared with their pack, concluded; and what each decides on a problem."""

from collections.abc import Mapping, Sequence

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said, version
from services.portal.figures import Cell, Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, form_page
from services.portal.pages.lists import (
    PAGE,
    actions,
    choice_of,
    city_of,
    coded,
    filled,
    listed,
    narrow,
    onward,
    plain,
    region,
)
from services.portal.pages.project_forms import PROBLEM_KINDS
from services.portal.roles import CITY, GOVERNMENT, PROVINCE
from services.portal.typed import options_of

KINDS = ("dispatch", "starts")
STANDINGS = ("convened", "prepared", "concluded")
_CALLERS = (PROVINCE, CITY)
_WHOLE_PROVINCE = "350000"
_DECIDE = "meeting_decide"


async def meetings(ask: Ask) -> Page:
    """In order of their days."""
    w, query = ask.words, ask.query
    answer = await ask.api.get(
        "/meetings",
        kind=ask.one_of("kind", ("", *KINDS), ""),
        standing=ask.one_of("standing", ("", *STANDINGS), ""),
        region=query.get("region"),
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    return Page(
        title=w("meeting.title"),
        menu="problems",
        lead=[w("meeting.lead")],
        choices=actions(ask, (w("meeting.new"), "/new-meeting", ask.session.role in _CALLERS)),
        forms=[
            narrow(
                ask,
                choice_of(ask, "kind", w("meeting.kind"), KINDS, "meeting_kind"),
                choice_of(ask, "standing", w("column.standing"), STANDINGS, "meeting_standing"),
                city_of(ask),
            )
        ],
        figures=[
            listed(
                ask,
                "meeting",
                answer["items"],
                filled("name", w("meeting.name"), lambda each: _link(ask, each)),
                coded(ask, "kind", w("meeting.kind"), "meeting_kind"),
                region(ask),
                plain("held_on", w("meeting.held_on"), "day"),
                coded(ask, "standing", w("column.standing"), "meeting_standing"),
                plain("problems", w("project.problems"), "number", digits=0),
                plain("decided", w("meeting.decided"), "number", digits=0),
                none=w("meeting.none"),
            )
        ],
        more=onward(ask, answer),
    )


def _link(ask: Ask, each: Json) -> Cell:
    return Link(each["name"], ask.href(f"/meetings/{each['meeting']}"))


async def meeting(ask: Ask) -> Page:
    """One meeting with its pack: project by project."""
    return _page(ask, await _pack(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Fix the agenda, enter a decision, conclude it."""
    if ask.session.role not in _CALLERS:
        raise forbidden(ask.words)
    pack = await _pack(ask)
    back = await carried_out(
        ask,
        _commands(ask, pack),
        form,
        lambda done: ask.href(ask.path, done=_DECIDE if done.command.startswith("decide-") else done.command),
    )
    return back if isinstance(back, str) else _page(ask, pack, back)


async def _pack(ask: Ask) -> Json:
    return await ask.api.get(
        f"/meetings/{ask.params['meeting']}/pack", cursor=ask.query.get("cursor"), limit=200
    )


def _problems(pack: Json) -> list[Json]:
    return [
        {**each, "project_name": project["name"], "stage": project["stage"]}
        for project in pack["items"]
        for each in project["problems"]
    ]


def _page(ask: Ask, pack: Json, back: Returned) -> Page:
    w, found = ask.words, pack["meeting"]
    problems = _problems(pack)
    kinds = ", ".join(w.code("problem_kind", code) for code in found["kinds"]) or w("word.all")
    return Page(
        title=found["name"],
        menu="problems",
        lead=[
            w(
                "meeting.about",
                meeting=found["meeting"],
                kind=w.code("meeting_kind", found["kind"]),
                kinds=kinds,
            )
        ],
        tiles=[
            Tile(w("column.standing"), w.code("meeting_standing", found["standing"])),
            Tile(w("meeting.held_on"), ask.day(found["held_on"])),
            Tile(w("project.problems"), ask.number(found["problems"])),
            Tile(w("meeting.decided"), ask.number(found["decided"])),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, pack), back),
        figures=[
            listed(
                ask,
                "meeting.pack",
                problems,
                filled(
                    "project",
                    w("project.name"),
                    lambda each: Link(each["project_name"], ask.href(f"/projects/{each['project']}")),
                ),
                coded(ask, "stage", w("project.stage"), "stage"),
                region(ask),
                filled(
                    "text",
                    w("problem_list.text"),
                    lambda each: Link(each["text"], ask.href(f"/problems/{each['problem']}")),
                ),
                coded(ask, "kind", w("problem_list.kind"), "problem_kind"),
                coded(ask, "level", w("problem_list.level"), "role"),
                plain("owner", w("problem.owner")),
                plain("due_on", w("problem_list.due"), "day"),
                plain("answer", w("problem_list.answer")),
                plain("decision", w("problem.decision")),
                none=w("meeting.no_problems"),
                title=w("meeting.pack"),
            )
        ],
        more=onward(ask, pack),
    )


def _calls(ask: Ask, found: Json) -> bool:
    """Whether the reader's own government has called it."""
    if ask.session.role == PROVINCE:
        return bool(found["region"] == _WHOLE_PROVINCE)
    return ask.session.role == CITY and ask.session.area == found["region"]


def _commands(ask: Ask, pack: Json) -> list[Command]:
    w, found = ask.words, pack["meeting"]
    if not _calls(ask, found) or found["standing"] == "concluded":
        return []
    path, seen = f"/meetings/{found['meeting']}", version(found.get("version"))
    named = [each["problem"] for each in _problems(pack)]
    chosen = Input(
        "problems", w("meeting.problems"), "lines", "\n".join(named), hint=w("meeting.problems_hint")
    )
    offered = [_command(ask, "agenda", f"{path}/agenda", [chosen, seen])]
    if found["standing"] == "prepared":
        evidence = Input("evidence", w("meeting.minutes"), required=True)
        offered += _decisions(ask, pack)
        offered.append(_command(ask, "conclude", f"{path}/conclusion", [evidence, seen]))
    return offered


def _decisions(ask: Ask, pack: Json) -> list[Command]:
    """One form for each problem that it hasn't decided: its path names the problem."""
    w = ask.words
    offered = []
    waiting = [each for each in _problems(pack) if each["standing"] not in ("decided", "closed")]
    for number, each in enumerate(waiting, start=1):
        inputs = [
            Input("decision", w("meeting.decision"), "textarea", required=True),
            Input("owner", w("problem.owner"), typed=each["owner"] or "", required=True),
            Input("due_on", w("problem_list.due"), "date", required=True),
            version(each.get("version")),
        ]
        offered.append(
            Command(
                f"decide-{number}",
                w("meeting.decide", problem=each["text"]),
                f"/problems/{each['problem']}/decisions",
                inputs,
                w("meeting.decide_it"),
                fixed={"meeting": pack["meeting"]["meeting"]},
            )
        )
    return offered


def _command(ask: Ask, name: str, path: str, inputs: Sequence[Input]) -> Command:
    title = ask.words(f"meeting.{name}")
    return Command(f"meeting_{name}", title, path, inputs, title, note=ask.words(f"meeting.{name}_note"))


async def new(ask: Ask) -> Page:
    """The form of a meeting that isn't convened yet."""
    return _new_page(ask, Returned())


async def take_new(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Convene it, and go on to its page."""
    back = await carried_out(
        ask,
        [_convene(ask)],
        form,
        lambda done: ask.href(f"/meetings/{done.answer['meeting']}", done="convene"),
    )
    return back if isinstance(back, str) else _new_page(ask, back)


def _new_page(ask: Ask, back: Returned) -> Page:
    return form_page(ask, "meeting", "problems", _convene(ask), back)


def _convene(ask: Ask) -> Command:
    w = ask.words
    kinds = options_of(w, ((code, w(f"meeting_kind.{code}")) for code in KINDS))
    inputs = [
        Input("kind", w("meeting.kind"), "select", required=True, options=kinds),
        Input("name", w("meeting.name"), required=True),
        Input("held_on", w("meeting.held_on"), "date", required=True),
        *(
            Input(f"kind_{code}", w(f"problem_kind.{code}"), "checkbox", into="kinds", value=code)
            for code in PROBLEM_KINDS
        ),
        Input("meeting", w("command.optional_id"), hint=w("command.optional_id_hint")),
    ]
    region = ask.session.area or _WHOLE_PROVINCE
    return Command(
        "convene",
        w("meeting.new"),
        "/meetings",
        inputs,
        w("meeting.convene"),
        w("meeting.convene_note"),
        {"region": region},
    )


PAGES = [
    PageRoute("/meetings", meetings, GOVERNMENT),
    PageRoute("/meetings/{meeting}", meeting, GOVERNMENT, take=take),
    PageRoute("/new-meeting", new, _CALLERS, take=take_new),
]
