"""Problems (困难和问题): the list that filters narrow, and one with how it went up, and the forms that move it on."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.portal.ask import Ask
from services.portal.commands import (
    Command,
    Done,
    Input,
    Returned,
    forbidden,
    forms,
    said,
    send,
    version,
)
from services.portal.figures import Choice, Column, Field, Figure, Form, Link, Page, Table, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import actions
from services.portal.pages.project_forms import PROBLEM_KINDS, PROGRAMMES
from services.portal.roles import KEEPERS

_STANDINGS = ("waiting", "answered", "decided", "closed")
_LEVELS = ("county", "city", "province")
_PAGE = 50


async def problems(ask: Ask) -> Page:
    """The list, as far as the reader may see it."""
    w, query = ask.words, ask.query
    standing = ask.one_of("standing", ("open", "overdue", "major", *_STANDINGS), "open")
    narrowed = {standing: "true"} if standing in ("open", "overdue", "major") else {"standing": standing}
    answer = await ask.api.get(
        "/problems",
        **narrowed,
        kind=ask.one_of("kind", ("", *PROBLEM_KINDS), ""),
        level=ask.one_of("level", ("", *_LEVELS), ""),
        programme=ask.one_of("programme", ("", *PROGRAMMES), ""),
        region=query.get("region"),
        project=query.get("project"),
        cursor=query.get("cursor"),
        limit=_PAGE,
    )
    rows = [_row(ask, each) for each in answer["items"]]
    more = answer["next_cursor"]
    return Page(
        title=w("problem.title"),
        menu="problems",
        lead=[w("problem.lead")],
        tiles=_tiles(ask, answer["counts"]),
        choices={
            **actions(ask, (w("meeting.title"), "/meetings", ask.government)),
            w("column.standing"): _choices(ask, standing),
        },
        forms=[_filter(ask)],
        figures=[
            Figure(
                "problems",
                w("problem.title"),
                table=Table(_columns(ask), rows),
                state="ok" if rows else "empty",
                note="" if rows else w("problem.none"),
                wide=True,
            )
        ],
        more=Link(w("page.next"), ask.here(cursor=more)) if more else None,
    )


def _tiles(ask: Ask, counts: Json | None) -> list[Tile]:
    w = ask.words
    if counts is None:  # with the first page only
        return []
    shown = [(each, f"problem_standing.{each}") for each in _STANDINGS[:3]]
    shown += [("overdue", "problem.overdue"), ("major", "problem.is_major")]
    return [
        Tile(w(label), str(counts[name]), href=ask.here(standing=name, cursor=None)) for name, label in shown
    ]


def _choices(ask: Ask, chosen: str) -> list[Choice]:
    w = ask.words
    named = [("open", w("problem.open")), *((each, w(f"problem_standing.{each}")) for each in _STANDINGS)]
    named += [("overdue", w("problem.overdue")), ("major", w("problem.is_major"))]
    return [Choice(text, ask.here(standing=name, cursor=None), name == chosen) for name, text in named]


def _filter(ask: Ask) -> Form:
    w, query = ask.words, ask.query

    def select(name: str, label: str, words: str, codes: Sequence[str]) -> Field:
        options = [("", w("word.all")), *((code, w(f"{words}.{code}")) for code in codes)]
        return Field(name, label, query.get(name, ""), "select", options=options)

    fields = [
        select("kind", w("problem_list.kind"), "problem_kind", PROBLEM_KINDS),
        select("level", w("problem_list.level"), "role", _LEVELS),
        select("programme", w("column.programme"), "programme", PROGRAMMES),
        *(
            Field(name, "", query[name], "hidden")
            for name in ("standing", "region", "project", "as_of")
            if query.get(name)
        ),
    ]
    return Form("filter", w("project.filter"), fields, w("page.show"), method="get")


def _columns(ask: Ask) -> tuple[Column, ...]:
    w = ask.words
    return (
        Column("text", w("problem_list.text")),
        Column("region", w("column.region")),
        Column("project", w("project.id")),
        Column("kind", w("problem_list.kind")),
        Column("level", w("problem_list.level")),
        Column("escalations", w("problem.escalations"), "number", digits=0),
        Column("owner", w("problem.owner")),
        Column("standing", w("column.standing")),
        Column("due", w("problem_list.due"), "day"),
    )


def _row(ask: Ask, each: Json) -> tuple[Any, ...]:
    w = ask.words
    return (
        Link(each["text"], ask.href(f"/problems/{each['problem']}")),
        ask.region(each["region"]),
        Link(each["project"], ask.href(f"/projects/{each['project']}")),
        w.code("problem_kind", each["kind"]),
        w.code("role", each["level"]),
        each["escalations"],
        each["owner"],
        _standing(ask, each),
        each["due_on"],
    )


def _standing(ask: Ask, each: Json) -> str:
    w = ask.words
    marks = [
        w(f"problem.{name}")
        for name, is_so in (("is_major", each["major"]), ("overdue", each["overdue"]))
        if is_so
    ]
    return " · ".join([w.code("problem_standing", each["standing"]), *marks])


async def problem(ask: Ask) -> Page:
    """One problem: whose it is, what was said to it and when it went up, and what may be done."""
    return _page(ask, await ask.api.get(f"/problems/{ask.params['problem']}"), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Move it on. A problem that has changed since is shown as it is now, with what was typed."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    found = await ask.api.get(f"/problems/{ask.params['problem']}")
    match await send(ask, _commands(ask, found), form):
        case Done(name):
            return ask.href(ask.path, done=name)
        case back:
            return _page(ask, found, back)


def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    offered = _commands(ask, found) if ask.session.role in KEEPERS else []
    return Page(
        title=found["text"],
        menu="problems",
        lead=[
            w(
                "problem.about",
                problem=found["problem"],
                region=ask.region(found["region"], found.get("region_name")),
                kind=w.code("problem_kind", found["kind"]),
            )
        ],
        tiles=[
            Tile(w("column.standing"), _standing(ask, found)),
            Tile(w("problem_list.level"), w.code("role", found["level"])),
            Tile(w("problem_list.due"), ask.day(found["due_on"])),
            Tile(w("problem.escalations"), str(found["escalations"])),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, offered, back),
        figures=[_facts(ask, found), _history(ask, found)],
    )


def _facts(ask: Ask, found: Json) -> Figure:
    w = ask.words
    project = Link(found.get("project_name") or found["project"], ask.href(f"/projects/{found['project']}"))
    rows: list[tuple[str, Any]] = [
        (w("project.name"), project),
        (w("problem.raised"), ask.day(found["raised_on"])),
        *(
            (label, found[name])
            for name, label in (
                ("owner", w("problem.owner")),
                ("answer", w("problem_list.answer")),
                ("meeting", w("problem.meeting")),
                ("decision", w("problem.decision")),
                ("resolution", w("problem.resolution")),
            )
            if found[name]
        ),
    ]
    columns = (Column("what", w("evidence.what")), Column("said", w("evidence.said")))
    return Figure("facts", w("project.facts"), table=Table(columns, rows))


def _history(ask: Ask, found: Json) -> Figure:
    w = ask.words
    columns = (
        Column("on", w("column.day"), "day"),
        Column("event", w("problem.event")),
        Column("level", w("problem_list.level")),
        Column("text", w("evidence.said")),
        Column("by", w("problem.by")),
        Column("recorded", w("evidence.recorded"), "moment"),
        Column("log", w("evidence.log")),
    )
    rows = [
        (
            each["on"],
            w.code("problem_event", each["event"]),
            w.code("role", each["level"]),
            each["text"],
            each["by"] or w("problem.by_rule"),
            each["recorded_at"],
            f"projects {each['position']}",
        )
        for each in found["history"]
    ]
    return Figure("history", w("problem.history"), table=Table(columns, rows, 1), wide=True)


def _commands(ask: Ask, found: Json) -> list[Command]:
    """What may be said of it as it stands: a closed one is only opened again."""
    w, seen = ask.words, version(found["version"])
    evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
    on = Input("on", w("column.day"), "date", hint=w("command.day_hint"))
    reason = Input("reason", w("command.reason"), "textarea", required=True)

    def of(name: str, path: str, *inputs: Input) -> Command:
        title = w("problem.major_form" if name == "major" else f"problem.{name}")
        return Command(name, title, f"/problems/{found['problem']}/{path}", [*inputs, seen], title)

    if found["standing"] == "closed":
        due = Input("due_on", w("problem_list.due"), "date", hint=w("problem.due_hint"))
        return [of("reopen", "reopening", reason, due)]
    answer = Input("answer", w("problem_list.answer"), "textarea", required=True)
    offered = [of("answer", "answers", answer, evidence, on)]
    if found["standing"] != "decided":
        owner = Input("owner", w("problem.owner"), typed=found["owner"] or "", required=True)
        due = Input("due_on", w("problem_list.due"), "date", typed=found["due_on"], required=True)
        offered.append(of("assign", "assignments", owner, due))
    if not found["major"]:
        offered.append(of("major", "major", reason))
    resolution = Input("resolution", w("problem.resolution"), "textarea", required=True)
    offered.append(of("close", "closing", resolution, evidence, on))
    return offered


PAGES = [
    PageRoute("/problems", problems, menu="problems"),
    PageRoute("/problems/{problem}", problem, take=take),
]
