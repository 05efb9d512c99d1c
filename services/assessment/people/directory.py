"""The directory of people (人员名录): who stands behind the references in the events. Outside the log, on purpose.

Events hold a pseudonym (`p-…`); only this table says who that is, and erasing a row leaves the hash chain untouched. An
erased row stays, without personal data, so that the next command of the same person doesn't fill it again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.people.views import PersonView
from shared.problems import not_found

_NOTE = text("""
    INSERT INTO person (reference, subject, name, contact, noted_at)
    VALUES (:reference, :subject, :name, :contact, :now)
    ON CONFLICT (reference) DO UPDATE SET
        name = coalesce(excluded.name, person.name), contact = coalesce(excluded.contact, person.contact)
    WHERE person.erased_at IS NULL
""")
_READ = text("SELECT * FROM person WHERE reference = :reference")
_ERASE = text("""
    UPDATE person SET subject = NULL, name = NULL, contact = NULL, erased_at = :now, erased_by = :by
    WHERE reference = :reference AND erased_at IS NULL
""")


async def note(conn: AsyncConnection, person: Mapping[str, Any], now: datetime) -> None:
    """Store who acts under a reference. A repeat changes nothing, and an erased person stays erased."""
    await conn.execute(_NOTE, {**person, "now": now})


async def read(conn: AsyncConnection, reference: str) -> PersonView:
    """The person behind a reference. Raises Problem 404 for a reference under which nobody has acted."""
    row = (await conn.execute(_READ, {"reference": reference})).one_or_none()
    if row is None:
        raise not_found("person", reference)
    return PersonView(**row._mapping)


async def erase(conn: AsyncConnection, reference: str, now: datetime, by: str) -> PersonView:
    """Erase who stands behind a reference; a repeat changes nothing. Raises as `read`."""
    await conn.execute(_ERASE, {"reference": reference, "now": now, "by": by})
    return await read(conn, reference)
