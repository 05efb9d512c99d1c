"""Writes the table of finished imports."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.file_import import FileImportEvent


async def apply(conn: AsyncConnection, event: FileImportEvent) -> None:
    """Writes the row that follows from the event."""
    await conn.execute(
        insert(tables.file_imported).values(
            job=event.file_import,
            kind=event.kind,
            file_name=event.file_name,
            sha256=event.sha256,
            mode=event.mode,
            rows=event.rows,
            created=event.created,
            changed=event.changed,
            unchanged=event.unchanged,
            refused=event.refused,
            on=event.on,
            imported_by=event.imported_by,
        )
    )
