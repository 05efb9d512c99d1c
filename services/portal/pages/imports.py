"""Spreadsheets (导入): templates, sending one, what it would do, how far it is, its faults and changes."""

from collections.abc import Mapping
from dataclasses import replace

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forms, said
from services.portal.figures import Choice, Field, Figure, Form, Link, Page, Tile
from services.portal.pages import FileRoute, PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import PAGE, Filled, coded, facts, filled, listed, onward, plain
from services.portal.roles import KEEPERS
from services.portal.typed import options_of
from services.portal.uploads import MOST_BYTES, File
from shared.problems import Problem

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA = {"csv": "text/csv", "xlsx": _XLSX}
_GOING_ON = ("receiving", "checking", "running")
_COUNTS = ("rows", "done", "faulty", "changing", "created", "changed", "unchanged", "refused")


async def imports(ask: Ask) -> Page:
    """One's own imports, the newest first, and what can be imported."""
    w = ask.words
    answer = await ask.api.get("/imports", cursor=ask.query.get("cursor"), limit=PAGE)
    kinds = (await ask.api.get("/import-kinds"))["items"]
    return Page(
        title=w("import.title"),
        menu="imports",
        lead=[w("import.lead")],
        figures=[
            listed(
                ask,
                "import.kinds",
                kinds,
                filled(
                    "kind",
                    w("import.kind"),
                    lambda each: Link(_named(ask, each), ask.href(f"/new-import/{each['kind']}")),
                ),
                filled("columns", w("import.columns"), lambda each: len(each["columns"]), "number"),
                filled("template", w("import.template"), lambda each: _template(ask, each)),
                title=w("import.kinds"),
            ),
            listed(
                ask,
                "import",
                answer["items"],
                filled(
                    "file",
                    w("import.file"),
                    lambda each: Link(
                        each["file_name"] or each["import"], ask.href(f"/imports/{each['import']}")
                    ),
                ),
                coded(ask, "kind", w("import.kind"), "import_kind"),
                coded(ask, "standing", w("column.standing"), "import_standing"),
                *(_count(ask, name) for name in ("rows", "faulty", "created", "changed", "refused")),
                plain("opened_at", w("import.sent"), "moment"),
                none=w("import.none"),
            ),
        ],
        more=onward(ask, answer),
    )


def _named(ask: Ask, kind: Json) -> str:
    """What the kind is called: the API has it in the reader's language."""
    known = f"import_kind.{kind['kind']}"
    return ask.words(known) if ask.words.has(known) else str(kind["term"])


def _template(ask: Ask, kind: Json) -> Link:
    return Link(ask.words("import.download"), ask.href(f"/new-import/{kind['kind']}/template"))


def _count(ask: Ask, name: str) -> Filled:
    return plain(name, ask.words(f"import.{name}"), "number", digits=0)


async def new(ask: Ask) -> Page:
    """What columns such a spreadsheet has, and the form that sends one."""
    return _new_page(ask, await _kind(ask), "", 200)


async def send(ask: Ask, form: Mapping[str, str], file: File) -> Page | str:
    """Hand the file to the gateway, and go on to what it would do. Nothing is carried out yet."""
    w, kind = ask.words, await _kind(ask)
    if not file.name or not file.body:
        return _new_page(ask, kind, w("import.no_file"), 422)
    if len(file.body) > MOST_BYTES:
        return _new_page(ask, kind, w("import.too_large", most=MOST_BYTES // 1_000_000), 422)
    media = _MEDIA.get(file.name.rpartition(".")[2].lower(), "application/octet-stream")
    try:
        made = await ask.api.upload(
            f"/imports/{kind['kind']}", file.body, media, file.name, form.get("form_key", "")
        )
    except Problem as refused:
        if refused.status in (401, 403) or refused.status >= 500:
            raise
        told = " ".join(part for part in (refused.detail, refused.remedy) if part)
        return _new_page(ask, kind, told, 422)
    return ask.href(f"/imports/{made['import']}", done="upload")


async def _kind(ask: Ask) -> Json:
    w, name = ask.words, ask.params["kind"]
    kinds = (await ask.api.get("/import-kinds"))["items"]
    found: Json | None = next((each for each in kinds if each["kind"] == name), None)
    if found is None:
        told = w("import.unknown", kind=name[:40])
        raise Problem(404, "not-found", w("import.title"), told, remedy=w("problem.absent.remedy"))
    return found


def _new_page(ask: Ask, kind: Json, fault: str, status: int) -> Page:
    w = ask.words
    file = Field(
        "file", w("import.file"), kind="file", hint=w("import.file_hint"), fault=fault, required=True
    )
    return Page(
        title=w("import.new", kind=_named(ask, kind)),
        menu="imports",
        lead=[w("import.new_lead")],
        choices={w("import.template"): [Choice(w("import.download"), _template(ask, kind).href)]},
        said=[fault] if fault else [],
        status=status,
        forms=[Form("upload", w("import.send"), [file], w("import.send"), note=w("import.send_note"))],
        figures=[
            listed(
                ask,
                "import.columns_of",
                kind["columns"],
                plain("heading", w("import.heading")),
                plain("field", w("import.field")),
                filled("required", w("import.required"), lambda each: w.yes(each["required"])),
                plain("form", w("import.form")),
                plain("example", w("import.example")),
                title=w("import.columns"),
            )
        ],
    )


async def one(ask: Ask) -> Page:
    """One import: what it would do before it runs, how far it is, what became of it."""
    return await _page(ask, await _found(ask), Returned())


async def run(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Carry it out."""
    found = await _found(ask)
    back = await carried_out(ask, _commands(ask, found), form)
    return back if isinstance(back, str) else await _page(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/imports/{ask.params['import']}")


async def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w, standing = ask.words, found["standing"]
    path = f"/imports/{found['import']}"
    going_on = standing in _GOING_ON
    figures = [] if going_on else [await _faults(ask, path), await _changes(ask, path)]
    return Page(
        title=w("import.of", file=found["file_name"] or found["import"]),
        menu="imports",
        lead=[w(f"import.now_{standing}", done=found["done"], rows=found["rows"])],
        choices={w("command.title"): [Choice(w("import.look_again"), ask.href(ask.path))]}
        if going_on
        else {},
        tiles=[
            Tile(w("column.standing"), w.code("import_standing", standing)),
            *(Tile(w(f"import.{name}"), ask.number(found[name])) for name in _COUNTS),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found), back),
        figures=[*figures, *_read(ask, found)],
        live=going_on,
    )


async def _faults(ask: Ask, path: str) -> Figure:
    w = ask.words
    answer = await ask.api.get(f"{path}/faults", cursor=ask.query.get("cursor"), limit=200)
    found = listed(
        ask,
        "import.faults",
        answer["items"],
        plain("row", w("import.row"), "number", digits=0),
        plain("cell", w("import.cell")),
        plain("column", w("import.column")),
        plain("value", w("quarantine.value")),
        plain("why", w("import.why")),
        plain("remedy", w("import.remedy")),
        title=w("import.faults"),
        none=w("import.no_faults"),
        state="late",
    )
    more = onward(ask, answer)
    return found if more is None else replace(found, sources=[more])


async def _changes(ask: Ask, path: str) -> Figure:
    w = ask.words
    items = await ask.api.items(f"{path}/changes", 5, limit=200)
    return listed(
        ask,
        "import.changes",
        items,
        plain("row", w("import.row"), "number", digits=0),
        plain("id", w("import.about")),
        plain("column", w("import.column")),
        plain("old", w("document.before")),
        plain("new", w("document.after")),
        coded(ask, "outcome", w("column.standing"), "import_outcome"),
        title=w("import.changes"),
        none=w("import.no_changes"),
    )


def _read(ask: Ask, found: Json) -> list[Figure]:
    """What was read of the file, and what of it was left out."""
    w = ask.words
    return [
        listed(
            ask,
            "import.left_out",
            found["left_out"],
            plain("where", w("import.where")),
            plain("count", w("import.number"), "number", digits=0),
            plain("why", w("import.why")),
            plain("remedy", w("import.remedy")),
            title=w("import.left_out"),
            none=w("import.nothing_left_out"),
            state="provisional",
        ),
        listed(
            ask,
            "import.read",
            found["columns"],
            plain("column", w("import.column")),
            plain("title", w("import.heading")),
            plain("term", w("import.understood")),
            title=w("import.read"),
        ),
        facts(
            ask,
            (w("import.kind"), w.code("import_kind", found["kind"])),
            (w("import.sheet"), found["sheet"]),
            (w("import.heading_row"), found["heading_row"]),
            (w("import.sent"), ask.moment(found["opened_at"])),
            ("SHA-256", found["sha256"]),
        ),
    ]


def _commands(ask: Ask, found: Json) -> list[Command]:
    """What was checked is carried out: all of it, or what is good."""
    if found["standing"] not in ("checked", "failed"):
        return []
    w = ask.words
    modes = [(code, w(f"import.mode_{code}")) for code in ("all", "good")]
    inputs = [
        Input("mode", w("import.mode"), "select", required=True, options=options_of(w, modes)),
        Input("reason", w("import.reason"), hint=w("import.reason_hint")),
    ]
    return [Command("run", w("import.run"), f"/imports/{found['import']}/run", inputs, w("import.run"))]


async def template(ask: Ask) -> tuple[bytes, str, str]:
    """The template of a kind, from the API."""
    kind = ask.params["kind"]
    body, media = await ask.api.file(f"/import-kinds/{kind}/template")
    return body, media, f"{kind}-template.xlsx"


PAGES = [
    PageRoute("/imports", imports, KEEPERS, menu="imports"),
    PageRoute("/imports/{import}", one, KEEPERS, take=run),
    PageRoute("/new-import/{kind}", new, KEEPERS, upload=send),
]
FILES = [FileRoute("/new-import/{kind}/template", template, KEEPERS)]
