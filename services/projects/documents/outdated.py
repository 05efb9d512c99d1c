"""Figures of issued documents that have changed since, because monthly reports were corrected."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.app import App
from services.projects.documents.decisions import DOCUMENT, differences
from services.projects.documents.facts import Difference, Document, Figure, stream
from services.projects.documents.snapshot import investment_now

_OF_REPORTS = frozenset({"in_period", "year_to_date", "months_missing"})
"""Measures that depend on monthly reports alone: revising a target makes no earlier figure wrong."""


async def outdated(
    app: App, conn: AsyncConnection, issued: Iterable[tuple[str, str]]
) -> dict[str, tuple[Difference, ...]]:
    """For each issued (document, period): the figures that differ from what is known now, with both values."""
    wanted = dict(issued)
    now = await investment_now(conn, sorted(set(wanted.values())), app.today())
    return {
        document: differences(await _said(app, conn, document), _of_reports(now[period]))
        for document, period in wanted.items()
    }


async def _said(app: App, conn: AsyncConnection, document: str) -> tuple[Figure, ...]:
    if document not in app.frozen:
        state, _ = await app.state(conn, DOCUMENT, stream(document))
        figures = state.drafted.snapshot.figures if isinstance(state, Document) else ()
        app.frozen[document] = _of_reports(figures)
    return app.frozen[document]


def _of_reports(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    return tuple(each for each in figures if each.section == "investment" and each.measure in _OF_REPORTS)
