"""Lists as most pages have them: columns beside what fills them, filters of the address, the way to the next page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from services.portal.ask import Ask
from services.portal.figures import Cell, Choice, Column, Field, Figure, Form, Link, Table
from services.portal.pages.common import Json

Filled = tuple[Column, Callable[[Json], Cell]]
"""A column, and its cell of one item."""
PAGE = 50
"""Items that a page of a list shows."""


def listed(
    ask: Ask,
    name: str,
    items: Iterable[Json],
    *columns: Filled,
    none: str = "",
    heading: int = 0,
    **more: Any,
) -> Figure:
    """A figure with a row per item. `name` also names its title, `NAME.list`; `none` is said where there is no item."""
    rows = [tuple(fill(each) for _, fill in columns) for each in items]
    table = Table([column for column, _ in columns], rows, heading)
    title = more.pop("title", None) or ask.words(f"{name}.list")
    empty = {} if rows else {"state": "empty", "note": none}
    return Figure(name.replace(".", "-"), title, table=table, **{"wide": True, **more, **empty})


def plain(key: str, title: str, kind: Any = "text", unit: str = "", digits: int | None = None) -> Filled:
    """A column that shows the item's value of that name as it is."""
    return Column(key, title, kind, unit, digits), lambda each: each[key]


def filled(key: str, title: str, fill: Callable[[Json], Cell], kind: Any = "text", unit: str = "") -> Filled:
    """A column with a cell of its own."""
    return Column(key, title, kind, unit), fill


def coded(ask: Ask, key: str, title: str, words: str) -> Filled:
    """A column of a code's name."""
    return Column(key, title), lambda each: ask.words.code(words, each[key])


def region(ask: Ask, title: str = "") -> Filled:
    """The region's name, leading to its page."""

    def fill(each: Json) -> Cell:
        name = ask.region(each["region"], each.get("region_name"))
        return Link(name, ask.href(f"/regions/{each['region']}"))

    return Column("region", title or ask.words("column.region")), fill


def project(ask: Ask) -> Filled:
    """The project, leading to its page."""

    def fill(each: Json) -> Cell:
        if not each["project"]:
            return None
        name = each.get("project_name") or each.get("name") or each["project"]
        return Link(name, ask.href(f"/projects/{each['project']}"))

    return Column("project", ask.words("project.name")), fill


def facts(ask: Ask, *rows: tuple[str, Cell], name: str = "facts", title: str = "") -> Figure:
    """What is known of one thing, without what isn't."""
    columns = (Column("what", ask.words("evidence.what")), Column("said", ask.words("evidence.said")))
    said = [row for row in rows if row[1] not in (None, "")]
    return Figure(name, title or ask.words("project.facts"), table=Table(columns, said))


def choice_of(ask: Ask, name: str, label: str, codes: Sequence[str], words: str) -> Field:
    """A filter with a fixed set of values, and all of them."""
    options = [("", ask.words("word.all")), *((code, ask.words.code(words, code)) for code in codes)]
    return Field(name, label, ask.query.get(name, ""), "select", options=options)


def text_of(ask: Ask, name: str, label: str) -> Field:
    """A filter that is typed."""
    return Field(name, label, ask.query.get(name, ""), "search")


def city_of(ask: Ask) -> Field:
    """The filter of a city; a county that is in the address stays among the choices."""
    w, given = ask.words, ask.query.get("region", "")
    codes = ["350000", *(f"350{n}00" for n in range(1, 10))]
    found = choice_of(ask, "region", w("column.region"), codes, "region")
    return found if given in ("", *codes) else replace(found, options=[*found.options, (given, given)])


def narrow(ask: Ask, *fields: Field, keep: Sequence[str] = ()) -> Form:
    """The list's filter. What of the address has no field of its own and is named in `keep` stays in it."""
    kept = [Field(name, "", ask.query[name], "hidden") for name in ("as_of", *keep) if ask.query.get(name)]
    return Form("filter", ask.words("project.filter"), [*fields, *kept], ask.words("page.show"), method="get")


def choices(ask: Ask, name: str, codes: Sequence[str], words: str, chosen: str) -> list[Choice]:
    """One filter as links, all of it first."""
    return [
        Choice(
            ask.words.code(words, code) or ask.words("word.all"),
            ask.here(**{name: code or None, "cursor": None}),
            code == chosen,
        )
        for code in codes
    ]


def onward(ask: Ask, answer: Mapping[str, Any]) -> Link | None:
    """The next page of the list, if there is one."""
    cursor = answer["next_cursor"]
    return Link(ask.words("page.next"), ask.here(cursor=cursor)) if cursor else None


def actions(ask: Ask, *offered: tuple[str, str, bool]) -> dict[str, list[Choice]]:
    """Ways on from a page, as links: (text, path with its query, whether the reader has it)."""
    found = []
    for text, to, is_offered in offered:
        path, _, query = to.partition("?")
        if is_offered:
            found.append(Choice(text, ask.href(path, **dict(parse_qsl(query)))))
    return {ask.words("command.title"): found} if found else {}


def history(ask: Ask, items: Iterable[Json], *columns: Filled, words: str, log: str, **more: Any) -> Figure:
    """What was recorded of one thing: when, what, and its place in the log."""
    w = ask.words
    return listed(
        ask,
        "history",
        items,
        plain("recorded_at", w("evidence.recorded"), "moment"),
        coded(ask, more.pop("event", "type"), w("problem.event"), words),
        *columns,
        filled("position", w("evidence.log"), lambda each: f"{log} {each['position']}"),
        title=w("problem.history"),
        heading=1,
        **more,
    )
