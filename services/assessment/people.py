"""The directory of people (人员名录): who stands behind the references in the events. Outside the log, on purpose.

Events hold a pseudonym (`p-…`); only this table says who that is, and erasing a row leaves the hash chain untouched. An
erased row stays, without personal data, so that the next command of the same person doesn't fill it again.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import Clock
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Reply

Reference = Annotated[str, Field(pattern=r"^p-[a-z2-7]{24}$", description="as it stands in events")]
_EXAMPLE = "p-2c4ouwq6wq3yt5bsxk7ahvmd"


class NotePerson(BaseModel):
    """Who a reference stands for, as the token told."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"reference": _EXAMPLE, "subject": "5f0d2c", "name": None, "contact": None}]
        },
    )

    reference: Reference
    subject: str = Field(min_length=1, max_length=500, description="the token issuer's name for the person")
    name: str | None = Field(default=None, max_length=200, description="the person's name")
    contact: str | None = Field(default=None, max_length=200, description="how to reach the person")


class OnePerson(BaseModel):
    """A reference."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reference": _EXAMPLE}]})

    reference: Reference


class RevokeAccess(BaseModel):
    """End every token that a person has."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reference": _EXAMPLE, "reason": "调离岗位"}]}
    )

    reference: Reference
    reason: str = Field(min_length=1, max_length=200, description="why; stands in the log, so without names")


class AccessView(BaseModel):
    """Since when a person's earlier tokens hold no longer."""

    reference: str = Field(description="as it stands in events")
    issued_until: datetime = Field(description="tokens issued up to then don't hold; system time")
    reason: str = Field(description="why")


class PersonView(BaseModel):
    """Who stands behind a reference; of an erased person only that it was erased, when and by whom."""

    reference: str = Field(description="as it stands in events")
    subject: str | None = Field(description="the token issuer's name for the person")
    name: str | None = Field(description="the person's name")
    contact: str | None = Field(description="how to reach the person")
    noted_at: datetime = Field(description="when it was noted first")
    erased_at: datetime | None = Field(description="when it was erased")
    erased_by: str | None = Field(description="the reference of who erased it")


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


class People:
    """The directory, as this service keeps it."""

    def __init__(self, engine: AsyncEngine, clock: Clock, source: str) -> None:
        self._engine = engine
        self._clock = clock
        self._source = source

    async def note(self, actor: Actor, person: NotePerson) -> Reply:
        """Stores who acts under a reference. A repeat changes nothing, and an erased person stays erased."""
        if actor.role != "system":
            raise forbidden("The directory is told by the gateway.")
        async with self._engine.begin() as conn:
            await conn.execute(_NOTE, {**person.model_dump(), "now": self._clock.now()})
        return Reply({"reference": person.reference}, self._source, 0)

    async def read(self, actor: Actor, reference: str) -> dict[str, Any]:
        """The person behind a reference. Raises Problem 404 for a reference under which nobody has acted."""
        only_ops(actor)
        async with self._engine.connect() as conn:
            row = (await conn.execute(_READ, {"reference": reference})).one_or_none()
        if row is None:
            raise not_found("person", reference)
        return PersonView.model_validate(dict(row._mapping)).model_dump(mode="json")

    async def erase(self, actor: Actor, reference: str) -> Reply:
        """Erases who stands behind a reference; a repeat changes nothing. The log holds no personal data to erase."""
        only_ops(actor)
        async with self._engine.begin() as conn:
            await conn.execute(
                _ERASE, {"reference": reference, "now": self._clock.now(), "by": actor.subject}
            )
        return Reply(await self.read(actor, reference), self._source, 0)


def only_ops(actor: Actor) -> None:
    """Raises Problem 403 for any role but ops."""
    if actor.role != "ops":
        raise forbidden(f"The directory of people is for ops; your role is {actor.role}.")
