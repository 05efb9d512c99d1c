"""Figures of issued documents that have changed since, because monthly reports were corrected."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.projects.documents.decisions import DOCUMENT, differences
from services.projects.documents.facts import Difference, Document, Figure, stream
from services.projects.documents.snapshot import investment_now
from shared.service import Service

_OF_REPORTS = frozenset({"in_period", "year_to_date", "months_missing"})
"""Measures that depend on monthly reports alone: revising a target makes no earlier figure wrong."""
_SAID: WeakKeyDictionary[AsyncEngine, dict[str, tuple[Figure, ...]]] = WeakKeyDictionary()
"""Cache of the report figures of issued documents, by database; an issued document never changes."""


async def outdated(
    service: Service, conn: AsyncConnection, issued: Iterable[tuple[str, str]]
) -> dict[str, tuple[Difference, ...]]:
    """For each issued (document, period): the figures that differ from what is known now, with both values."""
    wanted = dict(issued)
    now = await investment_now(conn, sorted(set(wanted.values())), service.today())
    return {
        document: differences(await _said(service, conn, document), _of_reports(now[period]))
        for document, period in wanted.items()
    }


async def _said(service: Service, conn: AsyncConnection, document: str) -> tuple[Figure, ...]:
    known = _SAID.setdefault(service.engine, {})
    if document not in known:
        state, _ = await service.state(conn, DOCUMENT, stream(document))
        figures = state.drafted.snapshot.figures if isinstance(state, Document) else ()
        known[document] = _of_reports(figures)
    return known[document]


def _of_reports(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    return tuple(each for each in figures if each.section == "investment" and each.measure in _OF_REPORTS)
