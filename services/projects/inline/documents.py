"""Documents as their list shows them."""

from typing import Any, assert_never

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.document import (
    DocumentDiscarded,
    DocumentDrafted,
    DocumentEvent,
    DocumentIssued,
    DocumentRedrafted,
    DocumentReturned,
    DocumentReviewed,
)


async def apply(conn: AsyncConnection, event: DocumentEvent) -> None:
    """Write what the event means into the table."""
    match event:
        case DocumentDrafted():
            await conn.execute(
                insert(tables.document).values(
                    document=event.document,
                    kind=event.kind,
                    period=event.period,
                    standing="draft",
                    as_of=event.snapshot.as_of,
                    corrects=event.corrects,
                )
            )
        case DocumentRedrafted():
            await _set(conn, event.document, as_of=event.snapshot.as_of)
        case DocumentReviewed():
            await _set(conn, event.document, standing="reviewed")
        case DocumentReturned():
            await _set(conn, event.document, standing="draft")
        case DocumentDiscarded():
            await _set(conn, event.document, standing="discarded")
        case DocumentIssued():
            await _set(
                conn,
                event.document,
                standing="issued",
                region=event.region,
                year=event.year,
                number=event.number,
                label=event.label,
                issued_on=event.on,
            )
            if event.corrects is not None:
                await _set(conn, event.corrects, corrected_by=event.document)
        case _:
            assert_never(event)


async def _set(conn: AsyncConnection, document: str, **values: Any) -> None:
    table = tables.document
    await conn.execute(update(table).where(table.c.document == document).values(**values))
