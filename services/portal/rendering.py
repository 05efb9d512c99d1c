"""Pages as HTML."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from services.portal import exports, numbers
from services.portal.ask import address
from services.portal.figures import Bar, Cell, Light, Link, Page
from services.portal.pictures import charts
from services.portal.session import Session
from services.portal.words import Words

FOLDER = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(
    template: str,
    words: Words,
    *,
    path: str,
    query: Mapping[str, str],
    session: Session | None,
    menu: Any = (),
    status: int = 200,
    **more: Any,
) -> HTMLResponse:
    """A template as an answer, with everything that each of them needs."""
    other = "en" if words.language == "zh" else "zh"
    bars = iter(range(1, 10_000))
    text = _environment.get_template(template).render(
        w=words,
        session=session,
        who="" if session is None else words.code("person", session.name) or words.code("role", session.role),
        menu=menu,
        path=path,
        other_language=address(other, path, query),  # type: ignore[arg-type]
        home=address(words.language, "/province", {}),
        help_page=address(words.language, "/help", {}),
        guide_page=address(words.language, "/guide", {}),
        new_key=lambda: uuid4().hex,
        cell=partial(_cell, words, bars),
        heading=lambda column: exports.heading(column, words.language),
        unit=lambda code: numbers.unit(code).to(words.language),
        **more,
    )
    return HTMLResponse(text, status, HEADERS)


def page_html(page: Page, words: Words, *, downloads: Mapping[str, str], **more: Any) -> HTMLResponse:
    """A page."""
    return html("page.html", words, page=page, downloads=downloads, status=page.status, **more)


def _cell(words: Words, bars: Any, cell: Cell, column: Any) -> Markup:
    """A cell of a table."""
    shown = exports.shown(cell, column, words.language)
    match cell:
        case Link():
            return Markup('<a href="{}">{}</a>').format(cell.href, cell.text)
        case Light():
            return Markup(
                '<span class="whole"><span class="light {}"><span aria-hidden="true">{}</span></span> {}</span>'
            ).format(cell.colour, cell.letter, cell.text)
        case Bar():
            drawn = charts.bar(f"bar{next(bars)}", _float(cell.percent), _float(cell.schedule), cell.light)
            return Markup('<span class="with-bar">{}<b>{}</b></span>').format(drawn, shown)
        case _:
            return Markup("{}").format(shown)


def _float(value: Any) -> float | None:
    """For a drawing: rounded first, so that no picture shows more than its number."""
    found = numbers.rounded(value, 1)
    return None if found is None else float(found)
