"""What changes the directory of people, which is outside of the log: see `directory`."""

import time
from typing import Annotated

from pydantic import ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.common.models import Request
from services.assessment.people import directory
from services.assessment.people.commands import check_ops
from services.assessment.people.decisions import EXAMPLE, Now, Reference, RevokeAccess
from services.assessment.people.facts import Access
from services.assessment.people.history import HISTORY
from services.assessment.people.queries import OnePerson
from services.assessment.people.views import PersonView
from shared.feature import Done
from shared.problems import forbidden
from shared.rpc import Call, Reply
from shared.service import Service


class NotePerson(Request):
    """Who a reference stands for, as the token told."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reference": EXAMPLE, "subject": "5f0d2c", "name": None, "contact": None}]
        },
    )

    reference: Reference
    subject: Annotated[
        str, Field(min_length=1, max_length=500, description="the token issuer's name for the person")
    ]
    name: Annotated[str | None, Field(max_length=200, description="the person's name")] = None
    contact: Annotated[str | None, Field(max_length=200, description="how to reach the person")] = None


async def note_person(service: Service, call: Call, body: NotePerson) -> Reply:
    """For the gateway only: what the token says of a person who sends commands. Stands in no event."""
    if call.actor.role != "system":
        raise forbidden("The directory is told by the gateway.")
    async with service.engine.begin() as conn:
        await directory.note(conn, body.model_dump(), service.clock.now())
    return Reply({"reference": body.reference}, service.catalogue.source, 0)


async def erase_person(service: Service, call: Call, body: OnePerson) -> Reply:
    """Forget who stands behind a reference (个人信息删除), and end their access: no token they have holds on.

    The events keep the reference and their chain.
    """
    check_ops(call.actor)
    erased: list[PersonView] = []

    async def erase(conn: AsyncConnection, _: Access) -> Now:
        now, by = service.clock.now(), call.actor.subject
        erased.append(await directory.erase(conn, body.reference, now, by))
        return Now(today=service.today(), by=by, moment=int(time.time()))

    def answer(_: Done[Access, RevokeAccess]) -> PersonView:
        return erased[-1]

    revoked = RevokeAccess(reference=body.reference, reason="erased")
    return await HISTORY.carry_out(service, call, revoked, erase, answer=answer)
